import type { Cancel, ChatId, Core, Signal } from '@dragoman/core';
import type { Carrier } from '../transport.js';
import { addressIn } from './keys.js';
import type { Post } from './letters.js';
import type { SermoSetup } from './options.js';

type Moved = Extract<Signal, { type: 'QueueMoved' }>;

/** Waiting chats whose number could not be told, at most; they are told the next one. */
const untoldChats = 10_000;
const againMs = 1_000;

export interface QueueNumbersPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly carrier: () => Carrier;
  readonly post: Post;
}

/** Tells customers of their place in the queue: the latest, when the broker is there to hear it. [SERMO outbound/queue_number] */
export class QueueNumbers {
  readonly #ports: QueueNumbersPorts;
  readonly #untold = new Map<ChatId, Moved>();
  #cancel: Cancel | undefined;

  constructor(ports: QueueNumbersPorts) {
    this.#ports = ports;
  }

  hear(moved: Moved): void {
    const { core, carrier } = this.#ports;
    if (!carrier().publisher.isUp) {
      // Whose number is known to have moved must not be told the old one.
      if (this.#untold.size < untoldChats || this.#untold.has(moved.chatId)) this.#untold.set(moved.chatId, moved);
      this.#cancel ??= core.clock.after(againMs, () => this.#catchUp());
      return;
    }
    this.#tell(moved);
  }

  stop(): void {
    this.#cancel?.();
    this.#untold.clear();
  }

  #catchUp(): void {
    const { core, carrier } = this.#ports;
    this.#cancel = undefined;
    if (!carrier().publisher.isUp) {
      this.#cancel = core.clock.after(againMs, () => this.#catchUp());
      return;
    }
    for (const moved of this.#untold.values()) this.#tell(moved);
    this.#untold.clear();
  }

  #tell({ chat, position }: Moved): void {
    const { core, setup, carrier, post } = this.#ports;
    const address = addressIn(chat.addresses[setup.name]);
    if (address === undefined || !setup.customers.includes(address.platformId)) return;
    const how = { messageId: core.ids.command(), at: core.clock.now(), isKept: false };
    const words = { type: 'queue_number', queueNumber: position } as const;
    carrier().publisher.toss(post.passing({ direction: 'outbound', address, words }, how));
  }
}
