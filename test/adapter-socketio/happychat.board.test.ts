import { createBoard, unlimitedCapacity } from '@dragoman/adapter-socketio/happychat';
import type { ChatSummary, Lobby, OperatorRecord } from '@dragoman/core';
import { expect } from 'chai';
import { chat, happened, people, space } from './happychat-scene.js';

const one: OperatorRecord = {
  id: 'p_one',
  mode: 'auto',
  status: 'available',
  isOnline: true,
  isRequesting: false,
  locales: { 'en-US': { capacity: 3, isActive: true }, fr: { capacity: 2, isActive: true } },
  groups: ['__default', 'vip'],
  lastAssignedAt: 0,
};
const eve: OperatorRecord = {
  ...one,
  id: 'p_eve',
  status: 'unavailable',
  isOnline: false,
  locales: { 'en-US': { capacity: null, isActive: true } },
  groups: ['__default'],
};

/** A lobby that a test moves by hand. */
function lobbyOf(chats: readonly ChatSummary[], operators: readonly OperatorRecord[] = [one, eve]): Lobby {
  return {
    chats: new Map(chats.map((each) => [each.id, each])),
    operators: new Map(operators.map((each) => [each.id, each])),
    groups: [
      { id: '__default', name: 'Default', isExclusive: false },
      { id: 'vip', name: 'VIP', isExclusive: true },
    ],
    locales: { default: 'en-US', supported: ['en-US', 'fr'] },
    isAccepting: true,
    queue: [],
    person: (id) => people[id],
    load: (id, locale) => chats.filter((each) => each.locale === locale && each.memberIds.includes(id)).length,
  };
}

const waiting: ChatSummary = { ...chat, status: 'pending', assigneeId: null, memberIds: [], assignment: 0 };

describe('the state operators share', () => {
  it('has the shape of the original', () => {
    const joe = { user_id: 7, id: 's-7', username: 'joe', name: 'Joe', picture: 'https://x/joe.png' };
    const opOne = {
      id: 'op1',
      username: 'op1',
      displayName: 'Op One',
      picture: 'p1',
      avatarURL: 'a1',
      online: true,
      requestingChat: false,
      status: 'available',
    };
    expect(createBoard(lobbyOf([chat]), space).state()).to.deep.equal({
      operators: {
        identities: {
          op1: opOne,
          5: {
            id: 5,
            username: 'eve',
            displayName: 'Eve',
            picture: 'p5',
            online: false,
            requestingChat: false,
            status: 'unavailable',
          },
        },
        system: { acceptsCustomers: true },
      },
      chatlist: {
        's-7': [
          'assigned',
          { ...joe, locale: 'fr', groups: ['vip'] },
          { ...opOne, capacity: 2, load: 0, active: true, percentAvailable: 1, totalAvailable: 2 },
          1_732_150_800_123,
          { op1: true },
          'fr',
          ['vip'],
        ],
      },
      groups: {
        __default: { id: '__default', name: 'Default', members: { op1: true, 5: true } },
        vip: { id: 'vip', name: 'VIP', exclusive: true, members: { op1: true } },
      },
      locales: {
        defaultLocale: 'en-US',
        supported: ['en-US', 'fr'],
        memberships: {
          'en-US': {
            op1: { capacity: 3, load: 0, active: true },
            5: { capacity: unlimitedCapacity, load: 0, active: true },
          },
          fr: { op1: { capacity: 2, load: 1, active: true } },
        },
      },
    });
  });

  it('hides chats in which nobody has said anything, and those that are closed', () => {
    const board = createBoard(lobbyOf([{ ...chat, status: 'new' }]), space);
    expect(board.state()).to.have.deep.property('chatlist', {});
    expect(createBoard(lobbyOf([{ ...chat, status: 'released' }]), space).state()).to.have.deep.property(
      'chatlist',
      {},
    );
  });

  it('changes the chat and the load of its operator when it is assigned, and nothing else', () => {
    const board = createBoard(lobbyOf([waiting]), space);
    board.note(
      happened({ type: 'ChatAssigned', operatorId: 'p_one', fromId: null, cause: 'queue', byId: null, assignment: 1 }),
    );
    const change = board.settle(lobbyOf([chat]));
    expect(change).to.have.all.keys('o', 'v').and.have.property('v').that.has.all.keys('chatlist', 'locales');
    expect(change).to.have.deep.nested.property('v.locales', {
      o: 'O',
      v: {
        memberships: {
          o: 'O',
          v: { fr: { o: 'O', v: { op1: { o: 'r', v: { capacity: 2, load: 1, active: true } } } } },
        },
      },
    });
  });

  it('gives the load back when the operator leaves or the chat is closed', () => {
    const board = createBoard(lobbyOf([chat]), space);
    board.note(happened({ type: 'ChatClosed', reason: 'operator', byId: 'p_one' }, { status: 'closed' }));
    const change = board.settle(lobbyOf([]));
    expect(change).to.have.deep.nested.property('v.chatlist', { o: 'O', v: { 's-7': { o: '-' } } });
    expect(change).to.have.nested.property('v.locales.v.memberships.v.fr.v.op1.v.load', 0);
  });

  it('shows an assignee as he was when he got the chat', () => {
    const board = createBoard(lobbyOf([chat]), space);
    const busy = { ...one, status: 'reserve' };
    board.note(happened({ type: 'ParticipantJoined', participantId: 'p_eve', role: 'operator' }));
    board.settle(lobbyOf([{ ...chat, memberIds: ['p_one', 'p_eve'] }], [busy, eve]));
    expect(board.state()).to.have.nested.property('chatlist.s-7[2].status', 'available');
    expect(board.state()).to.have.deep.nested.property('chatlist.s-7[4]', { op1: true, 5: true });
  });

  it('shows a group that was made meanwhile, with its members, and drops one that is gone', () => {
    const lobby = lobbyOf([], [{ ...one, groups: ['__default', 'night'] }]);
    const board = createBoard({ ...lobby }, space);
    board.note({
      type: 'RoutingConfigured',
      isAccepting: false,
      groups: [],
      locales: lobby.locales,
      participantId: null,
      people,
      eventId: 'e-1',
      commandId: 'k-1',
      workspaceId: 'default',
      version: 1,
      number: 1,
      at: 0,
      by: { participantId: null, sessionId: null },
    });
    const groups = [
      { id: '__default', name: 'Everybody', isExclusive: false },
      { id: 'night', name: 'Night', isExclusive: false },
    ];
    expect(board.settle({ ...lobby, groups, isAccepting: false })).to.deep.equal({
      o: 'O',
      v: {
        operators: { o: 'O', v: { system: { o: 'O', v: { acceptsCustomers: { o: 'r', v: false } } } } },
        groups: {
          o: 'O',
          v: {
            vip: { o: '-' },
            __default: { o: 'O', v: { name: { o: 'r', v: 'Everybody' } } },
            night: { o: '+', v: { id: 'night', name: 'Night', members: { op1: true } } },
          },
        },
      },
    });
  });

  it('says nothing of words: they are not part of it', () => {
    const board = createBoard(lobbyOf([chat]), space);
    board.note(
      happened({ type: 'MessageAcknowledged', side: 'desk', state: 'read', ranges: [], byId: null, unreadByDesk: 0 }),
    );
    expect(board.settle(lobbyOf([{ ...chat, lastSeq: 2 }]))).to.equal(undefined);
  });

  for (const size of [100, 10_000]) {
    it(`looks at one chat when one of ${size} has changed`, () => {
      const others = Array.from({ length: size }, (_, index) => ({
        ...waiting,
        id: `c-${index}`,
        addresses: { [space]: `s-${index}` },
      }));
      const lobby = lobbyOf([chat, ...others]);
      const board = createBoard(lobby, space);
      let looks = 0;
      const counting: Lobby = {
        ...lobby,
        chats: new Map(),
        person: (id) => {
          looks += 1;
          return lobby.person(id);
        },
      };
      board.note(happened({ type: 'ChatClosed', reason: 'operator', byId: 'p_one' }, { status: 'closed' }));
      expect(board.settle(counting)).to.have.nested.property('v.chatlist.v.s-7.o', '-');
      expect(looks).to.equal(2);
    });
  }
});
