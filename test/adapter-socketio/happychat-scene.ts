import type { ChatEvent, ChatFact, ChatSummary, Participant, People } from '@dragoman/core';

export const space = 'happychat';

function participant(
  id: string,
  role: Participant['role'],
  externalId: string | number,
  profile: Readonly<Record<string, unknown>>,
): Participant {
  const name = typeof profile['displayName'] === 'string' ? profile['displayName'] : '';
  return {
    id,
    role,
    name,
    isSupervisor: false,
    isDesk: false,
    locale: typeof profile['locale'] === 'string' ? profile['locale'] : null,
    groups: Array.isArray(profile['groups']) ? profile['groups'] : [],
    profile: { id: externalId, ...profile },
    identities: [
      {
        space,
        side: role === 'monitor' ? 'bot' : role,
        realm: '',
        externalId: String(externalId),
        idType: typeof externalId === 'number' ? 'number' : 'string',
      },
    ],
  };
}

/** The people of every literal frame: a customer with a numeric id, two operators, a bot, and somebody from elsewhere. */
export const people: People = {
  p_joe: participant('p_joe', 'customer', 7, {
    username: 'joe',
    displayName: 'Joe',
    picture: 'https://x/joe.png',
    session_id: 's-7',
    locale: 'fr',
    groups: ['vip'],
  }),
  p_one: participant('p_one', 'operator', 'op1', {
    username: 'op1',
    displayName: 'Op One',
    picture: 'p1',
    avatarURL: 'a1',
  }),
  p_eve: participant('p_eve', 'operator', 5, { username: 'eve', displayName: 'Eve', picture: 'p5' }),
  p_echo: participant('p_echo', 'bot', 'echo', {}),
  p_far: {
    ...participant('p_far', 'operator', 'm9', { email: 'far@example.com' }),
    name: 'Ann Far',
    identities: [{ space: 'elsewhere', side: 'operator', realm: '', externalId: 'm9', idType: 'string' }],
  },
};

/** The chat of every literal frame, `s-7` on this wire. */
export const chat: ChatSummary = {
  id: '0190b8a0-0000-7000-8000-000000000001',
  workspaceId: 'default',
  version: 9,
  lastSeq: 1,
  status: 'assigned',
  before: null,
  publicNumber: 2 ** 40,
  customerId: 'p_joe',
  customerIds: ['p_joe'],
  memberIds: ['p_one'],
  leftIds: [],
  assigneeId: 'p_one',
  previousAssigneeId: null,
  assignment: 1,
  delegateId: null,
  locale: 'fr',
  groups: ['vip'],
  subject: '',
  displayName: 'Joe',
  fields: {},
  addresses: { [space]: 's-7' },
  isBlocked: false,
  unreadByDesk: 0,
  unreadByCustomer: 0,
  openedAt: 1_732_150_799_000,
  queuedAt: 1_732_150_800_123,
  assignedAt: 1_732_150_800_200,
  lastDeskAt: null,
  changedAt: 1_732_150_800_200,
  closedAt: null,
  closeReason: null,
};

/** The moment of every literal event: rounded up, 1732150801 on this wire. */
export const at = 1_732_150_800_500;

/** A fact as it is delivered, at version 9 of the chat. */
export function happened(fact: ChatFact, changes: Partial<ChatSummary> = {}): ChatEvent {
  return {
    ...fact,
    eventId: 'e-9',
    commandId: 'k-9',
    workspaceId: 'default',
    version: 9,
    number: 90,
    at,
    by: { participantId: null, sessionId: null },
    chatId: chat.id,
    chat: { ...chat, ...changes },
    people,
  };
}
