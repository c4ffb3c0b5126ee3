import type { ChatEvent, Trace } from '@dragoman/core';
import type { Letter } from '../transport.js';
import { encode, type Address, type InboundWords, type OutboundWords } from './frames.js';
import { routingKey } from './keys.js';
import type { SermoSetup } from './options.js';

/** The application we publish as. [SERMOD properties] */
const appId = 'chat-gateway';

export type Direction = 'inbound' | 'outbound';

/** The trace a command came with: none is made up, because that would tell the others to keep every one. */
type TraceOf = (commandId: string) => Trace | undefined;

/** Addresses letters as the setup has it. */
export class Post {
  readonly #setup: SermoSetup;
  readonly #traceOf: TraceOf;

  constructor(setup: SermoSetup, traceOf: TraceOf = () => undefined) {
    this.#setup = setup;
    this.#traceOf = traceOf;
  }

  /** The `n`th letter of a recorded event; its name is the same in every attempt and after every restart. */
  recorded(event: ChatEvent, n: number, about: Addressed): Letter {
    const messageId = `${event.chatId}:${event.version}:${n}${about.direction === 'inbound' ? 'i' : ''}`;
    return this.#letter(about, {
      messageId,
      at: event.at,
      isKept: true,
      seq: event.number,
      trace: this.#traceOf(event.commandId),
    });
  }

  /** One that stands for nothing recorded. Ephemeral ones need not outlive the broker. */
  passing(
    about: Addressed,
    how: { readonly messageId: string; readonly at: number; readonly isKept: boolean },
  ): Letter {
    return this.#letter(about, how);
  }

  #letter(
    { direction, address, words }: Addressed,
    how: {
      readonly messageId: string;
      readonly at: number;
      readonly isKept: boolean;
      readonly seq?: number;
      readonly trace?: Trace | undefined;
    },
  ): Letter {
    const { mode, names, origin } = this.#setup;
    const place = names[direction];
    return {
      ...(mode === 'queue' ? { exchange: '', key: place } : { exchange: place, key: routingKey(address) }),
      body: Buffer.from(encode(address, words)),
      properties: {
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        persistent: how.isKept,
        messageId: how.messageId,
        timestamp: Math.floor(how.at / 1_000),
        type: words.type,
        appId,
        headers: {
          'x-gw-origin': origin,
          ...(how.seq !== undefined && { 'x-gw-seq': how.seq }),
          ...how.trace,
        },
      },
    };
  }
}

/** An event and where it goes. */
export type Addressed =
  | { readonly direction: 'inbound'; readonly address: Address; readonly words: InboundWords }
  | { readonly direction: 'outbound'; readonly address: Address; readonly words: OutboundWords };
