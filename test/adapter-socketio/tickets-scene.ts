import type { ChatSummary, Participant, People } from '@dragoman/core';

/** The ticket of every literal frame. */
export const T = '6f0c9a52-3d1e-4c7a-9b7e-2f1d5a8e0c11';

function participant(id: string, role: Participant['role'], name: string, externalId: string): Participant {
  return {
    id,
    role,
    name,
    isSupervisor: false,
    isDesk: false,
    locale: null,
    groups: [],
    profile: {},
    identities: [
      { space: 'tickets', side: role === 'monitor' ? 'bot' : role, realm: '', externalId, idType: 'string' },
    ],
  };
}

function stranger(id: string, role: Participant['role'], name: string): Participant {
  const from = { space: 'web', realm: 'site', externalId: id, idType: 'string' } as const;
  const side = role === 'monitor' ? 'bot' : role;
  return { ...participant(id, role, name, id), identities: [{ ...from, side }] };
}

/** The owner, two operators, an operator and a customer of another dialect, and a bot. */
export const people: People = {
  p_ada: participant('p_ada', 'customer', 'Ada', 'u1'),
  p_olga: participant('p_olga', 'operator', 'Olga', 'o1'),
  p_otto: participant('p_otto', 'operator', 'Otto', 'o2'),
  p_hc: stranger('p_hc', 'operator', 'Harry'),
  p_far: stranger('p_far', 'customer', ''),
  p_bot: stranger('p_bot', 'bot', 'Robo'),
};

const at = Date.UTC(2030, 0, 1, 9);

export const chat: ChatSummary = {
  id: '0190b8a0-0000-7000-8000-000000000001',
  workspaceId: 'default',
  version: 9,
  lastSeq: 1,
  status: 'assigned',
  before: null,
  publicNumber: 2 ** 40,
  customerId: 'p_ada',
  customerIds: ['p_ada'],
  memberIds: ['p_olga'],
  leftIds: [],
  assigneeId: 'p_olga',
  previousAssigneeId: null,
  assignment: 1,
  delegateId: null,
  locale: 'en-US',
  groups: ['__default'],
  subject: 'Invoice',
  displayName: 'Ada',
  fields: {},
  addresses: { tickets: T },
  isBlocked: false,
  unreadByDesk: 0,
  unreadByCustomer: 0,
  openedAt: at,
  queuedAt: null,
  assignedAt: at,
  lastDeskAt: at + 5 * 60_000,
  changedAt: at,
  closedAt: null,
  closeReason: null,
};
