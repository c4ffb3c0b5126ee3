import type { Channel } from './channel.js';
import type { EncodedFrame } from './encoded-frame.js';

const nobody: ReadonlySet<Channel> = new Set();

/** Who has joined what. */
export class Subscribers {
  readonly #byTopic = new Map<string, Set<Channel>>();

  of(topic: string): ReadonlySet<Channel> {
    return this.#byTopic.get(topic) ?? nobody;
  }

  add(channel: Channel): void {
    const known = this.#byTopic.get(channel.topic);
    if (known === undefined) this.#byTopic.set(channel.topic, new Set([channel]));
    else known.add(channel);
  }

  delete(channel: Channel): void {
    const known = this.#byTopic.get(channel.topic);
    known?.delete(channel);
    if (known?.size === 0) this.#byTopic.delete(channel.topic);
  }

  broadcast(frame: EncodedFrame, except: Channel | undefined): void {
    for (const channel of this.of(frame.topic)) {
      if (channel !== except) channel.send(frame);
    }
  }
}
