import type { Speaker } from '../chat/scene.js';
import type { ChatFact } from '../event.js';
import type { Message } from '../message.js';
import { messageId } from '../message.js';
import type { ChatId, ParticipantId } from '../participant.js';

/** The chat of every scenario. */
export const scenarioChatId: ChatId = '00000000-0000-7000-8000-000000000001';

/** Somebody who asks for something in a scenario; his id is his name. */
export function speaker(
  role: Exclude<Speaker['role'], 'system'>,
  id: ParticipantId,
  more: Partial<Speaker> = {},
): Speaker {
  return { id, role, name: id, isSupervisor: false, space: role === 'customer' ? 'web' : 'desk', ...more };
}

/** The machine itself: routing, presence, timers. */
export const theSystem: Speaker = { id: null, role: 'system', name: 'System', isSupervisor: false, space: '' };

/** A chat opened by a customer from the space `web`; nobody minds an absence, nothing closes it by itself. */
export function opened(
  customerId: ParticipantId,
  more: Partial<Extract<ChatFact, { type: 'ChatOpened' }>> = {},
): Extract<ChatFact, { type: 'ChatOpened' }> {
  return {
    type: 'ChatOpened',
    customerId,
    space: 'web',
    key: customerId,
    publicNumber: 2 ** 40,
    subject: '',
    displayName: '',
    locale: 'en-US',
    groups: ['__default'],
    fields: {},
    away: { leavesDesk: false, noticeMs: null, closeMs: null },
    idleMs: null,
    ...more,
  };
}

/** Somebody has said something in a scenario's chat, as its message number `seq`. */
export function said(
  by: Speaker,
  seq: number,
  more: Partial<Message> = {},
): Extract<ChatFact, { type: 'MessagePosted' }> {
  const message: Message = {
    id: messageId(scenarioChatId, seq),
    seq,
    clientId: null,
    authorId: by.id,
    authorRole: by.role,
    authorName: by.name,
    at: 0,
    claimedAt: null,
    body: { kind: 'text', text: `words ${seq}` },
    extras: null,
    visibility: 'all',
    holdMs: 0,
    variants: {},
    ...more,
  };
  return { type: 'MessagePosted', message };
}
