import type { Core, Identity, WorkspaceConfig } from '@dragoman/core';
import { isRecord } from '../frames.js';
import type { Desk } from './desk.js';
import { openingOf } from './deeds.js';
import {
  at,
  STATUS_ABANDONED,
  STATUS_ASSIGNED,
  STATUS_ASSIGNING,
  STATUS_CLOSED,
  STATUS_MISSED,
  STATUS_NEW,
  type ChatRecord,
  type LibraryState,
} from './state.js';

/** How the workspace of a new core begins; what a store remembers wins. */
export function workspaceOf(id: string, { operators, groups, locales }: LibraryState): WorkspaceConfig {
  return {
    id,
    isAccepting: operators.system.acceptsCustomers,
    groups: Object.values(groups).map(({ id: groupId, name = '', exclusive = false }) => ({
      id: groupId,
      name,
      isExclusive: exclusive,
    })),
    locales: { default: locales.defaultLocale, supported: locales.supported },
  };
}

/** Brings the people and chats of an initial state into the core; whom and what it knows already stays as it is. */
export async function seed(core: Core, desk: Desk, state: LibraryState): Promise<void> {
  for (const [id, facts] of Object.entries(state.operators.identities)) {
    const who = desk.operatorId(id) === null ? desk.operator({ id, ...facts }) : undefined;
    if (who !== undefined) await seedOperator(core, who, state);
  }
  for (const record of Object.values(state.chatlist)) await seedChat(core, desk, record);
}

/** Somebody who is known, and not there. */
async function seedOperator(core: Core, who: Identity, state: LibraryState): Promise<void> {
  const { online: _, requestingChat: __, status: ___, ...profile } = who.profile ?? {};
  const how = { scope: 'lobby', echo: 'all', away: null, mode: 'auto', chats: 'mine' } as const;
  const session = await core.connect({ ...who, profile }, how, () => {});
  const memberships = Object.entries(state.locales.memberships).flatMap(([locale, members]) => {
    const member = at(members, who.externalId);
    return member === undefined ? [] : [{ locale, ...member }];
  });
  const groups = Object.values(state.groups).map(
    ({ id, members = {} }) => [id, at(members, who.externalId) === true] as const,
  );
  await core.dispatch(session, {
    type: 'SetAvailability',
    capacity: Object.fromEntries(memberships.map(({ locale, capacity }) => [locale, capacity])),
    locales: Object.fromEntries(memberships.map(({ locale, active }) => [locale, active])),
    ...(groups.some(([, isMember]) => isMember) && { groups: Object.fromEntries(groups) }),
  });
  await session.end();
}

async function seedChat(core: Core, desk: Desk, [status, chat, operator, , members]: ChatRecord): Promise<void> {
  const [who, opening] = [desk.customer(chat), openingOf(chat)];
  // A chat nobody has said a word in, or of which only the name is left, is the library's own.
  const isWhole = isRecord(chat) && chat['user_id'] !== undefined;
  if (who === undefined || opening === undefined || !isWhole || status === STATUS_NEW) return;
  const session = await core.connect(who, { scope: 'own', echo: 'all', away: null, chats: 'mine' }, () => {});
  const to = { key: opening.key };
  const isKnown = (await core.find(session, to)) !== undefined;
  if (!isKnown) await core.dispatch(session, { ...opening, enqueue: true });
  await session.end();
  if (isKnown) return;
  for (const id of isRecord(members) ? Object.keys(members) : []) {
    const member = desk.operator({ id });
    if (member !== undefined) await desk.as(member, { type: 'JoinChat', to });
  }
  const toId = isRecord(operator) ? desk.operatorId(String(operator['id'])) : null;
  if (takenWords.has(status) && toId !== null) await desk.asLibrary({ type: 'TransferChat', to, toId, strict: true });
  if (status === STATUS_MISSED) await desk.asLibrary({ type: 'TransferChat', to, toId: null, strict: false });
  if (status === STATUS_CLOSED) await desk.asLibrary({ type: 'CloseChat', to, reason: 'operator' });
}

/** Chats that are somebody's. */
const takenWords = new Set<unknown>([
  STATUS_ASSIGNED,
  STATUS_ASSIGNING,
  STATUS_ABANDONED,
  STATUS_CLOSED,
  'customer-disconnect',
]);
