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
  passing(about: Addressed, how: Omit<How, 'seq' | 'trace'>): Letter {
    return this.#letter(about, how);
  }

  #letter({ direction, address, words }: Addressed, { messageId, at, isKept, seq, trace }: How): Letter {
    const { mode, names, origin } = this.#setup;
    const place = names[direction];
    return {
      exchange: mode === 'queue' ? '' : place,
      key: mode === 'queue' ? place : routingKey(address),
      body: Buffer.from(encode(address, words)),
      properties: {
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        persistent: isKept,
        mandatory: isKept,
        messageId,
        timestamp: Math.floor(at / 1_000),
        type: words.type,
        appId,
        headers: headersOf(origin, seq, trace),
      },
    };
  }
}

interface How {
  readonly messageId: string;
  readonly at: number;
  /** False: it need not outlive the broker. */
  readonly isKept: boolean;
  readonly seq?: number;
  readonly trace?: Trace | undefined;
}

function headersOf(
  origin: string,
  seq: number | undefined,
  trace: Trace | undefined,
): Readonly<Record<string, unknown>> {
  if (seq === undefined) return { 'x-gw-origin': origin };
  if (trace === undefined) return { 'x-gw-origin': origin, 'x-gw-seq': seq };
  return { 'x-gw-origin': origin, 'x-gw-seq': seq, ...trace };
}

/** An event and where it goes. */
export interface Addressed {
  readonly direction: Direction;
  readonly address: Address;
  readonly words: InboundWords | OutboundWords;
}
