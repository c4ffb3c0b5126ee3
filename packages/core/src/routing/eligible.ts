import type { OperatorRecord } from '../event.js';
import type { Seat, Shard } from './shard.js';
import { isInGroup, isWorking } from './shard.js';
import type { Wishes } from './wishes.js';

/** An operator who may be given a chat with some wishes, and what he is ranked by. */
interface Candidate {
  readonly record: OperatorRecord;
  readonly load: number;
  readonly freeShare: number;
  readonly freeCount: number;
}

/** The operator the next chat with these wishes is given to; undefined when nobody can take it. */
export function nextOperator(shard: Shard, wishes: Wishes): OperatorRecord | undefined {
  for (const group of wishes.groups) {
    const [best] = candidates(shard, wishes.locale, group).toSorted(byRank);
    if (best !== undefined) return best.record;
  }
  return undefined;
}

function candidates(shard: Shard, locale: string, group: string): Candidate[] {
  const found: Candidate[] = [];
  for (const seat of shard.seats.values()) {
    const candidate = candidateFor(seat, locale, group);
    if (candidate !== undefined) found.push(candidate);
  }
  return found;
}

/** Working, in the locale and the group, and with room or wanting one more. */
function candidateFor({ record, loads }: Seat, locale: string, group: string): Candidate | undefined {
  const membership = record.locales[locale];
  if (record.mode !== 'auto' || !isWorking(record) || membership === undefined || !membership.isActive)
    return undefined;
  if (!isInGroup(record, group)) return undefined;
  const load = loads.get(locale) ?? 0;
  const { capacity } = membership;
  if (!record.isRequesting && capacity !== null && capacity <= load) return undefined;
  // Unlimited capacity counts as a little room, so that beside operators with limits nobody takes everything.
  const freeShare = capacity === null ? 1 / (1 + load) : capacity === 0 ? 0 : (capacity - load) / capacity;
  return { record, load, freeShare, freeCount: capacity === null ? 1 : capacity - load };
}

/** Requesting first; available before reserve; a reserve already disturbed once before others; then by room and rest. */
function byRank(a: Candidate, b: Candidate): number {
  return (
    Number(b.record.isRequesting) - Number(a.record.isRequesting) ||
    Number(isReserve(a)) - Number(isReserve(b)) ||
    (isReserve(a) && isReserve(b) ? Number(b.load === 1) - Number(a.load === 1) : 0) ||
    b.freeShare - a.freeShare ||
    b.freeCount - a.freeCount ||
    a.record.lastAssignedAt - b.record.lastAssignedAt ||
    (a.record.id < b.record.id ? -1 : 1)
  );
}

function isReserve(candidate: Candidate): boolean {
  return candidate.record.status === 'reserve';
}

/** Whether a new chat with these wishes would find somebody now. [HC customer/accept] */
export function canAccept(shard: Shard, wishes: Wishes): boolean {
  return shard.isAccepting && (nextOperator(shard, wishes) !== undefined || hasClaimer(shard));
}

/** Whether anybody at all who fits is there, with room or without. */
export function isAnyoneThere(shard: Shard, wishes: Wishes): boolean {
  return [...shard.seats.values()].some(
    ({ record }) =>
      isWorking(record) &&
      (record.mode !== 'auto' ||
        (record.locales[wishes.locale]?.isActive === true && wishes.groups.some((group) => isInGroup(record, group)))),
  );
}

function hasClaimer(shard: Shard): boolean {
  return [...shard.seats.values()].some(({ record }) => record.mode === 'claim' && isWorking(record));
}
