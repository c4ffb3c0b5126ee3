import { textFrame } from './socket-frame.js';

/** A place in a chat. */
export interface Mark {
  readonly chatId: string;
  readonly version: number;
}

/**
 * One event on one channel, encoded once for everybody who hears it, and not before somebody does. Holds `channel` and
 * `data` and nothing else: clients before 1.3 take an event whose `id` equals that of a pending request for its answer,
 * and obey any `advice` it carries. [FAYE client]
 */
export class EventFrame {
  readonly channel: string;
  /** How far whoever takes this frame has come in a chat; undefined for frames that say nothing of it. */
  readonly mark: Mark | undefined;
  readonly #data: unknown;
  #text: string | undefined;
  #bytes: Buffer | undefined;

  constructor(channel: string, data: unknown, mark: Mark | undefined) {
    this.channel = channel;
    this.mark = mark;
    this.#data = data;
  }

  /** The event alone, for answers that hold several. */
  get text(): string {
    this.#text ??= JSON.stringify({ channel: this.channel, data: this.#data });
    return this.#text;
  }

  /** The event in its array, framed as a WebSocket carries it. */
  get bytes(): Buffer {
    this.#bytes ??= textFrame(`[${this.text}]`);
    return this.#bytes;
  }
}

export function eventFrame(channel: string, data: unknown, mark?: Mark): EventFrame {
  return new EventFrame(channel, data, mark);
}

/** Tells events from answers in what a connect returns. */
export function isEventFrame(value: object): value is EventFrame {
  return value instanceof EventFrame;
}
