import type { Away } from '../chat-summary.js';
import { neverAway } from '../chat-summary.js';
import type { OpenChat } from '../command.js';
import type { ChatFact } from '../event.js';
import type { Rejection } from '../outcome.js';
import { reject } from '../outcome.js';
import type { ChatId, ParticipantId, WorkspaceId } from '../participant.js';
import type { Wishes } from '../routing/wishes.js';
import type { Chat } from './chat.js';
import { areTooLarge, chatLimits, isCustomer, prospect } from './chat.js';
import { evolve } from './evolve.js';
import type { Scene } from './scene.js';
import { assign, enqueue } from './steps.js';

/** What is known around an outside name when somebody asks for the chat behind it. */
export interface Doorway {
  readonly workspaceId: WorkspaceId;
  readonly space: string;
  readonly key: string;
  /** The chat the name leads to now, open or closed. */
  readonly current: Chat | undefined;
  /** The person's latest open chat under another name, if he may go on in it. */
  readonly elsewhere: Chat | undefined;
  /** How many chats the person has open. */
  readonly openCount: number;
  readonly customerId: ParticipantId;
  readonly away: Away | null;
  /** Drawn only for a chat that is really new. */
  readonly fresh: () => { readonly chatId: ChatId; readonly publicNumber: number };
  readonly wishes: Wishes;
  /** Whether anybody who fits is there at all, and who would get the chat at once. */
  readonly isAnyoneThere: boolean;
  readonly nextOperator: ParticipantId | undefined;
}

/** The chat to go on with, and what happens to it first. */
export interface Entrance {
  /** As it is before the facts; a prospect when it is new. */
  readonly chat: Chat;
  readonly facts: readonly ChatFact[];
  /** Whether the name must be bound to the chat. */
  readonly isBound: boolean;
}

/** What a new chat begins with, when a command opens one. */
export type Opening = Pick<
  OpenChat,
  'subject' | 'displayName' | 'locale' | 'groups' | 'fields' | 'idleMs' | 'joinOpen'
>;

/** The chat behind a name: the one there, the person's open one, or a new one. */
export function enter(door: Doorway, opening: Opening): Entrance {
  const { current, elsewhere } = door;
  if (current !== undefined && current.status !== 'closed') return { chat: current, facts: [], isBound: false };
  if (elsewhere !== undefined && opening.joinOpen !== false) {
    const address = { space: door.space, key: door.key, away: door.away ?? neverAway };
    return { chat: elsewhere, facts: [{ type: 'ChatUpdated', address }], isBound: true };
  }
  const { chatId, publicNumber } = door.fresh();
  return { chat: prospect(chatId, door.workspaceId), facts: [openedBy(door, opening, publicNumber)], isBound: true };
}

function openedBy(door: Doorway, opening: Opening, publicNumber: number): ChatFact {
  return {
    type: 'ChatOpened',
    customerId: door.customerId,
    space: door.space,
    key: door.key,
    publicNumber,
    subject: (opening.subject ?? '').slice(0, chatLimits.subjectUnits),
    displayName: (opening.displayName ?? '').slice(0, chatLimits.subjectUnits),
    locale: door.wishes.locale,
    groups: door.wishes.groups,
    fields: opening.fields ?? {},
    away: door.away ?? neverAway,
    idleMs: opening.idleMs ?? null,
  };
}

/** Decides OpenChat; an entrance without facts into a chat of version 0 is a prospect: nothing is stored. */
export function openChat(door: Doorway, command: OpenChat, scene: Scene): Entrance | Rejection {
  const isAsking = command.enqueue === true || command.assignTo !== undefined;
  if (areTooLarge(command.fields ?? {})) return reject('TOO_LARGE', { what: 'data' });
  if (command.ifClosed === 'refuse' && door.current?.status === 'closed') return refusedFor(door.current, scene);
  const entrance = enter(door, command);
  if (entrance.chat.version > 0) return intoOpenChat(entrance, command, scene);
  if (!isAsking) return { ...entrance, facts: [], isBound: false };
  if (command.requireOperator === true && !door.isAnyoneThere && scene.policies.botId === null)
    return reject('NO_OPERATOR');
  if (command.maxOpen !== undefined && door.openCount >= command.maxOpen) return reject('TOO_MANY_CHATS');
  const open = fold(entrance, scene);
  return { ...entrance, facts: [...entrance.facts, firstHolder(open, door, command, scene)] };
}

/** Who has a new chat first: the one who asks for it, one who can take it at once, else whoever is next. */
function firstHolder(open: Chat, door: Doorway, command: OpenChat, scene: Scene): ChatFact {
  if (command.assignTo !== undefined) return assign(open, command.assignTo, 'claim', scene);
  const isChosenNow = command.requireOperator === true && scene.policies.botId === null;
  if (isChosenNow && door.nextOperator !== undefined) return assign(open, door.nextOperator, 'queue', scene);
  return enqueue(open, 'first', scene);
}

function refusedFor(closed: Chat, scene: Scene): Rejection {
  return reject(isStrangerTo(closed, scene) ? 'ID_CONFLICT' : 'CHAT_CLOSED');
}

function isStrangerTo(chat: Chat, { by }: Scene): boolean {
  return by.role === 'customer' && by.id !== null && !isCustomer(chat, by.id);
}

function intoOpenChat(entrance: Entrance, command: OpenChat, scene: Scene): Entrance | Rejection {
  const { chat } = entrance;
  if (isStrangerTo(chat, scene) && command.enqueue === true) return reject('ID_CONFLICT');
  if (command.assignTo === undefined || chat.assigneeId === command.assignTo) return entrance;
  if (chat.assigneeId !== null) return reject('ALREADY_ASSIGNED', { assigneeId: chat.assigneeId });
  const claimed = assign(fold(entrance, scene), command.assignTo, chat.status === 'with-bot' ? 'take' : 'claim', scene);
  return { ...entrance, facts: [...entrance.facts, claimed] };
}

/** The chat as it stands after the entrance's facts. */
export function fold(entrance: Entrance, scene: Scene): Chat {
  return entrance.facts.reduce((state, fact) => evolve(state, fact, scene.now), entrance.chat);
}
