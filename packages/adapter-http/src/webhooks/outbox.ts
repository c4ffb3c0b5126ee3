import type { Cancel, ChatEvent, ChatId, Core, Session } from '@dragoman/core';
import { Ahead } from './ahead.js';

/** What became of an event: it needs no more care, or shall come again after so many ms. */
export type Handled = 'done' | { readonly againMs: number };

export interface OutboxOptions {
  readonly core: Core;
  /** Of scope `all`; its kept place is the outbox's. */
  readonly session: Session;
  /** Under which the outbox keeps a note of its own. */
  readonly name: string;
  /** Where to begin when no place is kept. */
  readonly afterNumber: number;
  /** Events in memory, at most; the others wait in the log. */
  readonly held: number;
  /** How many may be handled at a time, as of now. */
  readonly width: () => number;
  readonly wants: (event: ChatEvent) => boolean;
  /** Must not reject. */
  readonly handle: (event: ChatEvent) => Promise<Handled>;
}

interface Item {
  readonly event: ChatEvent;
  /** Whether the kept place waits for it. */
  readonly isInLine: boolean;
  readonly settle: () => void;
}

const retryMs = 1_000;
const nothing = (): void => {};

/**
 * Hands on what happens, from the log of the workspace and a kept place: the events of a chat one after the other, those
 * of different chats side by side. An event that has to come again holds up its own chat alone.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #ahead: Ahead;
  /** By chat, what is left to do, first to last. */
  readonly #lanes = new Map<ChatId, Item[]>();
  /** Chats whose next event may be handled now, in turn. */
  readonly #ready = new Set<ChatId>();
  /** Numbers of events the kept place waits for. */
  readonly #open = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  readonly #parked = new Set<Cancel>();
  #accepted = 0;
  #isReading = false;
  #hasGrown = false;
  #isStopped = false;

  private constructor(options: OutboxOptions, ahead: Ahead) {
    this.#options = options;
    this.#ahead = ahead;
  }

  static async open(options: OutboxOptions): Promise<Outbox> {
    const { session, afterNumber, name, core } = options;
    const outbox = new Outbox(options, await Ahead.load(name, session, core));
    outbox.#accepted = Math.max(await session.lastWritten(), afterNumber);
    return outbox;
  }

  /** Events in memory that are not done. */
  get waiting(): number {
    return this.#open.size;
  }

  /** Everything up to this number is done, or is no event for here. */
  get place(): number {
    const [oldest] = this.#open;
    return oldest === undefined ? this.#accepted : oldest - 1;
  }

  /** There may be more in the log. */
  readonly grown = (): void => {
    this.#hasGrown = true;
    if (!this.#isReading && !this.#isStopped) void this.#read();
  };

  /** The width may have changed. */
  readonly go = (): void => {
    const { width } = this.#options;
    for (const chatId of this.#ready) {
      if (this.#isStopped || this.#running.size >= width()) return;
      this.#ready.delete(chatId);
      this.#start(chatId);
    }
  };

  /** Handles an event once more, behind what waits of its chat; resolves when it is done. */
  again(event: ChatEvent): Promise<void> {
    return new Promise((settle) => this.#add({ event, isInLine: false, settle }));
  }

  /** Starts nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#parked) cancel();
    await Promise.all(this.#running);
    this.#ahead.stop();
  }

  async #read(): Promise<void> {
    const { core, session, held, wants } = this.#options;
    this.#isReading = true;
    try {
      while (this.#hasGrown && !this.#isStopped && this.#open.size < held) {
        this.#hasGrown = false;
        const page = await core.events(session, { afterNumber: this.#accepted, limit: held - this.#open.size });
        this.#hasGrown ||= page.lastNumber > this.#accepted;
        this.#accepted = page.lastNumber;
        for (const event of page.events.filter((one) => !this.#ahead.isDone(one.number) && wants(one))) {
          this.#open.add(event.number);
          this.#add({ event, isInLine: true, settle: nothing });
        }
        this.#report();
      }
    } catch (error) {
      if (this.#isStopped) return;
      core.log.warn({ error, outbox: this.#options.name }, 'the log cannot be read now');
      core.clock.after(retryMs, this.grown);
    } finally {
      this.#isReading = false;
    }
  }

  #add(item: Item): void {
    const { chatId } = item.event;
    const lane = this.#lanes.get(chatId);
    if (lane !== undefined) return void lane.push(item);
    this.#lanes.set(chatId, [item]);
    this.#ready.add(chatId);
    this.go();
  }

  #start(chatId: ChatId): void {
    const work = this.#handle(chatId).finally(() => {
      this.#running.delete(work);
      this.go();
    });
    this.#running.add(work);
  }

  async #handle(chatId: ChatId): Promise<void> {
    const lane = this.#lanes.get(chatId) ?? [];
    const [item] = lane;
    if (item === undefined) return;
    const handled = await this.#options.handle(item.event);
    if (handled !== 'done') return this.#park(chatId, handled.againMs);
    lane.shift();
    if (lane.length === 0) this.#lanes.delete(chatId);
    else this.#ready.add(chatId);
    item.settle();
    if (!item.isInLine) return;
    const wasFull = this.#open.size >= this.#options.held;
    this.#open.delete(item.event.number);
    this.#report();
    if (wasFull) this.grown();
  }

  #park(chatId: ChatId, ms: number): void {
    if (ms === 0 || this.#isStopped) return void this.#ready.add(chatId);
    const cancel = this.#options.core.clock.after(ms, () => {
      this.#parked.delete(cancel);
      this.#ready.add(chatId);
      this.go();
    });
    this.#parked.add(cancel);
  }

  #report(): void {
    this.#options.session.writtenUpTo(this.place);
    this.#ahead.moved({ place: this.place, accepted: this.#accepted, open: this.#open });
  }
}
