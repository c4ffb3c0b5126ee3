import type { Cancel, Core, Signal } from '@dragoman/core';
import type { Carrier } from '../transport.js';
import type { Address } from './frames.js';
import { addressIn, sessionKey } from './keys.js';
import type { Post } from './letters.js';
import type { SermoSetup } from './options.js';

type Moved = Extract<Signal, { type: 'QueueMoved' }>;

/** Customers whose number could not be told, at most: some 200 bytes each; more are told the next one. */
const mostUntold = 100_000;
const againMs = 1_000;

/** Where somebody stands. */
interface Place {
  readonly address: Address;
  readonly position: number;
}

export interface QueueNumbersPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly carrier: () => Carrier;
  readonly post: Post;
}

/** Tells customers of their place in the queue: the latest, when the broker is there to hear it. [SERMO outbound/queue_number] */
export class QueueNumbers {
  readonly #ports: QueueNumbersPorts;
  readonly #untold = new Map<string, Place>();
  #cancel: Cancel | undefined;

  constructor(ports: QueueNumbersPorts) {
    this.#ports = ports;
  }

  hear({ chat, position }: Moved): void {
    const { core, setup, carrier } = this.#ports;
    const address = addressIn(chat.addresses[setup.name]);
    if (address === undefined || !setup.customers.includes(address.platformId)) return;
    if (carrier().publisher.isUp) return this.#tell({ address, position });
    const key = sessionKey(address);
    // Whose number is known to have moved must not be told the old one.
    if (this.#untold.size < mostUntold || this.#untold.has(key)) this.#untold.set(key, { address, position });
    this.#cancel ??= core.clock.after(againMs, () => this.#catchUp());
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
    for (const place of this.#untold.values()) this.#tell(place);
    this.#untold.clear();
  }

  #tell({ address, position }: Place): void {
    const { core, carrier, post } = this.#ports;
    const how = { messageId: core.ids.command(), at: core.clock.now(), isKept: true };
    const words = { type: 'queue_number', queueNumber: position } as const;
    carrier().publisher.toss(post.passing({ direction: 'outbound', address, words }, how));
  }
}
