import { reject } from '../outcome.js';
import { areTooLarge, chatLimits, isCustomer, isFull } from './chat.js';
import type { Chat } from './chat.js';
import { assignChat, closeChat, grantChat, handOver, reopenChat, transferChat } from './decide-control.js';
import { acknowledge, postMessage } from './decide-message.js';
import { fireTimer, notePresence } from './decide-presence.js';
import type { Desk, Scene } from './scene.js';
import type { Wishes } from '../routing/wishes.js';
import type { ChatDecision, Verdict } from './verdict.js';

/**
 * Decides one command on one chat. Pure: time and the people around come in with the scene. Who only watches asks for
 * nothing, but may pass on what a side has read.
 */
export function decide(chat: Chat, command: ChatDecision, scene: Scene): Verdict {
  const isReport = command.type === 'Acknowledge' && command.bySide !== undefined;
  if (scene.by.role === 'monitor' && !isReport) return reject('NOT_ALLOWED');
  const isErased = chat.status === 'closed' && chat.closeReason === 'erased';
  if (isErased && command.type !== 'CloseChat') return reject('CHAT_CLOSED');
  switch (command.type) {
    case 'PostMessage':
      return postMessage(chat, command, scene);
    case 'Acknowledge':
      return acknowledge(chat, command, scene);
    case 'JoinChat':
      return join(chat, scene);
    case 'LeaveChat':
      return leave(chat, scene);
    case 'AssignChat':
      return assignChat(chat, command, scene);
    case 'TransferChat':
      return transferChat(chat, command, scene);
    case 'HandOver':
      return handOver(chat, command, scene);
    case 'CloseChat':
      return closeChat(chat, command, scene);
    case 'ReopenChat':
      return reopenChat(chat, command, scene);
    case 'UpdateChat':
      return update(chat, command, scene);
    case 'BlockCustomer':
      return block(chat, scene);
    case 'GrantChat':
      return grantChat(chat, command, scene);
    case 'NotePresence':
      return notePresence(chat, command, scene);
    case 'FireTimer':
      return fireTimer(chat, command, scene);
  }
}

function join(chat: Chat, { by }: Scene): Verdict {
  if (by.id === null || by.role === 'system' || by.role === 'monitor') return reject('NOT_ALLOWED');
  const isIn = by.role === 'customer' ? isCustomer(chat, by.id) : by.id in chat.members;
  if (!isIn && isFull(chat, by.role)) return reject('NOT_ALLOWED', { detail: 'the chat has too many people' });
  return isIn ? [] : [{ type: 'ParticipantJoined', participantId: by.id, role: by.role }];
}

function leave(chat: Chat, { by }: Scene): Verdict {
  if (by.id === null || !(by.id in chat.members) || by.role === 'system') return [];
  return [{ type: 'ParticipantLeft', participantId: by.id, role: by.role, cause: 'asked' }];
}

function block(chat: Chat, { by }: Scene): Verdict {
  if (by.role !== 'operator') return reject('NOT_ALLOWED');
  return chat.isBlocked ? [] : [{ type: 'CustomerBlocked', byId: by.id }];
}

function update(chat: Chat, command: Extract<ChatDecision, { type: 'UpdateChat' }>, { desk }: Scene): Verdict {
  const { subject } = command;
  const { locale, groups } = wishesAfter(chat, command, desk);
  const fields = command.fields && mergedFields(chat, command.fields);
  if (fields !== undefined && areTooLarge(fields)) return reject('TOO_LARGE', { what: 'data' });
  if (subject !== undefined && subject.length > chatLimits.subjectUnits) return reject('TOO_LARGE', { what: 'text' });
  const changes = {
    ...(subject !== undefined && subject !== chat.subject && { subject }),
    ...(locale !== chat.locale && { locale }),
    ...(groups.join('\n') !== chat.groups.join('\n') && { groups }),
    ...(fields !== undefined && JSON.stringify(fields) !== JSON.stringify(chat.fields) && { fields }),
  };
  return Object.keys(changes).length === 0 ? [] : [{ type: 'ChatUpdated', ...changes }];
}

function wishesAfter(chat: Chat, command: Extract<ChatDecision, { type: 'UpdateChat' }>, desk: Desk): Wishes {
  if (command.locale === undefined && command.groups === undefined) return chat;
  return desk.normalise({ locale: command.locale ?? chat.locale, groups: command.groups ?? chat.groups });
}

function mergedFields(chat: Chat, changes: Chat['fields']): Chat['fields'] {
  return Object.fromEntries(Object.entries({ ...chat.fields, ...changes }).filter(([, value]) => value !== null));
}
