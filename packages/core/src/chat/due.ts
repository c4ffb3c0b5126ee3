import type { Policies } from '../policies.js';
import type { Chat } from './chat.js';

/** When a timer of a chat fires, and what must still be true then. */
export interface Due {
  readonly dueAt: number;
  readonly token: number;
}

/** Every timer a chat has, by name. */
type Dues = Readonly<Record<string, Due>>;

const none: Dues = {};

/**
 * The timers that run for a chat, as a function of its state: a decision never sets or cancels one by hand, so none can
 * be forgotten. A desk that has the chat minds it itself.
 */
export function duesOf(chat: Chat, policies: Policies): Dues {
  if (chat.status === 'closed' || chat.version === 0) return none;
  const [absence, idle, status] = [absenceDues(chat), idleDue(chat), statusDue(chat, policies)];
  return absence === none && idle === none && status === none ? none : { ...absence, ...idle, ...status };
}

function absenceDues(chat: Chat): Dues {
  if (chat.absence === null) return none;
  const { since, hasLeft, away } = chat.absence;
  const after = (ms: number): Due => ({ dueAt: since + ms, token: since });
  return {
    ...(away.noticeMs !== null && !hasLeft && { 'customer-left': after(away.noticeMs) }),
    ...(away.closeMs !== null && { 'customer-gone': after(away.closeMs) }),
  };
}

function idleDue(chat: Chat): Dues {
  if (chat.idleMs === null) return none;
  return { idle: { dueAt: chat.lastMessageAt + chat.idleMs, token: chat.lastSeq } };
}

function statusDue(chat: Chat, policies: Policies): Dues {
  if (chat.status === 'released')
    return { 'released-end': { dueAt: chat.changedAt + policies.releasedMs, token: chat.changedAt } };
  if (chat.delegateId !== null) return none;
  switch (chat.status) {
    case 'with-bot':
      return chat.botAwaitedSince === null
        ? none
        : { 'bot-silent': { dueAt: chat.botAwaitedSince + policies.botSilentMs, token: chat.botAwaitedSince } };
    case 'abandoned':
      return policies.botId === null
        ? none
        : { abandoned: { dueAt: chat.changedAt + policies.abandonedMs, token: chat.changedAt } };
    case 'pending':
      return policies.queueMissMs === null
        ? none
        : { 'queue-miss': { dueAt: chat.changedAt + policies.queueMissMs, token: chat.changedAt } };
    default:
      return none;
  }
}
