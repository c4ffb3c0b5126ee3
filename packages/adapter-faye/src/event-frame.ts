/** A place in a chat. */
export interface Mark {
  readonly chatId: string;
  readonly version: number;
}

/** One event on one channel, encoded once for everybody who hears it. */
export interface EventFrame {
  readonly channel: string;
  /** The event alone, for answers that hold several. */
  readonly text: string;
  /** The event in its array, as a socket carries it. */
  readonly bytes: Buffer;
  /** How far whoever takes this frame has come in a chat; undefined for frames that say nothing of it. */
  readonly mark: Mark | undefined;
}

/**
 * Holds `channel` and `data` and nothing else: clients before 1.3 take an event whose `id` equals that of a pending
 * request for its answer, and obey any `advice` it carries. [FAYE client]
 */
export function eventFrame(channel: string, data: unknown, mark?: Mark): EventFrame {
  const text = JSON.stringify({ channel, data });
  return { channel, text, bytes: Buffer.from(`[${text}]`), mark };
}

/** Tells events from answers in what a connect returns. */
export function isEventFrame(value: object): value is EventFrame {
  return 'bytes' in value;
}
