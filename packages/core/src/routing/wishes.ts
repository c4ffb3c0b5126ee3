import type { Delegation } from '../policies.js';
import type { ParticipantId } from '../participant.js';
import { defaultGroup, isWorking } from './shard.js';
import type { Shard } from './shard.js';

/** What a chat asks of the one who takes it, in the workspace's own words. */
export interface Wishes {
  readonly locale: string;
  /** In order of preference; never empty. */
  readonly groups: readonly string[];
}

/** The supported locale and the existing groups behind what a client asked for. [HC assignment] */
export function normalise(
  shard: Pick<Shard, 'locales' | 'groups'>,
  wanted: { locale?: string | undefined; groups?: readonly string[] | undefined },
): Wishes {
  const { supported } = shard.locales;
  const locale =
    supported.find((known) => known.toLowerCase() === wanted.locale?.toLowerCase()) ?? shard.locales.default;
  const known = (wanted.groups ?? [])
    .map((id) => shard.groups.find((group) => group.id === id))
    .filter((group) => group !== undefined);
  const exclusive = known.find((group) => group.isExclusive);
  if (exclusive !== undefined) return { locale, groups: [exclusive.id] };
  const ids = known.map((group) => group.id).filter((id) => id !== defaultGroup.id);
  return { locale, groups: [...new Set(ids), defaultGroup.id] };
}

/** The desk that the first rule names which fits the chat and whose desk is there and working. */
export function delegateOf(
  shard: Shard,
  rules: readonly Delegation[],
  chat: {
    readonly locale: string;
    readonly groups: readonly string[];
    readonly addresses: Readonly<Record<string, string>>;
    readonly realm?: string;
  },
): ParticipantId | null {
  const rule = rules.find(
    (candidate) =>
      (candidate.space === undefined || candidate.space in chat.addresses) &&
      (candidate.realm === undefined || candidate.realm === chat.realm) &&
      (candidate.locale === undefined || candidate.locale === chat.locale) &&
      (candidate.group === undefined || chat.groups.includes(candidate.group)) &&
      isOpen(shard, candidate.deskId),
  );
  return rule?.deskId ?? null;
}

function isOpen(shard: Shard, deskId: ParticipantId): boolean {
  const desk = shard.seats.get(deskId)?.record;
  return desk !== undefined && isWorking(desk);
}
