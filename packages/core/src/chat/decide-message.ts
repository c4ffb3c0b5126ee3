import type { Acknowledge, FilteredMessage, PostMessage } from '../command.js';
import type { ChatFact } from '../event.js';
import type { Body, Message, Variants } from '../message.js';
import { messageId, messageLimits, parseMessageId } from '../message.js';
import type { Rejection } from '../outcome.js';
import { reject } from '../outcome.js';
import { rangesOf } from '../ranges.js';
import type { Ranges } from '../ranges.js';
import type { Chat } from './chat.js';
import { areTooLarge, isCustomer, isFull } from './chat.js';
import type { Verdict } from './verdict.js';
import { evolve } from './evolve.js';
import { newlyReached, unreadAfter } from './receipts.js';
import type { Scene } from './scene.js';
import { assign, enqueue, handOverTo, returnOrEnqueue } from './steps.js';

/** What must happen to the chat before the words can stand in it. */
type Before = readonly ChatFact[] | Rejection;

export function postMessage(chat: Chat, command: FilteredMessage, scene: Scene): Verdict {
  const bad = problemOf(command.body) ?? problemBeside(command);
  if (bad !== undefined) return bad;
  const before = stage(chat, command, scene);
  if (!Array.isArray(before)) return before as Rejection;
  const facts = before as readonly ChatFact[];
  const ready = facts.reduce((state, fact) => evolve(state, fact, scene.now), chat);
  return [...facts, { type: 'MessagePosted', message: messageOf(ready, command, scene) }];
}

function problemOf(body: Body): Rejection | undefined {
  switch (body.kind) {
    case 'text':
      if (body.text.trim() === '') return reject('EMPTY_MESSAGE');
      return body.text.length > messageLimits.textUnits ? reject('TOO_LARGE', { what: 'text' }) : undefined;
    case 'image':
      if (body.bytes > messageLimits.imageBytes) return reject('TOO_LARGE', { what: 'image' });
      return body.caption.length > messageLimits.captionUnits ? reject('TOO_LARGE', { what: 'text' }) : undefined;
    case 'notice':
      return body.text.length > messageLimits.noticeUnits ? reject('TOO_LARGE', { what: 'text' }) : undefined;
    case 'custom':
      return JSON.stringify(body.data).length > messageLimits.extrasBytes
        ? reject('TOO_LARGE', { what: 'data' })
        : undefined;
  }
}

/** What a message may carry beside its body is bounded too. */
function problemBeside({ extras, opening }: PostMessage): Rejection | undefined {
  const isTooLarge =
    (extras !== undefined && JSON.stringify(extras.data).length > messageLimits.extrasBytes) ||
    (opening?.fields !== undefined && areTooLarge(opening.fields));
  return isTooLarge ? reject('TOO_LARGE', { what: 'data' }) : undefined;
}

function stage(chat: Chat, command: PostMessage, scene: Scene): Before {
  if (chat.delegateId !== null && scene.by.id === chat.delegateId) return delegateSpeaks(chat, command, scene);
  switch (scene.by.role) {
    case 'system':
      return [];
    case 'customer':
      return customerSpeaks(chat, command, scene);
    case 'bot':
      return scene.by.id === scene.policies.botId ? controllingBotSpeaks(chat, scene) : otherBotSpeaks(chat, command);
    case 'operator':
      return operatorSpeaks(chat, command, scene);
    case 'monitor':
      return reject('NOT_ALLOWED');
  }
}

function customerSpeaks(chat: Chat, command: PostMessage, scene: Scene): Before {
  const isNew = scene.by.id !== null && !isCustomer(chat, scene.by.id);
  if (isNew && isFull(chat, 'customer')) return reject('NOT_ALLOWED', { detail: 'the chat has too many people' });
  const joined = isNew && scene.by.id !== null ? [joinedAs(scene.by.id, 'customer')] : [];
  switch (chat.status) {
    case 'new':
      return [...joined, enqueue(chat, 'first', scene)];
    case 'customer-disconnected':
      return [
        ...joined,
        ...back(chat),
        returnOrEnqueue(chat, chat.assigneeId, { assigned: 'return', queued: 'return' }, scene),
      ];
    case 'released':
      return [...joined, enqueue(chat, 'released', scene)];
    case 'closed':
      if (command.ifClosed === 'append') return joined;
      return command.ifClosed === 'reopen' ? [...joined, ...reopenForCustomer(chat, scene)] : reject('CHAT_CLOSED');
    default:
      return joined;
  }
}

/** The customer of a closed chat goes on: with the one who had it if he can, else with whoever is next. */
export function reopenForCustomer(chat: Chat, scene: Scene): readonly ChatFact[] {
  const reopened: ChatFact = { type: 'ChatReopened', byId: scene.by.id };
  const open = evolve(chat, reopened, scene.now);
  return [reopened, returnOrEnqueue(open, open.previousAssigneeId, { assigned: 'reopen', queued: 'reopened' }, scene)];
}

function back(chat: Chat): readonly ChatFact[] {
  return chat.absence === null ? [] : [{ type: 'AbsenceNoted', phase: 'back', status: chat.status, away: null }];
}

function joinedAs(participantId: string, role: 'customer'): ChatFact {
  return { type: 'ParticipantJoined', participantId, role };
}

function controllingBotSpeaks(chat: Chat, scene: Scene): Before {
  switch (chat.status) {
    case 'new':
      return chat.wasHandedOver ? reject('NOT_ALLOWED') : [handOverTo('bot', chat, scene)];
    case 'with-bot':
      return [];
    case 'customer-disconnected':
      return chat.before === 'with-bot' ? [] : reject('NOT_ALLOWED');
    case 'closed':
      return reject('CHAT_CLOSED');
    default:
      return reject('NOT_ALLOWED', { detail: `the bot has not the word while ${scene.by.role} waits: ${chat.status}` });
  }
}

function otherBotSpeaks(chat: Chat, command: PostMessage): Before {
  return chat.status === 'closed' && command.ifClosed !== 'append' ? reject('CHAT_CLOSED') : [];
}

function operatorSpeaks(chat: Chat, command: PostMessage, scene: Scene): Before {
  const id = scene.by.id;
  if (id === null) return reject('NOT_ALLOWED');
  if (chat.status === 'closed') return command.ifClosed === 'append' ? [] : reject('CHAT_CLOSED');
  if (chat.status === 'with-bot') return [assign(chat, id, 'take', scene)];
  const isUnassigned = chat.assigneeId === null;
  if (isUnassigned && command.claim === true) return [assign(chat, id, 'claim', scene)];
  if (command.require === 'member' && !(id in chat.members)) return reject('NOT_A_MEMBER');
  if (command.require !== 'assignee') return [];
  if (isUnassigned) return reject('NOT_ASSIGNED');
  return chat.assigneeId === id ? [] : notAssignee(chat);
}

/** A desk that has the chat answers with its own bot and its own people. */
function delegateSpeaks(chat: Chat, command: PostMessage, scene: Scene): Before {
  if (chat.status === 'closed') return command.ifClosed === 'append' ? [] : reject('CHAT_CLOSED');
  const isWaiting = chat.assigneeId === null;
  if (command.as?.role === 'bot') return isWaiting && chat.status === 'pending' ? [handOverTo('bot', chat, scene)] : [];
  return isWaiting && scene.by.id !== null ? [assign(chat, scene.by.id, 'claim', scene)] : [];
}

export function notAssignee(chat: Chat): Rejection {
  return reject('NOT_ASSIGNEE', chat.assigneeId === null ? {} : { assigneeId: chat.assigneeId });
}

const unfiltered: Variants = {};

function messageOf(chat: Chat, command: FilteredMessage, scene: Scene): Message {
  const seq = chat.lastSeq + 1;
  return {
    id: messageId(chat.id, seq),
    seq,
    clientId: command.clientId ?? null,
    authorId: scene.by.id,
    authorRole: command.as?.role ?? scene.by.role,
    authorName: (command.as?.name ?? scene.by.name).slice(0, messageLimits.nameUnits),
    at: scene.now,
    claimedAt: command.claimedAt ?? null,
    body: command.body,
    extras: command.extras ?? null,
    visibility: command.visibility ?? 'all',
    holdMs: Math.min(Math.max(command.holdMs ?? 0, 0), 5_000),
    variants: command.variants ?? unfiltered,
  };
}

export function acknowledge(chat: Chat, command: Acknowledge, scene: Scene): Verdict {
  const side = command.bySide ?? (scene.by.role === 'customer' ? 'customer' : 'desk');
  const wanted = wantedSeqs(chat, command, side);
  if (!Array.isArray(wanted)) return wanted as Rejection;
  const reached = newlyReached(chat, side, command.state, wanted as Ranges);
  if (reached.length === 0) return [];
  return [
    {
      type: 'MessageAcknowledged',
      side,
      state: command.state,
      ranges: rangesOf(reached),
      byId: scene.by.id,
      unreadByDesk: unreadAfter(chat, side, command.state, reached),
    },
  ];
}

function wantedSeqs(chat: Chat, { what }: Acknowledge, side: 'customer' | 'desk'): Ranges | Rejection {
  if ('all' in what) return [[1, chat.lastSeq]];
  if ('upToSeq' in what) return [[1, what.upToSeq]];
  if ('upToAt' in what) throw new TypeError('a time is turned into a seq before anything is decided');
  const own = side === 'customer' ? 'c' : 'd';
  const seqs: number[] = [];
  for (const id of what.messageIds) {
    const parsed = parseMessageId(id);
    if (parsed === undefined || parsed.chatId !== chat.id || parsed.seq > chat.lastSeq)
      return reject('UNKNOWN_MESSAGE');
    if (chat.voices[parsed.seq - 1] === own) return reject('NOT_ALLOWED');
    seqs.push(parsed.seq);
  }
  return rangesOf(seqs);
}
