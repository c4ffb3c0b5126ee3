import { expect } from 'chai';
import type { ChatFact, OpenChat, Rejection } from '@dragoman/core';
import { defaultPolicies } from '@dragoman/core';
import { openChat } from '@dragoman/core/domain';
import type { Doorway, Entrance, Scene, Speaker } from '@dragoman/core/domain';
import { given, opened, scenarioStart, speaker } from '@dragoman/core/testing';
import { doorway, typesOf } from './doorway.js';

const ann = speaker('customer', 'ann');
const o1 = speaker('operator', 'o1');
const o2 = speaker('operator', 'o2');

const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 17, priority: 0, delegateId: null };
const assigned: ChatFact = {
  type: 'ChatAssigned',
  operatorId: 'o1',
  fromId: null,
  cause: 'queue',
  byId: null,
  assignment: 1,
};

function sceneOf(by: Speaker, botId: string | null = null): Scene {
  return {
    by,
    now: scenarioStart,
    policies: { ...defaultPolicies, botId },
    desk: {
      operator: () => undefined,
      normalise: () => ({ locale: 'en-US', groups: ['__default'] }),
      nextPlace: 1,
      delegateFor: () => null,
    },
  };
}

describe('asking for the chat behind a name', () => {
  const open = (more: Partial<OpenChat> = {}): OpenChat => ({ type: 'OpenChat', key: 'visitor', ...more });
  const ask = (
    door: Partial<Doorway>,
    command: OpenChat,
    by = ann,
    botId: string | null = null,
  ): Entrance | Rejection => openChat(doorway(door), command, sceneOf(by, botId));
  const outcome = (answer: Entrance | Rejection): string[] | string =>
    'code' in answer ? answer.code : typesOf(answer.facts);
  const pending = given(opened('ann'), queued).chat;
  const held = given(opened('ann'), queued, assigned).chat;

  it('stores nothing for one who only looks', () => {
    expect(ask({}, open())).to.deep.include({ facts: [], isBound: false });
  });

  it('opens one for who asks for a person, with the bot first where there is one', () => {
    expect(outcome(ask({}, open({ enqueue: true })))).to.deep.equal(['ChatOpened', 'ChatQueued']);
    expect(outcome(ask({}, open({ enqueue: true }), ann, 'robo'))).to.deep.equal(['ChatOpened', 'ChatHandedOver']);
  });

  it('answers with the open one there is', () => {
    expect(ask({ current: pending }, open({ enqueue: true }))).to.deep.equal({
      chat: pending,
      facts: [],
      isBound: false,
    });
  });

  it('refuses where nobody is there and somebody must be', () => {
    const must = open({ enqueue: true, requireOperator: true });
    expect(outcome(ask({ isAnyoneThere: false }, must))).to.equal('NO_OPERATOR');
    expect(outcome(ask({ isAnyoneThere: false }, must, ann, 'robo')), 'a bot is somebody').to.be.an('array');
    expect(outcome(ask({ isAnyoneThere: true }, must)), 'all full: waits').to.deep.equal(['ChatOpened', 'ChatQueued']);
  });

  it('chooses at once, in one, whoever can take it where somebody must be there', () => {
    const answer = ask({ nextOperator: 'o1' }, open({ enqueue: true, requireOperator: true }));
    expect(outcome(answer)).to.deep.equal(['ChatOpened', 'ChatAssigned']);
  });

  it('refuses the one chat too many, and counts only what would be new', () => {
    const limited = open({ enqueue: true, maxOpen: 5 });
    expect(outcome(ask({ openCount: 4 }, limited))).to.be.an('array');
    expect(outcome(ask({ openCount: 5 }, limited))).to.equal('TOO_MANY_CHATS');
    expect(outcome(ask({ openCount: 5, current: pending }, limited))).to.deep.equal([]);
  });

  it('refuses a stranger the name of another', () => {
    const zoe = speaker('customer', 'zoe');
    expect(outcome(ask({ current: pending, customerId: 'zoe' }, open({ enqueue: true }), zoe))).to.equal('ID_CONFLICT');
  });

  it('leads from a closed chat to a new one, or nowhere any more where a name is for ever', () => {
    const closed: typeof pending = { ...pending, status: 'closed' };
    const forEver = open({ enqueue: true, ifClosed: 'refuse' });
    expect(outcome(ask({ current: closed }, open({ enqueue: true })))).to.deep.equal(['ChatOpened', 'ChatQueued']);
    expect(outcome(ask({ current: closed }, forEver))).to.equal('CHAT_CLOSED');
    expect(outcome(ask({ current: closed }, forEver, speaker('customer', 'zoe')))).to.equal('ID_CONFLICT');
    expect(outcome(ask({ current: pending }, forEver))).to.deep.equal([]);
  });

  it('gives an operator who asks for it the chat nobody has, and says who has it else', () => {
    const mine = open({ assignTo: 'o2' });
    expect(outcome(ask({}, mine, o2))).to.deep.equal(['ChatOpened', 'ChatAssigned']);
    expect(outcome(ask({ current: pending }, mine, o2))).to.deep.equal(['ChatAssigned']);
    expect(ask({ current: held }, mine, o2)).to.include({ code: 'ALREADY_ASSIGNED', assigneeId: 'o1' });
    expect(outcome(ask({ current: held }, open({ assignTo: 'o1' }), o1))).to.deep.equal([]);
  });

  it('takes no more fields than a chat carries', () => {
    expect(outcome(ask({}, open({ enqueue: true, fields: { a: 'x'.repeat(9_000) } })))).to.equal('TOO_LARGE');
  });

  it('leaves a chat that waits under its name, with a subject that is cut where it is too long', () => {
    const answer = ask({}, open({ enqueue: true, subject: 's'.repeat(300) }));
    if ('code' in answer) throw new Error('was refused');
    const { chat } = given(...answer.facts);
    expect(chat).to.deep.include({ status: 'pending', customerIds: ['ann'], addresses: { web: 'visitor' } });
    expect(chat.subject).to.have.lengthOf(200);
  });
});
