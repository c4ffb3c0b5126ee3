import { createHash } from 'node:crypto';
import type { Clock, Log, Session } from '@dragoman/core';
import { Lanes } from '../lanes.js';
import { problemOf } from '../link.js';
import type { Taken } from '../transport.js';
import { Waiting } from '../waiting.js';
import type { Problem } from './frames.js';

/** Given to us so often without an end, a message may be what ends the process. [RABBITMQ quorum queues] */
const suspectFrom = 3;
/** One death while it was obeyed alone may be somebody else's doing; two in a row are its own. */
const mostDeaths = 2;
const retryMs = 1_000;
/** What was noted longer ago is forgotten: its message has found its end elsewhere, ms. */
const keptMs = 24 * 3_600_000;
const mark = 'suspect ';
/** Messages remembered that came again, at most. */
const maxSurvived = 1_000;

export interface SuspectsPorts {
  readonly notes: Pick<Session, 'note' | 'notes'>;
  /** Everything under way; resolves when that has ended. */
  readonly idle: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who does something with a message: begins it, which ends when everything is idle, or puts it aside. */
export interface Taker {
  begin(taken: Taken): void;
  aside(taken: Taken, problem: Problem): void;
}

/** What is kept of one that is being tried. */
interface Trial {
  /** How often the process did not survive it, if it does not this time. */
  readonly deaths: number;
  readonly at: number;
}

/**
 * Finds the message that kills the process. One that came too often is noted durably and then obeyed while nothing else
 * is; a note that a start finds is of a message that was not survived, and after two in a row it is put aside.
 */
export class Suspects {
  readonly #ports: SuspectsPorts;
  readonly #waiting: Waiting;
  /** While it is not empty everything goes through it, so that nothing overtakes. */
  readonly #line = new Lanes();
  readonly #deaths = new Map<string, number>();
  /** What came again and was there when nothing ended: it was we who gave it back, or the broker, and it is no suspect. */
  readonly #survived = new Set<string>();
  #isStopped = false;

  constructor(ports: SuspectsPorts) {
    this.#ports = ports;
    this.#waiting = new Waiting(ports.clock);
  }

  async start(): Promise<void> {
    const { notes, clock } = this.#ports;
    for (const [key, value] of await notes.notes()) {
      if (!key.startsWith(mark)) continue;
      if (isTrial(value) && clock.now() - value.at < keptMs) this.#deaths.set(key, value.deaths);
      else await notes.note(key, null);
    }
  }

  /** In the order of the queue, as everything is taken. */
  take(taken: Taken, by: Taker): void {
    const isSuspect = this.#isSuspect(taken);
    if (!isSuspect && this.#line.size === 0) return by.begin(taken);
    this.#line.run('', async () => {
      if (this.#isStopped || !taken.isAlive()) return;
      if (isSuspect) await this.#try(taken, by);
      else by.begin(taken);
    });
  }

  /** What waits is not begun any more; resolves when what was begun is over and its note is forgotten. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.stop();
    await this.#line.idle();
  }

  #isSuspect(taken: Taken): boolean {
    const times = timesGiven(taken);
    if (times === 0) return false;
    const name = nameOf(taken);
    const wasSurvived = this.#survived.has(name);
    this.#survived.add(name);
    const [oldest] = this.#survived.size > maxSurvived ? this.#survived : [];
    if (oldest !== undefined) this.#survived.delete(oldest);
    return times >= suspectFrom && !wasSurvived;
  }

  async #try(taken: Taken, by: Taker): Promise<void> {
    const { idle, clock } = this.#ports;
    const name = nameOf(taken);
    await idle();
    const deaths = this.#deaths.get(name) ?? 0;
    if (deaths >= mostDeaths) by.aside(taken, { reason: 'crash_loop', detail: '' });
    else if (await this.#noted(name, { deaths: deaths + 1, at: clock.now() })) by.begin(taken);
    await idle();
    if (await this.#noted(name, null)) this.#deaths.delete(name);
  }

  /** Until the store has it; false: everything stops. */
  async #noted(name: string, value: Trial | null): Promise<boolean> {
    const { notes, log } = this.#ports;
    for (;;) {
      try {
        await notes.note(name, value);
        return true;
      } catch (error) {
        log.warn({ problem: problemOf(error) }, 'a suspect cannot be noted now');
      }
      if (this.#isStopped) return false;
      await this.#waiting.pause(retryMs);
    }
  }
}

function isTrial(value: unknown): value is Trial {
  if (typeof value !== 'object' || value === null || !('deaths' in value) || !('at' in value)) return false;
  return typeof value.deaths === 'number' && typeof value.at === 'number';
}

function timesGiven({ message: { properties } }: Taken): number {
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : 0;
}

function nameOf({ message: { properties, content, fields } }: Taken): string {
  const { messageId } = properties;
  const hash = createHash('sha256').update(`${fields.routingKey}\n${typeof messageId === 'string' ? messageId : ''}\n`);
  return `${mark}${hash.update(content).digest('base64url')}`;
}
