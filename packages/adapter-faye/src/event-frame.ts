/** One event on one channel, encoded once for everybody who hears it. */
export interface EventFrame {
  readonly channel: string;
  /** The event alone, for answers that hold several. */
  readonly text: string;
  /** The event in its array, as a socket carries it. */
  readonly bytes: Buffer;
  /** What the sender wants to know of it again once it is written; opaque here. */
  readonly mark: unknown;
}

/**
 * Holds `channel` and `data` and nothing else: clients before 1.3 take an event whose `id` equals that of a pending
 * request for its answer, and obey any `advice` it carries. [FAYE client]
 */
export function eventFrame(channel: string, data: unknown, mark?: unknown): EventFrame {
  const text = JSON.stringify({ channel, data });
  return { channel, text, bytes: Buffer.from(`[${text}]`), mark };
}

/** Tells events from answers in what a connect returns. */
export function isEventFrame(value: object): value is EventFrame {
  return 'bytes' in value;
}
