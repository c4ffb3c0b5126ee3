import type { AssignChat, CloseChat, GrantChat, HandOver, ReopenChat, TransferChat } from '../command.js';
import type { ChatFact } from '../event.js';
import { reject } from '../outcome.js';
import type { Chat } from './chat.js';
import { chatLimits } from './chat.js';
import type { Verdict } from './verdict.js';
import { notAssignee, reopenForCustomer } from './decide-message.js';
import { evolve } from './evolve.js';
import type { Scene } from './scene.js';
import { assign, handOverTo, queue } from './steps.js';

/** An operator takes a chat for himself, a desk also for one of its own people. */
export function assignChat(chat: Chat, command: AssignChat, scene: Scene): Verdict {
  const { by } = scene;
  const operatorId = command.operatorId ?? by.id;
  const isForHimself = operatorId === by.id || (by.id !== null && by.id === chat.delegateId);
  if (by.role !== 'operator' || operatorId === null || !isForHimself) return reject('NOT_ALLOWED');
  if (scene.desk.operator(operatorId) === undefined) return reject('UNKNOWN_PARTICIPANT');
  if (chat.status === 'closed') return reject('CHAT_CLOSED');
  if (chat.assigneeId === operatorId) return [];
  if (chat.assigneeId !== null) return reject('ALREADY_ASSIGNED', { assigneeId: chat.assigneeId });
  return [assign(chat, operatorId, chat.status === 'with-bot' ? 'take' : 'claim', scene)];
}

/** Routing's grant: too late for a chat that has gone on since routing saw it. A missed chat waits again first. */
export function grantChat(chat: Chat, command: GrantChat, scene: Scene): Verdict {
  const isWaiting = chat.status === 'pending' || chat.status === 'missed';
  if (!isWaiting || chat.delegateId !== null || chat.assignment !== command.assignment) return [];
  const requeued = chat.status === 'missed' ? [queue(chat, 'missed', scene)] : [];
  return [...requeued, assign(chat, command.operatorId, 'queue', scene)];
}

export function transferChat(chat: Chat, command: TransferChat, scene: Scene): Verdict {
  const { toId } = command;
  if (scene.by.role === 'customer') return reject('NOT_ALLOWED');
  const target = toId === null ? undefined : scene.desk.operator(toId);
  if (toId !== null && target === undefined && command.strict) return reject('UNKNOWN_PARTICIPANT');
  if (chat.status === 'closed' && command.ifClosed !== 'reopen') return reject('CHAT_CLOSED');
  if (chat.status === 'assigned' && chat.assigneeId === toId) return [];
  const opening: readonly ChatFact[] = chat.status === 'closed' ? [{ type: 'ChatReopened', byId: scene.by.id }] : [];
  const open = opening.reduce((state, fact) => evolve(state, fact, scene.now), chat);
  if (toId === null || target === undefined) return [...opening, missed(open, scene)];
  if (target.isOnline) return [...opening, assign(open, toId, toId === scene.by.id ? 'take' : 'transfer', scene)];
  if (!command.strict) return [...opening, missed(open, scene)];
  return [...opening, assign(open, toId, 'transfer', scene), { type: 'ChatAbandoned', operatorId: toId }];
}

function missed(chat: Chat, scene: Scene): ChatFact {
  return { type: 'ChatMissed', cause: 'transfer', place: chat.place ?? scene.desk.nextPlace, priority: chat.priority };
}

export function handOver(chat: Chat, command: HandOver, scene: Scene): Verdict {
  if (scene.by.role === 'customer') return reject('NOT_ALLOWED');
  if (chat.status === 'closed') return reject('CHAT_CLOSED');
  if ((command.flow ?? '').length > chatLimits.flowUnits) return reject('TOO_LARGE', { what: 'text' });
  const isHeldByAnother = chat.assigneeId !== null && chat.assigneeId !== scene.by.id;
  if (command.require === 'assignee' && isHeldByAnother) return notAssignee(chat);
  switch (command.to) {
    case 'bot':
      return toBot(chat, command, scene);
    case 'queue':
      return toQueue(chat, command, scene);
    case 'customer':
      return chat.status === 'new' || chat.status === 'released' ? [] : [handOverTo('customer', chat, scene, command)];
  }
}

function toBot(chat: Chat, command: HandOver, scene: Scene): Verdict {
  if (scene.policies.botId !== null || chat.delegateId !== null) {
    return chat.status === 'with-bot' ? [] : [handOverTo('bot', chat, scene, command)];
  }
  if (scene.desk.delegateFor(chat) === null) return reject('NO_OPERATOR');
  // The desk whose chat it would be has a bot of its own.
  const queued = queue(chat, 'handover', scene);
  const atDesk = { ...evolve(chat, queued, scene.now), assigneeId: chat.assigneeId };
  return [queued, handOverTo('bot', atDesk, scene, command)];
}

/** Our own people take the chat back from a desk by putting it into the queue; the desk itself keeps it. */
function toQueue(chat: Chat, command: HandOver, scene: Scene): Verdict {
  const isOurs = scene.by.role === 'operator' && scene.by.id !== chat.delegateId;
  const isTakenBack = isOurs && chat.delegateId !== null;
  if (chat.status === 'pending' && !isTakenBack) return [];
  const isWaiting = chat.status === 'pending' || chat.status === 'missed';
  const handed = isWaiting ? [] : [handOverTo('queue', chat, scene, command)];
  const free = handed.reduce((state, fact) => evolve(state, fact, scene.now), chat);
  const queued = queue(free, 'handover', scene);
  return [...handed, isOurs ? { ...queued, delegateId: null } : queued];
}

export function closeChat(chat: Chat, command: CloseChat, scene: Scene): Verdict {
  if (chat.status === 'closed') return erasedToo(chat, command);
  const isHeld = chat.status === 'assigned' && chat.assigneeId !== scene.by.id;
  if (command.require === 'assignee' && isHeld) return notAssignee(chat);
  return [{ type: 'ChatClosed', reason: command.reason, byId: scene.by.id }];
}

/** A chat that was closed already is closed once more when it is erased, so that everybody hears of it. */
function erasedToo(chat: Chat, { reason }: CloseChat): Verdict {
  return reason === 'erased' && chat.closeReason !== 'erased' ? [{ type: 'ChatClosed', reason, byId: null }] : [];
}

export function reopenChat(chat: Chat, command: ReopenChat, scene: Scene): Verdict {
  const { by, now } = scene;
  switch (chat.status) {
    case 'closed':
      if (now - (chat.closedAt ?? 0) > command.windowMs) return reject('CHAT_CLOSED');
      return by.role === 'operator' && by.id !== null
        ? reopenForOperator(chat, by.id, scene)
        : reopenForCustomer(chat, scene);
    case 'released':
      return [queue(chat, 'reopened', scene)];
    case 'pending':
    case 'missed':
      return [];
    default:
      return by.id !== null && chat.assigneeId === by.id ? [] : reject('BAD_TRANSITION');
  }
}

function reopenForOperator(chat: Chat, operatorId: string, scene: Scene): readonly ChatFact[] {
  const reopened: ChatFact = { type: 'ChatReopened', byId: operatorId };
  return [reopened, assign(evolve(chat, reopened, scene.now), operatorId, 'reopen', scene)];
}
