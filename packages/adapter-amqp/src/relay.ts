import type { ChatEvent, ChatId, Core, Log, Session } from '@dragoman/core';
import { Lanes } from './lanes.js';
import { problemOf } from './link.js';
import { Stopped } from './publisher.js';
import { Waiting } from './waiting.js';

export interface RelayOptions<Letter> {
  readonly core: Core;
  /** Hears everything, so that it may read the log. */
  readonly reader: Session;
  /** Keeps the place in the log. */
  readonly keeper: Session;
  /** What must be published of an event, one after the other; empty: nothing. */
  readonly lettersOf: (event: ChatEvent) => readonly Letter[];
  /** Resolves when the broker has it. */
  readonly send: (letter: Letter) => Promise<void>;
  /** Events of one lane go one after the other. */
  readonly laneOf: (event: ChatEvent) => string;
  /** Events kept in memory for the broker, at most; what is more is read from the log again. */
  readonly held: number;
  readonly log: Log;
}

/** Read from the log at a time. */
const pageEvents = 200;
const retryMs = 1_000;

/**
 * Publishes what happens, from the log of the workspace: live while the broker keeps up, page by page after it did not,
 * from its kept place after a restart. The events of one chat go one after the other, those of different chats side by
 * side, so at most one letter of a chat is unconfirmed.
 */
export class Relay<Letter> {
  readonly #options: RelayOptions<Letter>;
  readonly #lanes = new Lanes();
  readonly #waiting: Waiting;
  readonly #rooms: (() => void)[] = [];
  /** Numbers of accepted events that are not published yet, in their order, and since when. */
  readonly #open = new Map<number, { readonly chatId: ChatId; readonly since: number }>();
  #accepted = 0;
  #seen = 0;
  /** The end of the log then. */
  #foundAtStart = 0;
  #reported = 0;
  #isLive = false;
  #isStopped = false;
  #catchingUp: Promise<void> = Promise.resolve();

  constructor(options: RelayOptions<Letter>) {
    this.#options = options;
    this.#waiting = new Waiting(options.core.clock);
  }

  /** Events not published: those accepted, and all that lie in the log after them, whatever comes of them. */
  get waiting(): number {
    const inLog = Math.max(this.#seen, this.#foundAtStart) - this.#accepted;
    return this.#open.size + (this.#isLive ? 0 : Math.max(0, inLog));
  }

  get isBehind(): boolean {
    return !this.#isLive;
  }

  /** How long the oldest of them has waited, ms. */
  get lagMs(): number {
    const [oldest] = this.#open.values();
    return oldest === undefined ? 0 : this.#options.core.clock.monotonic() - oldest.since;
  }

  /** Everything before this number is published. */
  get place(): number {
    return this.#reported;
  }

  /** Whose events are accepted and not published. */
  get chats(): ReadonlySet<ChatId> {
    return new Set([...this.#open.values()].map(({ chatId }) => chatId));
  }

  /** Goes on behind the kept place, or behind `begin` where that is further. */
  async start(begin: number): Promise<void> {
    const { core, keeper } = this.#options;
    this.#accepted = Math.max(await keeper.lastWritten(), begin);
    this.#reported = this.#accepted;
    this.#foundAtStart = await core.head(keeper);
    this.#catchingUp = this.#catchUp();
  }

  /** A live event; those that are in the pages already pass without effect. */
  hear(event: ChatEvent): void {
    this.#seen = Math.max(this.#seen, event.number);
    if (!this.#isLive || event.number <= this.#accepted) return;
    if (this.#open.size < this.#options.held) return this.#accept(event);
    this.#isLive = false;
    this.#options.log.warn({ waiting: this.#open.size }, 'the broker falls behind: the rest waits in the log');
    this.#catchingUp = this.#catchUp();
  }

  /** Resolves when everything accepted is published. */
  async drained(): Promise<void> {
    await this.#lanes.idle();
  }

  /** Nothing more is accepted; what is not published is found again at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#isLive = false;
    this.#waiting.stop();
    this.#makeRoom();
    await this.#catchingUp;
  }

  async #catchUp(): Promise<void> {
    const { core, reader, log } = this.#options;
    while (!this.#isStopped) {
      try {
        const page = await core.events(reader, { afterNumber: this.#accepted, limit: pageEvents });
        for (const event of page.events) {
          await this.#room();
          if (this.#isStopped) return;
          if (event.number > this.#accepted) this.#accept(event);
        }
        const isEnd = page.lastNumber <= this.#accepted && page.events.length === 0;
        this.#accepted = Math.max(this.#accepted, page.lastNumber);
        if (isEnd && this.#seen <= this.#accepted) {
          this.#isLive = true;
          this.#report();
          return;
        }
      } catch (error) {
        log.warn({ problem: problemOf(error) }, 'the log cannot be read now');
        await this.#waiting.pause(retryMs);
      }
    }
  }

  #accept(event: ChatEvent): void {
    this.#accepted = event.number;
    const letters = this.#options.lettersOf(event);
    if (letters.length === 0) return this.#report();
    this.#open.set(event.number, { chatId: event.chatId, since: this.#options.core.clock.monotonic() });
    this.#lanes.run(this.#options.laneOf(event), () => this.#publish(event.number, letters));
  }

  async #publish(number: number, letters: readonly Letter[]): Promise<void> {
    for (const letter of letters) {
      while (!this.#isStopped) {
        try {
          await this.#options.send(letter);
          break;
        } catch (error) {
          if (error instanceof Stopped) return;
          this.#options.log.error({ problem: problemOf(error) }, 'an event could not be made into a letter');
          await this.#waiting.pause(retryMs);
        }
      }
      if (this.#isStopped) return;
    }
    this.#open.delete(number);
    this.#makeRoom();
    this.#report();
  }

  #report(): void {
    const oldest = this.#open.keys().next().value;
    const place = oldest === undefined ? this.#accepted : oldest - 1;
    if (place <= this.#reported) return;
    this.#reported = place;
    this.#options.keeper.writtenUpTo(place);
  }

  async #room(): Promise<void> {
    while (this.#open.size >= this.#options.held && !this.#isStopped) {
      await new Promise<void>((resolve) => this.#rooms.push(resolve));
    }
  }

  #makeRoom(): void {
    for (const go of this.#rooms.splice(0)) go();
  }
}
