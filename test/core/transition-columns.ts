import type { Away, ChatFact, ParticipantId, Policies } from '@dragoman/core';
import { opened, said, speaker } from '@dragoman/core/testing';
import type { Circumstances } from './transition-table.js';

/** The people of the tables: ann asks; bea has the chat; cal is free; dan is known and not there; nobody knows eve. */
export const ann = speaker('customer', 'ann');
export const bea = speaker('operator', 'bea');
export const cal = speaker('operator', 'cal');
/** Stands for people and a bot of its own. */
export const desk = speaker('operator', 'desk');
/** The bot that greets, and one that only looks on and has a word now and then. */
export const robo = speaker('bot', 'robo');
export const spy = speaker('bot', 'spy');

/** A workspace with everything: a bot, and an end to waiting. */
export const policies: Partial<Policies> = { botId: 'robo', queueMissMs: 600_000 };

/** The absence that takes a chat off the desk. */
export const hurried: Away = { leavesDesk: true, noticeMs: 10_000, closeMs: 90_000 };

const open = opened('ann');
const handed = (to: 'bot' | 'queue' | 'customer', fromId: ParticipantId | null = null): ChatFact => ({
  type: 'ChatHandedOver',
  to,
  fromId,
  flow: null,
  reason: null,
  ...(to === 'bot' && { botId: 'robo' }),
});
const queued = (delegateId: ParticipantId | null = null): ChatFact => ({
  type: 'ChatQueued',
  cause: 'handover',
  place: 3,
  priority: 0,
  delegateId,
});
const assigned = (operatorId: ParticipantId, cause: 'queue' | 'claim'): ChatFact => ({
  type: 'ChatAssigned',
  operatorId,
  fromId: null,
  cause,
  byId: null,
  assignment: 1,
});
const left: ChatFact = { type: 'AbsenceNoted', phase: 'away', status: 'customer-disconnected', away: hurried };

const withBot = [open, handed('bot')];
const pending = [...withBot, handed('queue'), queued()];
const held = [...pending, assigned('bea', 'queue')];
const abandoned: readonly ChatFact[] = [...held, { type: 'ChatAbandoned', operatorId: 'bea' }];
const missed: readonly ChatFact[] = [...pending, { type: 'ChatMissed', cause: 'timeout', place: 3, priority: 0 }];

const there = { bea: {}, cal: {}, dan: { isOnline: false, status: 'unavailable' }, desk: {} };
const beaGone = { ...there, bea: { isOnline: false, status: 'unavailable' } };

export const chatColumns: Readonly<Record<string, Circumstances>> = {
  N: { facts: [open], operators: there },
  B: { facts: [...withBot, said(robo, 1)], operators: there },
  'B!': { facts: [...withBot, said(ann, 1)], operators: there },
  Q: { facts: pending, operators: there },
  M: { facts: missed, operators: there },
  A: { facts: held, operators: there },
  X: { facts: abandoned, operators: beaGone },
  R: { facts: [...held, handed('customer', 'bea')], operators: there },
  C: { facts: [...held, { type: 'ChatClosed', reason: 'operator', byId: 'bea' }], operators: there },
};

export const absentColumns: Readonly<Record<string, Circumstances>> = {
  'D/N': { facts: [open, left], operators: there },
  'D/B': { facts: [...withBot, said(ann, 1), left], operators: there },
  'D/Q': { facts: [...pending, left], operators: there },
  'D/M': { facts: [...missed, left], operators: there },
  'D/A': { facts: [...held, left], operators: there },
  'D/X': { facts: [...abandoned, left], operators: beaGone },
};

const atDesk = [...withBot, handed('queue'), queued('desk')];
const heldByDesk = [...atDesk, assigned('desk', 'claim')];

export const deskColumns: Readonly<Record<string, Circumstances>> = {
  B: { facts: [...atDesk, handed('bot')], operators: there },
  Q: { facts: atDesk, operators: there },
  A: { facts: heldByDesk, operators: there },
  X: { facts: [...heldByDesk, { type: 'ChatAbandoned', operatorId: 'desk' }], operators: there },
  R: { facts: [...heldByDesk, handed('customer', 'desk')], operators: there },
};
