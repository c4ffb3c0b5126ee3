import type { Incoming, Outgoing, Payload, Ref, Version } from './frame.js';

/** Longer topics, events and refs are no frames of any client, UTF-16 units: they are kept while a channel lives. */
const maxNameUnits = 1024;

/** Reads a text frame; undefined when it is not one of this version. [PHX serializer v2, serializer v1] */
export function decodeText(version: Version, text: string): Incoming | undefined {
  const value = parse(text);
  return version === 2 ? readArray(value) : readObject(value);
}

/** Writes the text of a frame whose payload is no bytes. Throws what `JSON.stringify` throws. [PHX outgoing frames] */
export function encodeText(version: Version, frame: Outgoing): string {
  const { event, payload } = contentOf(frame);
  if (version === 2) return JSON.stringify([frame.joinRef, refOf(frame), frame.topic, event, payload]);
  const isLifecycle = frame.kind === 'close' || frame.kind === 'error';
  const ref = isLifecycle ? frame.joinRef : refOf(frame);
  return JSON.stringify({ topic: frame.topic, event, payload, ref });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readArray(value: unknown): Incoming | undefined {
  return Array.isArray(value) && value.length >= 5 ? readFields(value) : undefined;
}

function readObject(value: unknown): Incoming | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { topic, event, payload, ref, join_ref: joinRef = null }: Record<string, unknown> = { ...value };
  return payload === undefined ? undefined : readFields([joinRef, ref, topic, event, payload]);
}

/** In the order of an array frame; what follows the fifth is ignored. [PHX serializer v2] */
function readFields([joinRef, ref, topic, event, payload]: readonly unknown[]): Incoming | undefined {
  if (!isRef(joinRef) || !isRef(ref) || !isName(topic) || !isName(event)) return undefined;
  return { joinRef, ref, topic, event, payload: payload ?? {} };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxNameUnits;
}

function isRef(value: unknown): value is Ref {
  return value === null || typeof value === 'number' || isName(value);
}

/** Pushes have no ref: a stray one can match what the client waits for. [PHX outgoing frames] */
function refOf(frame: Outgoing): Ref {
  switch (frame.kind) {
    case 'reply':
      return frame.ref;
    case 'push':
      return null;
    case 'close':
    case 'error':
      return frame.joinRef;
  }
}

function contentOf(frame: Outgoing): { readonly event: string; readonly payload: Payload | Uint8Array } {
  switch (frame.kind) {
    case 'reply':
      return { event: 'phx_reply', payload: { status: frame.status, response: frame.response } };
    case 'push':
      return { event: frame.event, payload: frame.payload };
    case 'close':
      return { event: 'phx_close', payload: {} };
    case 'error':
      return { event: 'phx_error', payload: { reason: frame.reason } };
  }
}
