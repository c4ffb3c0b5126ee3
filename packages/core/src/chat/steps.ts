import type { ChatFact } from '../event.js';
import type { ParticipantId } from '../participant.js';
import type { Chat } from './chat.js';
import { canReturnTo } from './scene.js';
import type { Scene } from './scene.js';

type Assigned = Extract<ChatFact, { type: 'ChatAssigned' }>;
type Queued = Extract<ChatFact, { type: 'ChatQueued' }>;

/** Gives the chat to an operator. */
export function assign(chat: Chat, operatorId: ParticipantId, cause: Assigned['cause'], scene: Scene): Assigned {
  return {
    type: 'ChatAssigned',
    operatorId,
    fromId: chat.status === 'closed' || chat.assigneeId === operatorId ? null : chat.assigneeId,
    cause,
    byId: scene.by.id,
    assignment: chat.assignment + 1,
  };
}

/** Puts the chat into the queue, with the ticket number it still has or a new one. */
export function queue(chat: Chat, cause: Queued['cause'], scene: Scene): Queued {
  return {
    type: 'ChatQueued',
    cause,
    place: chat.place ?? scene.desk.nextPlace,
    priority: chat.status === 'released' ? 1 : chat.place === null ? 0 : chat.priority,
    delegateId: chat.delegateId ?? scene.desk.delegateFor(chat),
  };
}

/** Gives the word to somebody else than an operator. */
export function handOverTo(
  to: 'bot' | 'queue' | 'customer',
  chat: Chat,
  scene: Scene,
  more: { readonly flow?: string | undefined; readonly reason?: string | undefined } = {},
): ChatFact {
  const botId = to === 'bot' && chat.delegateId === null ? scene.policies.botId : null;
  return {
    type: 'ChatHandedOver',
    to,
    fromId: chat.assigneeId,
    flow: more.flow ?? null,
    reason: more.reason ?? null,
    ...(botId !== null && { botId }),
  };
}

/** Somebody is asked for: the bot if it has not had its turn, else a person. */
export function enqueue(chat: Chat, cause: Queued['cause'], scene: Scene): ChatFact {
  const isBotsTurn = scene.policies.botId !== null && !chat.wasHandedOver && chat.delegateId === null;
  return isBotsTurn ? handOverTo('bot', chat, scene) : queue(chat, cause, scene);
}

/** Back to the one who had it if he can take it, else to whoever is next. */
export function returnOrEnqueue(chat: Chat, previousId: ParticipantId | null, causes: Causes, scene: Scene): ChatFact {
  return canReturnTo(scene.desk, previousId)
    ? assign(chat, previousId, causes.assigned, scene)
    : enqueue(chat, causes.queued, scene);
}

interface Causes {
  readonly assigned: Assigned['cause'];
  readonly queued: Queued['cause'];
}
