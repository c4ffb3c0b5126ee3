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
  const topic = JSON.stringify(frame.topic);
  const ref = refText(refOf(frame));
  const event = eventText(frame);
  const payload = payloadText(frame);
  // By hand: taking the members one by one costs half of what an array or object around them does.
  if (version === 2) return `[${refText(frame.joinRef)},${ref},${topic},${event},${payload}]`;
  return `{"topic":${topic},"event":${event},"payload":${payload},"ref":${ref}}`;
}

function refText(ref: Ref): string {
  return ref === null ? 'null' : JSON.stringify(ref);
}

/** Also of what is no JSON at all: clients read members without asking. */
function objectText(value: Payload | Uint8Array): string {
  return JSON.stringify(value) ?? '{}';
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
function readFields(fields: readonly unknown[]): Incoming | undefined {
  const joinRef = fields[0];
  const ref = fields[1];
  const topic = fields[2];
  const event = fields[3];
  if (!isRef(joinRef) || !isRef(ref) || !isName(topic) || !isName(event)) return undefined;
  return { joinRef, ref, topic, event, payload: fields[4] ?? {} };
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

function eventText(frame: Outgoing): string {
  switch (frame.kind) {
    case 'reply':
      return '"phx_reply"';
    case 'push':
      return JSON.stringify(frame.event);
    case 'close':
      return '"phx_close"';
    case 'error':
      return '"phx_error"';
  }
}

function payloadText(frame: Outgoing): string {
  switch (frame.kind) {
    case 'reply':
      return `{"status":"${frame.status}","response":${objectText(frame.response)}}`;
    case 'push':
      return objectText(frame.payload);
    case 'close':
      return '{}';
    case 'error':
      return objectText({ reason: frame.reason });
  }
}
