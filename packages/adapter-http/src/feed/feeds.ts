import type { IncomingMessage, ServerResponse } from 'node:http';
import { wireOf, type Wire } from '@dragoman/core';
import type { WebSocket } from 'ws';
import type { Bridge } from '../bridge.js';
import type { ApiKey } from '../keys.js';
import { Refusal } from '../problems.js';
import { numberIn } from '../wire/translate.js';
import { endStream, eventStream, turnAway } from './event-stream.js';
import { Feed, type Carrier } from './feed.js';
import { filterOf, type FeedQuery } from './filter.js';
import { webSocketCarrier } from './websocket.js';

/** A feed that may be opened: its key has room for it, and it is known where it begins. */
export interface Ticket {
  readonly key: ApiKey;
  readonly query: FeedQuery;
  readonly after: number;
}

/** What a feed is told over, and how it ends; `backMs`: its reader shall stay away so long. */
interface Line {
  readonly carrier: Carrier;
  readonly hangUp: (backMs: number) => void;
  readonly transport: string;
}

/** Every feed that is open, so that each key has its share and a stop ends them all. */
export class Feeds {
  readonly #bridge: Bridge;
  readonly #open = new Map<Feed, string>();
  readonly #ending = new Set<(backMs: number) => void>();
  /** Tickets given out and not used yet, by key. */
  readonly #promised = new Map<string, number>();
  readonly #wire: Wire | undefined;
  /** How long whoever comes now shall stay away, ms; undefined: he may stay. */
  #awayMs: number | undefined;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#wire = wireOf(bridge.core, bridge.options.name);
    bridge.reader.follow({ grown() {}, signalled() {}, ended: () => void this.stop(0) });
  }

  /** Throws TOO_MANY_FEEDS, and BAD_REQUEST for a cursor that is none. */
  async admit(key: ApiKey, query: FeedQuery, request: IncomingMessage): Promise<Ticket> {
    const open = [...this.#open.values()].filter((id) => id === key.id).length;
    const promised = this.#promised.get(key.id) ?? 0;
    if (open + promised >= this.#bridge.options.limits.feeds) throw new Refusal('TOO_MANY_FEEDS');
    this.#promised.set(key.id, promised + 1);
    try {
      return { key, query, after: await this.#startOf(query, request) };
    } finally {
      this.#promised.set(key.id, (this.#promised.get(key.id) ?? 1) - 1);
    }
  }

  /** Tells by Server-Sent Events until the reader goes. */
  stream(ticket: Ticket, response: ServerResponse): void {
    if (this.#awayMs !== undefined) return turnAway(response, this.#awayMs);
    const { core, options } = this.#bridge;
    const { feedStallMs: stallMs } = options.limits;
    const carrier = eventStream(response, { clock: core.clock, stallMs, after: ticket.after });
    const hangUp = (backMs: number): void => endStream(response, backMs);
    const feed = this.#begin(ticket, { carrier, hangUp, transport: 'event-stream' });
    response.once('close', () => feed.end());
    response.once('error', () => feed.end());
  }

  /** Tells over a WebSocket until the reader goes. */
  socket(ticket: Ticket, socket: WebSocket): void {
    const { core, options } = this.#bridge;
    const { feedStallMs: stallMs, feedBytes: maxBytes } = options.limits;
    const carrier = webSocketCarrier(socket, { clock: core.clock, stallMs, maxBytes });
    const hangUp = (): void => socket.close(1001, 'SHUTDOWN');
    const feed = this.#begin(ticket, { carrier, hangUp, transport: 'websocket' });
    socket.once('close', () => feed.end());
    socket.once('error', () => feed.end());
  }

  /**
   * Sends every reader away, one after the other over so long, ms; each may come back with the last place it was told, as
   * long after as all of this takes, so that they come back in the order in which they went. Resolves when it is over.
   */
  async stop(overMs: number): Promise<void> {
    const { clock } = this.#bridge.core;
    const until = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
    this.#awayMs = overMs;
    const [from, leaving] = [clock.monotonic(), [...this.#ending]];
    for (const [index, end] of leaving.entries()) {
      const earlyMs = from + (index * overMs) / leaving.length - clock.monotonic();
      if (earlyMs > 0) await until(earlyMs);
      end(overMs);
    }
    const restMs = from + overMs - clock.monotonic();
    if (restMs > 0) await until(restMs);
    for (const end of [...this.#ending]) end(0);
  }

  async #startOf({ after }: FeedQuery, { headers }: IncomingMessage): Promise<number> {
    const { reader } = this.#bridge;
    // Who comes back by himself asks for the address he was given, and says how far he has come [SSE last-event-id].
    const cursor = headers['last-event-id'] ?? after;
    const head = await reader.core.head(reader.session);
    if (cursor === undefined) return head;
    const path = headers['last-event-id'] === undefined ? 'query/after' : 'header/last-event-id';
    const number = typeof cursor === 'string' ? numberIn(cursor) : undefined;
    if (number === undefined) throw noPlace(path, 'is no place in the log');
    // Waiting for the log to grow so far would skip all that happens until then.
    if (number > head) throw noPlace(path, `is beyond the end of the log, ${head}: the log is an older one`);
    return number;
  }

  #begin({ key, query, after }: Ticket, { carrier, hangUp, transport }: Line): Feed {
    const { reader, options, core } = this.#bridge;
    const connectionId = this.#wire?.opened({ transport, client: null });
    const feed = new Feed({
      reader,
      carrier,
      after,
      space: options.name,
      reading: key.scopes.includes('bots') ? 'bot' : 'all',
      wants: filterOf(query),
      hasSignals: query.signals ?? false,
      heartbeatMs: options.limits.heartbeatMs,
    });
    const end = (backMs: number): void => {
      feed.end();
      hangUp(backMs);
    };
    this.#open.set(feed, key.id);
    this.#ending.add(end);
    core.log.info({ keyId: key.id, after }, 'a backend listens');
    const over = (): void => {
      this.#open.delete(feed);
      this.#ending.delete(end);
      if (connectionId !== undefined) this.#wire?.closed(connectionId);
    };
    feed.run().then(over, (error: unknown) => {
      over();
      core.log.error({ err: error, keyId: key.id }, 'a feed ended: the log cannot be read');
      hangUp(0);
    });
    return feed;
  }
}

function noPlace(path: string, what: string): Refusal {
  return new Refusal('BAD_REQUEST', { problems: [{ path, what }] });
}
