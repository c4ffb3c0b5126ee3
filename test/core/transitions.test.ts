import { expect } from 'chai';
import type { ChatFact, ChatStatus } from '@dragoman/core';
import { decide, duesOf, evolve, isRejection } from '@dragoman/core/domain';
import type { Chat, ChatDecision, Speaker } from '@dragoman/core/domain';
import type { SceneChanges } from './scene.js';
import {
  abandoned,
  assigned,
  chatAfter,
  closed,
  gone,
  handedTo,
  missed,
  noon,
  opened,
  people,
  queued,
  said,
  sceneOf,
} from './scene.js';

/** One letter a status, as in the heads of the tables. */
const letters: Readonly<Record<ChatStatus, string>> = {
  new: 'N',
  'with-bot': 'B',
  pending: 'Q',
  missed: 'M',
  assigned: 'A',
  abandoned: 'X',
  'customer-disconnected': 'D',
  released: 'R',
  closed: 'C',
};

/** The chat of each column, made by what really happens to chats. `olga` has it where somebody has it. */
const columns = {
  N: [opened],
  B: [opened, handedTo('bot')],
  Q: [opened, queued],
  M: [opened, queued, missed],
  A: [opened, queued, assigned()],
  X: [opened, queued, assigned(), abandoned],
  D: [opened, queued, assigned(), gone],
  R: [opened, queued, assigned(), handedTo('customer', 'olga')],
  C: [opened, queued, assigned(), closed],
} as const satisfies Record<string, readonly ChatFact[]>;
type Column = keyof typeof columns;

/**
 * What becomes of a chat: `=` accepted and the status stays, `-` accepted and nothing happens, a code: refused,
 * else the letter of the new status and why it was assigned or queued.
 */
function fateOf(chat: Chat, command: ChatDecision, changes: SceneChanges): string {
  const verdict = decide(chat, command, sceneOf(changes));
  if (isRejection(verdict)) return verdict.code;
  if (verdict.length === 0) return '-';
  const after = verdict.reduce((state, fact) => evolve(state, fact, noon), chat);
  const reason = verdict.findLast((fact) => fact.type === 'ChatAssigned' || fact.type === 'ChatQueued');
  const isMoved = after.status !== chat.status || reason !== undefined;
  if (!isMoved) return '=';
  return [letters[after.status], reason !== undefined && 'cause' in reason ? reason.cause : ''].join(' ').trim();
}

interface Row {
  readonly what: string;
  readonly command: ChatDecision;
  readonly by?: Speaker;
  readonly around?: SceneChanges;
  readonly fates: Readonly<Record<Column, string>>;
}

const to = { chatId: 'chat' } as const;
const post = (more: object = {}): ChatDecision => ({
  type: 'PostMessage',
  to,
  body: { kind: 'text', text: 'hello' },
  ifClosed: 'refuse',
  ...more,
});
const presence = (
  side: 'customer' | 'operator',
  participantId: string,
  isOnline: boolean,
  away: object | null = null,
): ChatDecision => ({ type: 'NotePresence', side, participantId, isOnline, away }) as ChatDecision;
const leaving = { leavesDesk: true, noticeMs: 10_000, closeMs: 90_000 };
const withBot = { policies: { botId: 'bot' } };
const timer = (name: string): ChatDecision => ({ type: 'FireTimer', name, token: 0 });

// prettier-ignore
const rows: readonly Row[] = [
  { what: 'the customer says something', command: post(), by: people.joe,
    fates: { N: 'Q first', B: '=', Q: '=', M: '=', A: '=', X: '=', D: 'A return', R: 'Q released', C: 'CHAT_CLOSED' } },
  { what: 'the customer says something where there is a bot', command: post(), by: people.joe, around: withBot,
    fates: { N: 'B', B: '=', Q: '=', M: '=', A: '=', X: '=', D: 'A return', R: 'Q released', C: 'CHAT_CLOSED' } },
  { what: 'the customer says something while the operator is away', command: post({ ifClosed: 'reopen' }), by: people.joe, around: { gone: ['olga'] },
    fates: { N: 'Q first', B: '=', Q: '=', M: '=', A: '=', X: '=', D: 'Q return', R: 'Q released', C: 'Q reopened' } },
  { what: 'the customer goes on in a closed chat', command: post({ ifClosed: 'reopen' }), by: people.joe,
    fates: { N: 'Q first', B: '=', Q: '=', M: '=', A: '=', X: '=', D: 'A return', R: 'Q released', C: 'A reopen' } },
  { what: 'the controlling bot speaks', command: post(), by: people.bot, around: withBot,
    fates: { N: 'B', B: '=', Q: 'NOT_ALLOWED', M: 'NOT_ALLOWED', A: 'NOT_ALLOWED', X: 'NOT_ALLOWED', D: 'NOT_ALLOWED', R: 'NOT_ALLOWED', C: 'CHAT_CLOSED' } },
  { what: 'another bot speaks', command: post({ ifClosed: 'append' }), by: people.agent, around: withBot,
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: '=' } },
  { what: 'another bot speaks and does not append', command: post(), by: people.agent, around: withBot,
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: 'CHAT_CLOSED' } },
  { what: 'an operator speaks, of whom nothing is required', command: post({ ifClosed: 'append' }), by: people.oscar,
    fates: { N: '=', B: 'A take', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: '=' } },
  { what: 'an operator speaks and claims', command: post({ claim: true }), by: people.oscar,
    fates: { N: 'A claim', B: 'A take', Q: 'A claim', M: 'A claim', A: '=', X: '=', D: '=', R: 'A claim', C: 'CHAT_CLOSED' } },
  { what: 'an operator speaks who must be the assignee', command: post({ require: 'assignee' }), by: people.oscar,
    fates: { N: 'NOT_ASSIGNED', B: 'A take', Q: 'NOT_ASSIGNED', M: 'NOT_ASSIGNED', A: 'NOT_ASSIGNEE', X: 'NOT_ASSIGNEE', D: 'NOT_ASSIGNEE', R: 'NOT_ASSIGNED', C: 'CHAT_CLOSED' } },
  { what: 'the assignee speaks who must be it', command: post({ require: 'assignee' }), by: people.olga,
    fates: { N: 'NOT_ASSIGNED', B: 'A take', Q: 'NOT_ASSIGNED', M: 'NOT_ASSIGNED', A: '=', X: '=', D: '=', R: 'NOT_ASSIGNED', C: 'CHAT_CLOSED' } },
  { what: 'an operator speaks who must claim or be the assignee', command: post({ require: 'assignee', claim: true }), by: people.oscar,
    fates: { N: 'A claim', B: 'A take', Q: 'A claim', M: 'A claim', A: 'NOT_ASSIGNEE', X: 'NOT_ASSIGNEE', D: 'NOT_ASSIGNEE', R: 'A claim', C: 'CHAT_CLOSED' } },
  { what: 'an operator speaks who must be a member', command: post({ require: 'member' }), by: people.oscar,
    fates: { N: 'NOT_A_MEMBER', B: 'A take', Q: 'NOT_A_MEMBER', M: 'NOT_A_MEMBER', A: 'NOT_A_MEMBER', X: 'NOT_A_MEMBER', D: 'NOT_A_MEMBER', R: 'NOT_A_MEMBER', C: 'CHAT_CLOSED' } },
  { what: 'a monitor speaks', command: post(), by: people.monitor,
    fates: { N: 'NOT_ALLOWED', B: 'NOT_ALLOWED', Q: 'NOT_ALLOWED', M: 'NOT_ALLOWED', A: 'NOT_ALLOWED', X: 'NOT_ALLOWED', D: 'NOT_ALLOWED', R: 'NOT_ALLOWED', C: 'NOT_ALLOWED' } },
  { what: 'the system says a notice', command: post({ body: { kind: 'notice', code: 'x', params: {}, text: 'x' } }),
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: '=' } },
  { what: 'routing grants it', command: { type: 'GrantChat', operatorId: 'oscar', assignment: 0 },
    fates: { N: '-', B: '-', Q: 'A queue', M: 'A queue', A: '-', X: '-', D: '-', R: '-', C: '-' } },
  { what: 'an operator claims it', command: { type: 'AssignChat', to }, by: people.oscar,
    fates: { N: 'A claim', B: 'A take', Q: 'A claim', M: 'A claim', A: 'ALREADY_ASSIGNED', X: 'ALREADY_ASSIGNED', D: 'ALREADY_ASSIGNED', R: 'A claim', C: 'CHAT_CLOSED' } },
  { what: 'its assignee claims it', command: { type: 'AssignChat', to }, by: people.olga,
    fates: { N: 'A claim', B: 'A take', Q: 'A claim', M: 'A claim', A: '-', X: '-', D: '-', R: 'A claim', C: 'CHAT_CLOSED' } },
  { what: 'it is transferred to an operator who is there', command: { type: 'TransferChat', to, toId: 'oscar', strict: true }, by: people.olga,
    fates: { N: 'A transfer', B: 'A transfer', Q: 'A transfer', M: 'A transfer', A: 'A transfer', X: 'A transfer', D: 'A transfer', R: 'A transfer', C: 'CHAT_CLOSED' } },
  { what: 'an operator transfers it to himself', command: { type: 'TransferChat', to, toId: 'oscar', strict: true, ifClosed: 'reopen' }, by: people.oscar,
    fates: { N: 'A take', B: 'A take', Q: 'A take', M: 'A take', A: 'A take', X: 'A take', D: 'A take', R: 'A take', C: 'A take' } },
  { what: 'it is transferred to the one who has it', command: { type: 'TransferChat', to, toId: 'olga', strict: true }, by: people.oscar,
    fates: { N: 'A transfer', B: 'A transfer', Q: 'A transfer', M: 'A transfer', A: '-', X: 'A transfer', D: 'A transfer', R: 'A transfer', C: 'CHAT_CLOSED' } },
  { what: 'it is transferred, strictly, to an operator who is away', command: { type: 'TransferChat', to, toId: 'offline', strict: true, ifClosed: 'reopen' }, by: people.olga,
    fates: { N: 'X transfer', B: 'X transfer', Q: 'X transfer', M: 'X transfer', A: 'X transfer', X: 'X transfer', D: 'X transfer', R: 'X transfer', C: 'X transfer' } },
  { what: 'it is transferred to an operator who is away', command: { type: 'TransferChat', to, toId: 'offline', strict: false }, by: people.olga,
    fates: { N: 'M', B: 'M', Q: 'M', M: '=', A: 'M', X: 'M', D: 'M', R: 'M', C: 'CHAT_CLOSED' } },
  { what: 'it is transferred, strictly, to somebody unknown', command: { type: 'TransferChat', to, toId: 'nobody', strict: true }, by: people.olga,
    fates: { N: 'UNKNOWN_PARTICIPANT', B: 'UNKNOWN_PARTICIPANT', Q: 'UNKNOWN_PARTICIPANT', M: 'UNKNOWN_PARTICIPANT', A: 'UNKNOWN_PARTICIPANT', X: 'UNKNOWN_PARTICIPANT', D: 'UNKNOWN_PARTICIPANT', R: 'UNKNOWN_PARTICIPANT', C: 'UNKNOWN_PARTICIPANT' } },
  { what: 'it is transferred to somebody unknown', command: { type: 'TransferChat', to, toId: 'nobody', strict: false }, by: people.olga,
    fates: { N: 'M', B: 'M', Q: 'M', M: '=', A: 'M', X: 'M', D: 'M', R: 'M', C: 'CHAT_CLOSED' } },
  { what: 'it is transferred to nobody', command: { type: 'TransferChat', to, toId: null, strict: true, ifClosed: 'reopen' }, by: people.olga,
    fates: { N: 'M', B: 'M', Q: 'M', M: '=', A: 'M', X: 'M', D: 'M', R: 'M', C: 'M' } },
  { what: 'it is handed to the bot', command: { type: 'HandOver', chat: to, to: 'bot' }, by: people.olga, around: withBot,
    fates: { N: 'B', B: '-', Q: 'B', M: 'B', A: 'B', X: 'B', D: 'B', R: 'B', C: 'CHAT_CLOSED' } },
  { what: 'it is handed to a bot that is not there', command: { type: 'HandOver', chat: to, to: 'bot' }, by: people.olga,
    fates: { N: 'NO_OPERATOR', B: 'NO_OPERATOR', Q: 'NO_OPERATOR', M: 'NO_OPERATOR', A: 'NO_OPERATOR', X: 'NO_OPERATOR', D: 'NO_OPERATOR', R: 'NO_OPERATOR', C: 'CHAT_CLOSED' } },
  { what: 'it is handed to the queue', command: { type: 'HandOver', chat: to, to: 'queue' }, by: people.olga,
    fates: { N: 'Q handover', B: 'Q handover', Q: '-', M: 'Q handover', A: 'Q handover', X: 'Q handover', D: 'Q handover', R: 'Q handover', C: 'CHAT_CLOSED' } },
  { what: 'it is handed to the queue by one who must have it and has not', command: { type: 'HandOver', chat: to, to: 'queue', require: 'assignee' }, by: people.oscar,
    fates: { N: 'Q handover', B: 'Q handover', Q: '-', M: 'Q handover', A: 'NOT_ASSIGNEE', X: 'NOT_ASSIGNEE', D: 'NOT_ASSIGNEE', R: 'Q handover', C: 'CHAT_CLOSED' } },
  { what: 'it is handed to the customer', command: { type: 'HandOver', chat: to, to: 'customer' }, by: people.olga,
    fates: { N: '-', B: 'R', Q: 'R', M: 'R', A: 'R', X: 'R', D: 'R', R: '-', C: 'CHAT_CLOSED' } },
  { what: 'an operator joins', command: { type: 'JoinChat', to }, by: people.oscar,
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: '=' } },
  { what: 'the assignee leaves', command: { type: 'LeaveChat', to }, by: people.olga,
    fates: { N: '-', B: '-', Q: '-', M: '-', A: '=', X: '-', D: '=', R: '-', C: '=' } },
  { what: 'it is closed', command: { type: 'CloseChat', to, reason: 'operator' }, by: people.oscar,
    fates: { N: 'C', B: 'C', Q: 'C', M: 'C', A: 'C', X: 'C', D: 'C', R: 'C', C: '-' } },
  { what: 'it is closed by one who must have it and has not', command: { type: 'CloseChat', to, reason: 'operator', require: 'assignee' }, by: people.oscar,
    fates: { N: 'C', B: 'C', Q: 'C', M: 'C', A: 'NOT_ASSIGNEE', X: 'C', D: 'C', R: 'C', C: '-' } },
  { what: 'an operator reopens it', command: { type: 'ReopenChat', to, windowMs: 1_000 }, by: people.oscar,
    fates: { N: 'BAD_TRANSITION', B: 'BAD_TRANSITION', Q: '-', M: '-', A: 'BAD_TRANSITION', X: 'BAD_TRANSITION', D: 'BAD_TRANSITION', R: 'Q reopened', C: 'A reopen' } },
  { what: 'its assignee reopens it', command: { type: 'ReopenChat', to, windowMs: 1_000 }, by: people.olga,
    fates: { N: 'BAD_TRANSITION', B: 'BAD_TRANSITION', Q: '-', M: '-', A: '-', X: 'BAD_TRANSITION', D: 'BAD_TRANSITION', R: 'Q reopened', C: 'A reopen' } },
  { what: 'its customer reopens it', command: { type: 'ReopenChat', to, windowMs: 1_000 }, by: people.joe,
    fates: { N: 'BAD_TRANSITION', B: 'BAD_TRANSITION', Q: '-', M: '-', A: 'BAD_TRANSITION', X: 'BAD_TRANSITION', D: 'BAD_TRANSITION', R: 'Q reopened', C: 'A reopen' } },
  { what: 'an operator reopens it too late', command: { type: 'ReopenChat', to, windowMs: 1_000 }, by: people.oscar, around: { now: noon + 1_001 },
    fates: { N: 'BAD_TRANSITION', B: 'BAD_TRANSITION', Q: '-', M: '-', A: 'BAD_TRANSITION', X: 'BAD_TRANSITION', D: 'BAD_TRANSITION', R: 'Q reopened', C: 'CHAT_CLOSED' } },
  { what: 'its subject changes', command: { type: 'UpdateChat', to, subject: 'shoes' }, by: people.joe,
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: '=' } },
  { what: 'its customer is blocked', command: { type: 'BlockCustomer', to }, by: people.olga,
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '=', R: '=', C: '=' } },
  { what: 'the customer leaves the desk', command: presence('customer', 'joe', false, leaving),
    fates: { N: 'D', B: 'D', Q: 'D', M: 'D', A: 'D', X: 'D', D: '-', R: '=', C: '-' } },
  { what: 'the customer is away, which here changes nothing but the time', command: presence('customer', 'joe', false, { leavesDesk: false, noticeMs: null, closeMs: 5 }),
    fates: { N: '=', B: '=', Q: '=', M: '=', A: '=', X: '=', D: '-', R: '=', C: '-' } },
  { what: 'the customer is away, of which nothing follows', command: presence('customer', 'joe', false, { leavesDesk: false, noticeMs: null, closeMs: null }),
    fates: { N: '-', B: '-', Q: '-', M: '-', A: '-', X: '-', D: '-', R: '-', C: '-' } },
  { what: 'the customer is back and the operator is there', command: presence('customer', 'joe', true),
    fates: { N: '-', B: '-', Q: '-', M: '-', A: '-', X: '-', D: 'A return', R: '-', C: '-' } },
  { what: 'the customer is back and the operator is not', command: presence('customer', 'joe', true), around: { gone: ['olga'] },
    fates: { N: '-', B: '-', Q: '-', M: '-', A: '-', X: '-', D: 'X', R: '-', C: '-' } },
  { what: 'the assignee is gone', command: presence('operator', 'olga', false),
    fates: { N: '-', B: '-', Q: '-', M: '-', A: 'X', X: '-', D: 'X', R: '-', C: '-' } },
  { what: 'the assignee is back', command: presence('operator', 'olga', true),
    fates: { N: '-', B: '-', Q: '-', M: '-', A: '-', X: 'A recovered', D: '-', R: '-', C: '-' } },
  { what: 'a timer fires that does not run', command: timer('customer-gone'),
    fates: { N: '-', B: '-', Q: '-', M: '-', A: '-', X: '-', D: '-', R: '-', C: '-' } },
];

describe('the life of a chat', () => {
  for (const { what, command, by, around, fates } of rows) {
    it(`when ${what}`, () => {
      const found = Object.fromEntries(
        Object.entries(columns).map(([column, facts]) => [
          column,
          fateOf(chatAfter(...facts), command, { ...around, ...(by && { by }) }),
        ]),
      );
      expect(found).to.deep.equal(fates);
    });
  }

  it('takes a chat out of the bot\u2019s absence back to the bot', () => {
    const chat = chatAfter(opened, handedTo('bot'), gone);
    expect(fateOf(chat, presence('customer', 'joe', true), withBot)).to.equal('B');
    expect(fateOf(chat, post(), { by: people.bot, ...withBot })).to.equal('=');
  });

  it('lets a chat that waited when its customer left wait again only when he speaks, with the ticket number it had', () => {
    const away = chatAfter(opened, queued, gone);
    expect(fateOf(away, presence('customer', 'joe', true), {})).to.equal('=');
    const facts = decide(away, post(), sceneOf({ by: people.joe }));
    expect(facts).to.deep.include({ type: 'ChatQueued', cause: 'return', place: 3, priority: 0, delegateId: null });
  });

  it('never pulls a returning customer to the operator of an earlier turn', () => {
    const requeued = chatAfter(
      opened,
      queued,
      assigned(),
      handedTo('queue', 'olga'),
      { ...queued, cause: 'handover', place: 9 } as ChatFact,
      gone,
    );
    expect(requeued).to.include({ assigneeId: null, previousAssigneeId: 'olga' });
    expect(fateOf(requeued, post(), { by: people.joe })).to.equal('Q return');
  });

  it('goes back to no operator who declines work', () => {
    const chat = chatAfter(opened, queued, assigned('busy'), closed);
    expect(fateOf(chat, post({ ifClosed: 'reopen' }), { by: people.joe })).to.equal('Q reopened');
  });

  it('gives a chat that was put away priority when its customer speaks', () => {
    const facts = decide(chatAfter(...columns.R), post(), sceneOf({ by: people.joe }));
    expect(facts).to.deep.include({ type: 'ChatQueued', cause: 'released', place: 17, priority: 1, delegateId: null });
  });

  it('ignores a grant for an assignment that is over', () => {
    const again = chatAfter(opened, queued, assigned(), handedTo('queue', 'olga'), queued);
    expect(fateOf(again, { type: 'GrantChat', operatorId: 'oscar', assignment: 0 }, {})).to.equal('-');
    expect(fateOf(again, { type: 'GrantChat', operatorId: 'oscar', assignment: 1 }, {})).to.equal('A queue');
  });

  it('lets a desk stand in for our bot and our operators while it has the chat', () => {
    const delegated = chatAfter(opened, { ...queued, delegateId: 'desk' } as ChatFact);
    const as = (role: 'bot' | 'operator'): object => ({ as: { role, name: 'Ann', externalId: '7' } });
    expect(fateOf(delegated, post(as('bot')), { by: people.desk })).to.equal('B');
    expect(fateOf(delegated, post(as('operator')), { by: people.desk })).to.equal('A claim');
    expect(fateOf(delegated, { type: 'GrantChat', operatorId: 'oscar', assignment: 0 }, {})).to.equal('-');
    const held = chatAfter(opened, { ...queued, delegateId: 'desk' } as ChatFact, assigned('desk'));
    expect(fateOf(held, { type: 'HandOver', chat: to, to: 'bot' }, { by: people.desk })).to.equal('B');
    const [, back] = decide(
      held,
      { type: 'HandOver', chat: to, to: 'queue' },
      sceneOf({ by: people.olga }),
    ) as readonly ChatFact[];
    expect(back).to.include({ type: 'ChatQueued', delegateId: null });
  });

  it('refuses white space alone, whoever says it', () => {
    for (const by of [people.joe, people.olga, people.agent]) {
      expect(fateOf(chatAfter(...columns.A), post({ body: { kind: 'text', text: ' \n\t\u00a0' } }), { by })).to.equal(
        'EMPTY_MESSAGE',
      );
    }
  });

  it('refuses what is longer than anybody may say', () => {
    const long = (units: number): string =>
      fateOf(chatAfter(...columns.A), post({ body: { kind: 'text', text: 'x'.repeat(units) } }), { by: people.joe });
    expect([long(65_536), long(65_537)]).to.deep.equal(['=', 'TOO_LARGE']);
  });
});

describe('the timers of a chat', () => {
  const policies = { ...sceneOf().policies, botId: 'bot', queueMissMs: 60_000 };
  const running = (...facts: readonly ChatFact[]): string[] =>
    Object.keys(duesOf(chatAfter(...facts), policies)).sort();

  it('run as its state says, and none of a closed chat', () => {
    expect({
      'waiting for the bot': running(opened, handedTo('bot'), said(1, 'customer')),
      'answered by the bot': running(opened, handedTo('bot'), said(1, 'customer'), said(2, 'bot')),
      'waiting in the queue': running(opened, queued),
      'waiting in the queue of a desk': running(opened, { ...queued, delegateId: 'desk' } as ChatFact),
      assigned: running(opened, queued, assigned()),
      'abandoned by its operator': running(opened, queued, assigned(), abandoned),
      'left by its customer': running(opened, queued, assigned(), gone),
      'put away': running(opened, handedTo('customer')),
      'that may fall asleep': running({ ...opened, idleMs: 5 } as ChatFact),
      'closed while its customer was away': running(opened, queued, gone, closed),
    }).to.deep.equal({
      'waiting for the bot': ['bot-silent'],
      'answered by the bot': [],
      'waiting in the queue': ['queue-miss'],
      'waiting in the queue of a desk': [],
      assigned: [],
      'abandoned by its operator': ['abandoned'],
      'left by its customer': ['customer-gone', 'customer-left'],
      'put away': ['released-end'],
      'that may fall asleep': ['idle'],
      'closed while its customer was away': [],
    });
  });

  const fire = (facts: readonly ChatFact[], name: string): string => {
    const chat = chatAfter(...facts);
    const due = duesOf(chat, policies)[name];
    if (due === undefined) return 'does not run';
    const early = decide(
      chat,
      { type: 'FireTimer', name, token: due.token },
      sceneOf({ policies, now: due.dueAt - 1 }),
    );
    expect(early, 'nothing before its time').to.deep.equal([]);
    return fateOf(chat, { type: 'FireTimer', name, token: due.token }, { policies, now: due.dueAt });
  };

  it('do what they are for', () => {
    expect({
      'customer-left': fire([opened, queued, assigned(), gone], 'customer-left'),
      'customer-gone': fire([opened, queued, assigned(), gone], 'customer-gone'),
      idle: fire([{ ...opened, idleMs: 5 } as ChatFact], 'idle'),
      'released-end': fire([opened, handedTo('customer')], 'released-end'),
      'bot-silent': fire([opened, handedTo('bot'), said(1, 'customer')], 'bot-silent'),
      abandoned: fire([opened, queued, assigned(), abandoned], 'abandoned'),
      'queue-miss': fire([opened, queued], 'queue-miss'),
    }).to.deep.equal({
      'customer-left': '=',
      'customer-gone': 'C',
      idle: 'C',
      'released-end': 'C',
      'bot-silent': 'Q handover',
      abandoned: 'B',
      'queue-miss': 'M',
    });
  });

  it('tell "customer left" once', () => {
    const left: ChatFact = { type: 'AbsenceNoted', phase: 'left', status: 'customer-disconnected', away: null };
    expect(running(opened, queued, assigned(), gone, left)).to.deep.equal(['customer-gone']);
  });

  it('measure an idle chat from its last message', () => {
    const chat = evolve(chatAfter({ ...opened, idleMs: 1_000 } as ChatFact), said(1, 'customer'), noon + 500);
    expect(duesOf(chat, policies)['idle']?.dueAt).to.equal(noon + 1_500);
  });
});
