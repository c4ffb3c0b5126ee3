import type { ChatId, Clock, DeadLetter, Log, Session } from '@dragoman/core';
import { problemOf } from '../link.js';
import { Refused, Unsendable } from '../transport.js';
import { Waiting } from '../waiting.js';
import type { Addressed, Direction } from './letters.js';

/** Where a letter can be made from again: its event in the log, or, for what is not recorded, itself. */
export type Origin =
  | { readonly number: number; readonly n: number; readonly direction: Direction }
  | { readonly passing: Addressed; readonly messageId: string; readonly at: number };

/** A letter on its way out. */
export interface Outgoing {
  readonly type: string;
  readonly chatId: ChatId | null;
  readonly origin: Origin;
}

interface Note extends Outgoing {
  readonly reason: string;
  /** It was refused for where it goes, not for what it is. */
  readonly isRefused: boolean;
  readonly attempts: number;
  /** When it was set aside, ms since epoch. */
  readonly at: number;
}

export interface UnsentPorts {
  readonly notes: Pick<Session, 'note' | 'notes'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Letters set aside, at most: then the next one waits until there is room. */
  readonly most: number;
  /** How long it waits before it is tried after all, ms. */
  readonly retryMs: number;
  readonly counted: () => void;
  /** Sends it once more; rejects as the publisher does. */
  readonly resend: (origin: Origin) => Promise<void>;
}

const mark = 'unsent ';

/** What the broker would not take as it is. Kept over restarts until somebody has it sent again; the rest of its chat goes on. */
export class Unsent {
  readonly #ports: UnsentPorts;
  readonly #waiting: Waiting;
  readonly #notes = new Map<string, Note>();
  /** Those that are being sent again. */
  readonly #redriven = new Set<string>();

  constructor(ports: UnsentPorts) {
    this.#ports = ports;
    this.#waiting = new Waiting(ports.clock);
  }

  async start(): Promise<void> {
    for (const [key, value] of await this.#ports.notes.notes()) {
      if (key.startsWith(mark)) this.#notes.set(key.slice(mark.length), value as Note);
    }
  }

  get size(): number {
    return this.#notes.size;
  }

  get isFull(): boolean {
    return this.size >= this.#ports.most;
  }

  /** Oldest first. */
  get all(): readonly DeadLetter[] {
    return this.#inOrder().map(([id, { type: event, chatId, reason, attempts, at }]) => ({
      ...{ id, way: 'out', to: 'the broker', event, chatId, reason, attempts, at },
    }));
  }

  /** Sets aside what could not be sent. Rejects with every other error, and while there is no room. */
  async take(outgoing: Outgoing, error: unknown): Promise<void> {
    if (!(error instanceof Unsendable)) throw error;
    if (this.isFull) {
      await this.#waiting.pause(this.#ports.retryMs);
      throw error;
    }
    await this.#setAside(idOf(outgoing.origin), { ...outgoing, ...this.#whyNot(error, 1) });
  }

  /** Sends one again; once the broker takes it, those that it refused for the same reason follow. False: there is none. */
  redrive(id: string): boolean {
    const note = this.#notes.get(id);
    if (note === undefined) return false;
    void this.#again(id, note).then((isTaken) => (isTaken && note.isRefused ? this.#followers(note) : undefined));
    return true;
  }

  stop(): void {
    this.#waiting.stop();
  }

  async #followers({ reason }: Note): Promise<void> {
    for (const [id, note] of this.#inOrder()) {
      if (note.isRefused && note.reason === reason && !(await this.#again(id, note))) return;
    }
  }

  /** Whether the broker has it now. */
  async #again(id: string, note: Note): Promise<boolean> {
    if (this.#redriven.has(id)) return false;
    this.#redriven.add(id);
    try {
      await this.#ports.resend(note.origin);
      this.#notes.delete(id);
      await this.#ports.notes.note(mark + id, null);
      return true;
    } catch (error) {
      const why = error instanceof Unsendable ? this.#whyNot(error, note.attempts + 1) : undefined;
      if (why !== undefined) await this.#setAside(id, { ...note, ...why }).catch(() => undefined);
      else this.#ports.log.warn({ problem: problemOf(error) }, 'what was set aside could not be sent again now');
      return false;
    } finally {
      this.#redriven.delete(id);
    }
  }

  async #setAside(id: string, note: Note): Promise<void> {
    const { log, notes, counted } = this.#ports;
    const before = this.#notes.get(id);
    // Takes its room at once: a channel that is closed ends hundreds of letters together.
    this.#notes.set(id, note);
    try {
      await notes.note(mark + id, note);
    } catch (error) {
      if (before === undefined) this.#notes.delete(id);
      else this.#notes.set(id, before);
      throw error;
    }
    counted();
    const facts = { id, type: note.type, chatId: note.chatId, reason: note.reason };
    log.error(facts, 'the broker does not take an event: it is set aside until it is sent again by name');
  }

  #whyNot(error: Unsendable, attempts: number) {
    const isRefused = error instanceof Refused;
    return { reason: error.message, isRefused, attempts, at: this.#ports.clock.now() };
  }

  #inOrder(): readonly (readonly [string, Note])[] {
    const place = ({ origin, at }: Note): readonly [number, number] =>
      'number' in origin ? [origin.number, origin.n] : [Infinity, at];
    return [...this.#notes].toSorted(([, one], [, other]) => {
      const [a, b] = [place(one), place(other)];
      return a[0] === b[0] ? a[1] - b[1] : a[0] - b[0];
    });
  }
}

function idOf(origin: Origin): string {
  if ('passing' in origin) return `out:${origin.messageId}`;
  return `out:${origin.number}.${origin.n}${origin.direction === 'inbound' ? 'i' : ''}`;
}
