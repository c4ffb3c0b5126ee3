import { networkOf, type ParticipantId } from '@dragoman/core';
import type { Seat, Surroundings } from '../dialect.js';
import { createSharedAllowances, type SharedAllowances } from '../rate.js';
import { sayOnce, type Sayings } from '../sayings.js';
import type { Peer } from '../transport.js';
import type { Settings } from './options.js';
import { createEasel, type Easel } from './pictures.js';
import { toFrames, type Outgoing } from './translate.js';
import { createKnownIds, type KnownIds } from './wire-ids.js';

/** What all connections of the dialect share. */
export interface Desk {
  readonly settings: Settings;
  readonly around: Surroundings;
  readonly sayings: Sayings<Outgoing>;
  readonly easel: Easel;
  readonly known: KnownIds;
  /** Everybody who is subscribed as an operator. */
  readonly operators: Set<Peer>;
  /** He is there for whoever waits, until he has left as often as he entered. Resolves when everybody can know. */
  enterWork(operator: Seat): Promise<void>;
  leaveWork(operator: Seat): void;
  readonly images: SharedAllowances;
  /** Counts; true when one more may pass. */
  mayType(ticketId: string, participantId: string): boolean;
  /** Counts how often a message was handed over to somebody who did not confirm it. */
  noteHandOver(messageId: string, participantId: string): void;
  timesHandedOver(messageId: string, participantId: string): number;
  /** One more failed sign-in from the peer's address. */
  failed(peer: Peer): void;
}

/** How many counts of each kind are kept; the oldest go first. */
const maxCounts = 20_000;

/** Failed sign-ins of an address are counted over this time, ms [TKD connection]. */
const failureWindowMs = 60_000;

export function createDesk(settings: Settings, around: Surroundings): Desk {
  const { space } = settings;
  const { clock } = around;
  const atWork = new Map<ParticipantId, number>();
  const typedAt = new Map<string, number>();
  const handedOver = new Map<string, number>();
  const failures = new Map<string, { readonly since: number; readonly count: number }>();

  return {
    settings,
    around,
    sayings: sayOnce((event, view) => toFrames(event, view, space)),
    easel: createEasel(space, around.attachments),
    known: createKnownIds(space),
    operators: new Set(),
    async enterWork(operator) {
      const { id } = operator.participant;
      atWork.set(id, (atWork.get(id) ?? 0) + 1);
      await operator.dispatch({ type: 'SetAvailability', status: 'available' });
    },
    leaveWork(operator) {
      const { id } = operator.participant;
      const left = (atWork.get(id) ?? 1) - 1;
      if (left > 0) return void atWork.set(id, left);
      atWork.delete(id);
      void operator.dispatch({ type: 'SetAvailability', status: 'unavailable' });
    },
    images: createSharedAllowances(settings.imageRate),
    mayType(ticketId, participantId) {
      const key = `${ticketId} ${participantId}`;
      const now = clock.monotonic();
      const last = typedAt.get(key);
      if (last !== undefined && now - last < settings.typingEveryMs) return false;
      keep(typedAt, key, now);
      return true;
    },
    noteHandOver(messageId, participantId) {
      keep(handedOver, `${messageId} ${participantId}`, this.timesHandedOver(messageId, participantId) + 1);
    },
    timesHandedOver: (messageId, participantId) => handedOver.get(`${messageId} ${participantId}`) ?? 0,
    failed(peer) {
      const now = clock.monotonic();
      const network = networkOf(peer.remoteAddress);
      const before = failures.get(network);
      const isOld = before === undefined || now - before.since > failureWindowMs;
      const entry = isOld ? { since: now, count: 1 } : { since: before.since, count: before.count + 1 };
      keep(failures, network, entry);
      if (entry.count >= settings.failuresPerAddress) peer.keepOut(settings.keepOutMs);
    },
  };
}

function keep<Value>(counts: Map<string, Value>, key: string, value: Value): void {
  counts.delete(key);
  counts.set(key, value);
  const [oldest] = counts.keys();
  if (counts.size > maxCounts && oldest !== undefined) counts.delete(oldest);
}
