import type { CommandId } from './participant.js';

/** A W3C `traceparent`: version, trace, span, flags. */
const form = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether a text from the wire can be believed to name a trace. */
export function isTraceparent(text: unknown): text is string {
  return typeof text === 'string' && form.test(text);
}

/** A W3C `tracestate`, as far as its form is told without reading what it says: printable, and short enough to be kept. */
const stateForm = /^[\x20-\x7e\t]{1,512}$/;

/** The trace that something came with, in the words of the wire. */
export interface Trace {
  readonly traceparent: string;
  /** Of whoever traced it before, goes on as it came. Absent: none came. */
  readonly tracestate?: string;
}

/** What of a trace from the wire can be believed; undefined: there is none. */
export function traceIn(from: { readonly traceparent?: unknown; readonly tracestate?: unknown }): Trace | undefined {
  const { traceparent, tracestate } = from;
  if (!isTraceparent(traceparent)) return undefined;
  const isState = typeof tracestate === 'string' && stateForm.test(tracestate);
  return isState ? { traceparent, tracestate } : { traceparent };
}

/** The trace of a command that brought none: made of its id, so that everybody who knows the id knows the trace. */
export function traceparentOf(commandId: CommandId): string {
  const digits = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(commandId)
    ? commandId.replaceAll('-', '')
    : [1, 2, 3, 4].map((seed) => hash(commandId, seed)).join('');
  return `00-${digits}-${hash(commandId, 5)}${hash(commandId, 6)}-01`;
}

/** FNV-1a with a seed, as eight digits: spreads ids, keeps no secret. */
function hash(text: string, seed: number): string {
  let value = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  // Never nothing but zeros, which would name no trace.
  return ((value | 1) >>> 0).toString(16).padStart(8, '0');
}
