import type { Away, ChatFact, PostMessage } from '@dragoman/core';
import { defaultPolicies } from '@dragoman/core';
import { duesOf } from '@dragoman/core/domain';
import type { Chat, ChatDecision } from '@dragoman/core/domain';
import { said, theSystem } from '@dragoman/core/testing';
import { ann, bea, cal, desk, hurried, policies, robo, spy } from './transition-columns.js';
import type { Asked } from './transition-table.js';

const to = { chatId: 'the chat in hand' };
const hour = 3_600_000;

const noBot = { policies: { ...policies, botId: null } };
const beaIs = (status: string): Pick<Asked, 'operators'> => ({ operators: { bea: { status } } });
const beaGone: Pick<Asked, 'operators'> = { operators: { bea: { isOnline: false, status: 'unavailable' } } };
const beaThere: Pick<Asked, 'operators'> = { operators: { bea: {} } };

const says = (more: Partial<PostMessage> = {}): ChatDecision => ({
  type: 'PostMessage',
  to,
  body: { kind: 'text', text: 'hello' },
  ifClosed: 'refuse',
  ...more,
});
const transfer = (toId: string | null, strict = false, ifClosed: 'refuse' | 'reopen' = 'refuse'): ChatDecision => ({
  type: 'TransferChat',
  to,
  toId,
  strict,
  ifClosed,
});
const hand = (where: 'bot' | 'queue' | 'customer', require: 'none' | 'assignee' = 'none'): ChatDecision => ({
  type: 'HandOver',
  chat: to,
  to: where,
  require,
});
const close = (require: 'none' | 'assignee'): ChatDecision => ({ type: 'CloseChat', to, reason: 'operator', require });
const claim: ChatDecision = { type: 'AssignChat', to };
const reopen: ChatDecision = { type: 'ReopenChat', to, windowMs: 24 * hour };
const grant = (assignment: (chat: Chat) => number) => (chat: Chat) =>
  ({ type: 'GrantChat', operatorId: 'cal', assignment: assignment(chat) }) as const;
const customer = (isOnline: boolean, away: Away | null = null): ChatDecision => ({
  type: 'NotePresence',
  side: 'customer',
  participantId: 'ann',
  isOnline,
  away,
});
const operator = (participantId: string, isOnline: boolean): ChatDecision => ({
  type: 'NotePresence',
  side: 'operator',
  participantId,
  isOnline,
  away: null,
});

const patient: Away = { ...hurried, leavesDesk: false };
const noted = (away: Away) => (chat: Chat) =>
  chat.status === 'closed' ? [] : [{ type: 'AbsenceNoted', phase: 'away', status: chat.status, away } as const];
const calJoined = (): readonly ChatFact[] => [{ type: 'ParticipantJoined', participantId: 'cal', role: 'operator' }];

/** A timer that is due: with the token it was set with, else with any. */
const timer = (name: string, more: Partial<Asked> = {}): Asked => ({
  when: (chat) => ({
    type: 'FireTimer',
    name,
    token: duesOf(chat, { ...defaultPolicies, ...policies, ...more.policies })[name]?.token ?? 0,
  }),
  by: theSystem,
  afterMs: 48 * hour,
  ...more,
});

/** What the tables ask, by the name of the row. */
export const asked: Readonly<Record<string, Asked>> = {
  'the customer writes': { when: says(), by: ann, holder: 'bea' },
  'the customer writes … where there is no bot': { when: says(), by: ann, ...noBot, holder: 'bea' },
  'the customer writes … bea unavailable': { when: says(), by: ann, ...beaIs('unavailable') },
  'the customer writes … to reopen it': { when: says({ ifClosed: 'reopen' }), by: ann, holder: 'bea' },
  'the customer writes … to reopen it, bea in reserve': {
    when: says({ ifClosed: 'reopen' }),
    by: ann,
    ...beaIs('reserve'),
    holder: 'bea',
  },
  'the customer writes … to reopen it, bea unavailable': {
    when: says({ ifClosed: 'reopen' }),
    by: ann,
    ...beaIs('unavailable'),
  },
  'the customer writes … to reopen it, bea gone': { when: says({ ifClosed: 'reopen' }), by: ann, ...beaGone },

  'the bot writes': { when: says(), by: robo },
  'another bot writes': { when: says(), by: spy },
  'another bot writes … to append': { when: says({ ifClosed: 'append' }), by: spy },

  'cal writes': { when: says(), by: cal, holder: 'cal' },
  'cal writes … to append': { when: says({ ifClosed: 'append' }), by: cal },
  'cal writes … to claim': { when: says({ claim: true }), by: cal, holder: 'cal' },
  'cal writes … as the assignee': { when: says({ require: 'assignee' }), by: cal },
  'cal writes … to claim, as the assignee': {
    when: says({ claim: true, require: 'assignee' }),
    by: cal,
    holder: 'cal',
  },
  'cal writes … as a member': { when: says({ require: 'member' }), by: cal },
  'cal writes … as a member, who he is': { when: says({ require: 'member' }), by: cal, since: calJoined },
  'cal writes … as the assignee, being bea': { when: says({ require: 'assignee' }), by: bea },

  'routing grants it to cal': { when: grant((chat) => chat.assignment), by: theSystem, holder: 'cal' },
  'routing grants it to cal … by an assignment that is over': {
    when: grant((chat) => chat.assignment - 1),
    by: theSystem,
  },
  'cal claims it': { when: claim, by: cal, holder: 'cal' },
  'cal claims it … being bea': { when: claim, by: bea, holder: 'bea' },

  'it is transferred to cal': { when: transfer('cal'), by: bea, holder: 'cal' },
  'it is transferred to cal … by cal himself': { when: transfer('cal'), by: cal, holder: 'cal' },
  'it is transferred to cal … and reopened': { when: transfer('cal', false, 'reopen'), by: bea, holder: 'cal' },
  'it is transferred to bea': { when: transfer('bea'), by: cal, ...beaThere, holder: 'bea' },
  'it is transferred to dan, who is gone': { when: transfer('dan'), by: bea },
  'it is transferred to dan, who is gone … strictly': { when: transfer('dan', true), by: bea, holder: 'dan' },
  'it is transferred to dan, who is gone … strictly, and reopened': {
    when: transfer('dan', true, 'reopen'),
    by: bea,
    holder: 'dan',
  },
  'it is transferred to somebody unknown': { when: transfer('eve'), by: bea },
  'it is transferred to somebody unknown … strictly': { when: transfer('eve', true), by: bea },
  'it is transferred to nobody': { when: transfer(null), by: bea },
  'it is transferred to nobody … and reopened': { when: transfer(null, false, 'reopen'), by: bea },

  'bea hands it to the bot': { when: hand('bot'), by: bea },
  'bea hands it to the bot … where there is no bot': { when: hand('bot'), by: bea, ...noBot },
  'bea hands it to the bot … where a desk has one': {
    when: hand('bot'),
    by: bea,
    ...noBot,
    nearestDesk: 'desk',
    deskId: 'desk',
  },
  'bea hands it to the bot … as the assignee, being cal': { when: hand('bot', 'assignee'), by: cal },
  'bea hands it to the queue': { when: hand('queue'), by: bea },
  'bea hands it to the queue … as the assignee, being cal': { when: hand('queue', 'assignee'), by: cal },
  'bea hands it to the customer': { when: hand('customer'), by: bea },
  'bea hands it to the customer … as the assignee, being cal': { when: hand('customer', 'assignee'), by: cal },

  'cal joins': { when: { type: 'JoinChat', to }, by: cal },
  'cal joins … again': { when: { type: 'JoinChat', to }, by: cal, since: calJoined },
  'cal leaves': { when: { type: 'LeaveChat', to }, by: cal, since: calJoined },
  'cal leaves … never having joined': { when: { type: 'LeaveChat', to }, by: cal },
  'bea leaves, the last': { when: { type: 'LeaveChat', to }, by: bea },

  'it is closed': { when: close('none'), by: cal },
  'it is closed … as the assignee, being cal': { when: close('assignee'), by: cal },
  'it is closed … as the assignee, being bea': { when: close('assignee'), by: bea },
  'cal reopens it': { when: reopen, by: cal, holder: 'cal' },
  'cal reopens it … too late': { when: reopen, by: cal, afterMs: 25 * hour },
  'cal reopens it … being bea': { when: reopen, by: bea, holder: 'bea' },
  'the customer reopens it': { when: reopen, by: ann, holder: 'bea' },
  'the customer reopens it … bea unavailable': { when: reopen, by: ann, ...beaIs('unavailable') },
  'the customer reopens it … too late': { when: reopen, by: ann, afterMs: 25 * hour },

  'the customer leaves the desk': { when: customer(false, hurried), by: theSystem },
  'the customer is gone': { when: customer(false, patient), by: theSystem },
  'the customer is gone … who is closed for, never told of': {
    when: customer(false, { ...patient, noticeMs: null }),
    by: theSystem,
  },
  'the customer is gone … which nobody minds': {
    when: customer(false, { leavesDesk: false, noticeMs: null, closeMs: null }),
    by: theSystem,
  },
  'the customer is back': { when: customer(true), by: theSystem, since: noted(patient) },
  'the customer is back … never having been gone': { when: customer(true), by: theSystem },
  'the customer is back, having left': { when: customer(true), by: theSystem, holder: 'bea' },
  'the customer is back, having left … bea gone': { when: customer(true), by: theSystem, ...beaGone },
  'the customer is back, having left … bea there': { when: customer(true), by: theSystem, ...beaThere, holder: 'bea' },
  'bea is gone': { when: operator('bea', false), by: theSystem, ...beaGone },
  'bea is gone … where there is no bot': { when: operator('bea', false), by: theSystem, ...beaGone, ...noBot },
  'cal, a member, is gone': { when: operator('cal', false), by: theSystem, since: calJoined },
  'bea is back': { when: operator('bea', true), by: theSystem, ...beaThere, holder: 'bea' },

  'timer customer-left': timer('customer-left', { since: noted(patient) }),
  'timer customer-left … too early': timer('customer-left', { since: noted(patient), afterMs: 9_999 }),
  'timer customer-left … of an earlier absence': {
    when: { type: 'FireTimer', name: 'customer-left', token: 1 },
    by: theSystem,
    since: noted(patient),
    afterMs: 48 * hour,
  },
  'timer customer-left of who left': timer('customer-left'),
  'timer customer-gone': timer('customer-gone', { since: noted({ ...patient, noticeMs: null }) }),
  'timer customer-gone of who left': timer('customer-gone'),
  'timer idle': timer('idle', { opening: { idleMs: hour } }),
  'timer idle … since when somebody spoke': {
    ...timer('idle', { opening: { idleMs: hour } }),
    when: (chat) => ({ type: 'FireTimer', name: 'idle', token: chat.lastSeq - 1 }),
    since: (chat) => [said(ann, chat.lastSeq + 1)],
  },
  'timer bot-silent': timer('bot-silent'),
  'timer abandoned': timer('abandoned'),
  'timer abandoned … where there is no bot': timer('abandoned', noBot),
  'timer queue-miss': timer('queue-miss'),
  'timer released-end': timer('released-end'),

  "the desk's bot writes": {
    when: says({ as: { role: 'bot', name: 'Bot', externalId: 'b' } }),
    by: desk,
    deskId: 'desk',
  },
  "the desk's human writes": {
    when: says({ as: { role: 'operator', name: 'Eve', externalId: 'e' } }),
    by: desk,
    holder: 'desk',
    deskId: 'desk',
  },
  'the desk hands it to its bot': { when: hand('bot'), by: desk, deskId: 'desk' },
  'the desk hands it to its bot … where we have none': { when: hand('bot'), by: desk, ...noBot, deskId: 'desk' },
  'the desk hands it to its queue': { when: hand('queue'), by: desk, deskId: 'desk' },
  'cal takes it into our queue': { when: hand('queue'), by: cal, deskId: null },
  'cal claims it from the desk': { when: claim, by: cal, holder: 'cal', deskId: null },
  'cal is given it by transfer': { when: transfer('cal'), by: bea, holder: 'cal', deskId: null },
  'the desk is gone': { when: operator('desk', false), by: theSystem, deskId: 'desk' },
  'the desk is back': { when: operator('desk', true), by: theSystem, holder: 'desk', deskId: 'desk' },
};
