import type { Incoming, Outgoing } from './frame.js';

const kinds = { push: 0, reply: 1, broadcast: 2 } as const;
/** Lengths are one byte each. [PHX binary frames] */
const maxField = 255;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Reads a client's push: `00 jl rl tl el` join_ref ref topic event data; undefined for anything else. [PHX binary frames] */
export function decodeBinary(bytes: Uint8Array): Incoming | undefined {
  const [kind, ...lengths] = bytes.subarray(0, 5);
  if (kind !== kinds.push || lengths.length < 4) return undefined;
  const fields: string[] = [];
  let at = 5;
  for (const length of lengths) {
    if (at + length > bytes.length) return undefined;
    fields.push(readName(bytes.subarray(at, at + length)));
    at += length;
  }
  const [joinRef = '', ref = '', topic = '', event = ''] = fields;
  return { joinRef: joinRef || null, ref: ref || null, topic, event, payload: bytes.subarray(at) };
}

/** Clients from 1.5.7 to 1.8.6 write the low byte of each character, others UTF-8. [PHX binary frames] */
function readName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return String.fromCharCode(...bytes);
  }
}

/** Writes bytes for a client; undefined when a name is too long for such a frame. [PHX binary frames] */
export function encodeBinary(frame: Outgoing): Uint8Array | undefined {
  switch (frame.kind) {
    case 'reply':
      if (!(frame.response instanceof Uint8Array)) return undefined;
      return join(kinds.reply, [frame.joinRef, frame.ref, frame.topic, frame.status], frame.response);
    case 'push':
      if (!(frame.payload instanceof Uint8Array)) return undefined;
      if (frame.joinRef === null) return join(kinds.broadcast, [frame.topic, frame.event], frame.payload);
      return join(kinds.push, [frame.joinRef, frame.topic, frame.event], frame.payload);
    case 'close':
    case 'error':
      return undefined;
  }
}

function join(kind: number, names: readonly (string | number | null)[], data: Uint8Array): Uint8Array | undefined {
  const fields = names.map((name) => encoder.encode(name === null ? '' : String(name)));
  if (fields.some(({ length }) => length > maxField)) return undefined;
  const head = [kind, ...fields.map(({ length }) => length)];
  const bytes = new Uint8Array(head.length + fields.reduce((sum, { length }) => sum + length, data.length));
  bytes.set(head);
  let at = head.length;
  for (const field of [...fields, data]) {
    bytes.set(field, at);
    at += field.length;
  }
  return bytes;
}
