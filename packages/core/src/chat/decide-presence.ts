import type { Away, ChatStatus } from '../chat-summary.js';
import type { FireTimer, NotePresence } from '../command.js';
import type { ChatFact } from '../event.js';
import type { ParticipantId } from '../participant.js';
import type { Chat } from './chat.js';
import type { Verdict } from './verdict.js';
import { duesOf } from './due.js';
import { evolve } from './evolve.js';
import type { Scene } from './scene.js';
import { assign, handOverTo, queue } from './steps.js';

export function notePresence(chat: Chat, command: NotePresence, scene: Scene): Verdict {
  if (command.side === 'customer') {
    return command.isOnline ? customerBack(chat, scene) : customerGone(chat, command.away);
  }
  return command.isOnline
    ? operatorBack(chat, command.participantId, scene)
    : operatorGone(chat, command.participantId);
}

/** Absence is noted only where something follows from it. */
function customerGone(chat: Chat, away: Away | null): Verdict {
  if (chat.status === 'closed' || away === null || chat.absence !== null) return [];
  if (!away.leavesDesk && away.noticeMs === null && away.closeMs === null) return [];
  const leaves = away.leavesDesk && chat.status !== 'released';
  return [noted('away', leaves ? 'customer-disconnected' : chat.status, away)];
}

function noted(phase: 'away' | 'left' | 'back', status: ChatStatus, away: Away | null = null): ChatFact {
  return { type: 'AbsenceNoted', phase, status, away };
}

function customerBack(chat: Chat, scene: Scene): Verdict {
  if (chat.absence === null) return [];
  if (chat.status !== 'customer-disconnected') return [noted('back', chat.status)];
  if (chat.assigneeId === null) return [noted('back', chat.before === 'with-bot' ? 'with-bot' : chat.status)];
  const isThere = scene.desk.operator(chat.assigneeId)?.isOnline === true;
  if (!isThere) return [noted('back', 'abandoned')];
  const back = noted('back', chat.status);
  return [back, assign(evolve(chat, back, scene.now), chat.assigneeId, 'return', scene)];
}

function operatorGone(chat: Chat, operatorId: ParticipantId): Verdict {
  const isHeld = chat.status === 'assigned' || chat.status === 'customer-disconnected';
  if (isHeld && chat.assigneeId === operatorId) return [{ type: 'ChatAbandoned', operatorId }];
  if (!(operatorId in chat.members) || chat.status === 'closed') return [];
  return [{ type: 'ParticipantLeft', participantId: operatorId, role: 'operator', cause: 'gone' }];
}

function operatorBack(chat: Chat, operatorId: ParticipantId, scene: Scene): Verdict {
  const isHis = chat.status === 'abandoned' && chat.assigneeId === operatorId;
  return isHis ? [assign(chat, operatorId, 'recovered', scene)] : [];
}

/** A timer whose reason is gone does nothing, however late or often it fires. */
export function fireTimer(chat: Chat, command: FireTimer, scene: Scene): Verdict {
  const due = duesOf(chat, scene.policies)[command.name];
  if (due === undefined || due.token !== command.token || due.dueAt > scene.now) return [];
  switch (command.name) {
    case 'customer-left':
      return [noted('left', chat.status)];
    case 'customer-gone':
      return [{ type: 'ChatClosed', reason: 'left', byId: null }];
    case 'idle':
    case 'released-end':
      return [{ type: 'ChatClosed', reason: 'idle', byId: null }];
    case 'bot-silent':
      return handOverToQueue(chat, scene);
    case 'abandoned':
      return [handOverTo('bot', chat, scene, { reason: 'abandoned' })];
    case 'queue-miss':
      return [
        { type: 'ChatMissed', cause: 'timeout', place: chat.place ?? scene.desk.nextPlace, priority: chat.priority },
      ];
    default:
      return [];
  }
}

function handOverToQueue(chat: Chat, scene: Scene): Verdict {
  const handed = handOverTo('queue', chat, scene, { reason: 'bot-silent' });
  return [handed, queue(evolve(chat, handed, scene.now), 'handover', scene)];
}
