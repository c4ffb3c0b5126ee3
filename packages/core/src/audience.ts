import type { ChatEvent, Happening, Signal, WorkspaceEvent } from './event.js';
import type { Message } from './message.js';
import { sideOf } from './message.js';
import type { ParticipantId, Side } from './participant.js';
import type { View } from './session.js';

/** Who hears a happening: participants by view, and the sessions that hear of every chat. */
export interface Audience {
  readonly customers: readonly ParticipantId[];
  readonly operators: readonly ParticipantId[];
  readonly bots: readonly ParticipantId[];
  /** Sessions of scope `lobby`. */
  readonly isForLobby: boolean;
  /** Sessions of scope `all`. */
  readonly isForAll: boolean;
}

const nobody: Audience = { customers: [], operators: [], bots: [], isForLobby: false, isForAll: false };

/** What surrounds a chat beside its own people. */
export interface Surroundings {
  /** The workspace's bot; null: none. */
  readonly botId: ParticipantId | null;
}

type Circle = 'cu' | 'me' | 'lo' | 'bo' | 'de' | 'al';

/**
 * Circles that hear each event: customers, members with the assignee, lobby, the bot and the desk, the desk without the
 * bot, scope all.
 */
const circles: Readonly<Record<ChatEvent['type'], readonly Circle[]>> = {
  ChatOpened: ['cu', 'lo', 'bo', 'al'],
  ChatQueued: ['cu', 'me', 'lo', 'bo', 'al'],
  ChatAssigned: ['cu', 'me', 'lo', 'bo', 'al'],
  ChatMissed: ['cu', 'me', 'lo', 'al'],
  ChatAbandoned: ['cu', 'me', 'lo', 'al'],
  ChatHandedOver: ['cu', 'me', 'lo', 'bo', 'al'],
  ChatClosed: ['cu', 'me', 'lo', 'bo', 'al'],
  ChatReopened: ['cu', 'me', 'lo', 'bo', 'al'],
  ChatUpdated: ['me', 'lo', 'bo', 'al'],
  CustomerBlocked: ['cu', 'me', 'al'],
  AbsenceNoted: ['cu', 'me', 'lo', 'bo', 'al'],
  ParticipantJoined: ['cu', 'me', 'lo', 'al'],
  ParticipantLeft: ['cu', 'me', 'lo', 'al'],
  MessagePosted: ['cu', 'me', 'bo', 'al'],
  MessageAcknowledged: ['cu', 'me', 'de', 'al'],
};

/** Who hears an event of a chat. */
export function audienceOf(event: ChatEvent, around: Surroundings): Audience {
  if (event.type === 'MessagePosted') return messageAudience(event, event.message, around);
  const heard = circles[event.type];
  const { chat } = event;
  return {
    customers: heard.includes('cu') ? chat.customerIds : [],
    operators: heard.includes('me') ? operatorsOf(event) : [],
    bots: heard.includes('bo') ? botsOf(event, around) : heard.includes('de') ? botsOf(event, { botId: null }) : [],
    isForLobby: heard.includes('lo'),
    isForAll: heard.includes('al'),
  };
}

/** Words of a chat are the lobby's only while nobody is assigned to it. */
function messageAudience(event: ChatEvent, message: Message, around: Surroundings): Audience {
  const isHidden = message.visibility === 'bot';
  return {
    customers: isHidden || message.variants.customer === null ? [] : customersOf(event, message),
    operators: isHidden || message.variants.desk === null ? [] : operatorsOf(event),
    bots: botsOf(event, around),
    isForLobby: !isHidden && message.variants.desk !== null && event.chat.assigneeId === null,
    isForAll: !isHidden && message.variants.all !== null,
  };
}

/** What is for the desk alone still goes back to the customer who said it, on his own devices. */
function customersOf(event: ChatEvent, message: Message): readonly ParticipantId[] {
  if (message.visibility === 'all') return event.chat.customerIds;
  const isOwn = sideOf(message.authorRole) === 'customer' && message.authorId !== null;
  return isOwn ? event.chat.customerIds.filter((id) => id === message.authorId) : [];
}

/** Members and the assignee, and those whom this very event took out of the chat, or who held it in their absence. */
function operatorsOf(event: ChatEvent): readonly ParticipantId[] {
  const { memberIds, leftIds, assigneeId } = event.chat;
  const formerId = event.type === 'ChatAssigned' ? event.fromId : null;
  const isMembersOnly = (assigneeId === null || memberIds.includes(assigneeId)) && leftIds.length === 0;
  if (isMembersOnly && formerId === null) return memberIds;
  return [...new Set([...memberIds, assigneeId, ...leftIds, formerId])].filter((id) => id !== null);
}

function botsOf(event: ChatEvent, { botId }: Surroundings): readonly ParticipantId[] {
  const { delegateId } = event.chat;
  return botId === null && delegateId === null ? [] : [botId, delegateId].filter((id) => id !== null);
}

/** Who hears an event of routing or of a person. */
export function workspaceAudience(event: WorkspaceEvent): Audience {
  switch (event.type) {
    case 'OperatorChanged':
    case 'RoutingConfigured':
      return { ...nobody, isForLobby: true, isForAll: true };
    case 'ParticipantUpdated':
      return { ...nobody, ...himself(event.participantId, sideOfRole(event.role)), isForLobby: true, isForAll: true };
    case 'ParticipantNotified':
      return { ...nobody, ...himself(event.participantId, 'customer'), isForAll: true };
    case 'ParticipantErased':
      return { ...nobody, isForLobby: true, isForAll: true };
  }
}

function himself(id: ParticipantId | null, side: Side): Partial<Audience> {
  if (id === null) return {};
  return side === 'customer' ? { customers: [id] } : side === 'operator' ? { operators: [id] } : { bots: [id] };
}

function sideOfRole(role: string): Side {
  return role === 'customer' || role === 'operator' ? role : 'bot';
}

/** Who hears a signal about a chat; never its author. */
export function signalAudience(signal: Extract<Signal, { chatId: string }>, around: Surroundings): Audience {
  const { chat } = signal;
  if (signal.type === 'QueueMoved') return { ...nobody, customers: chat.customerIds, isForAll: true };
  const others = (ids: readonly ParticipantId[]): readonly ParticipantId[] =>
    ids.filter((id) => id !== signal.authorId);
  return {
    ...nobody,
    customers: others(chat.customerIds),
    operators: others([...new Set([...chat.memberIds, ...(chat.assigneeId === null ? [] : [chat.assigneeId])])]),
    bots: others([around.botId, chat.delegateId].filter((id) => id !== null)),
  };
}

/** What a view may see of a happening; the same object when nothing is hidden from it. */
export function seenBy(view: View, happening: Happening): Happening {
  if (happening.type === 'TypingChanged' && view === 'customer' && happening.preview !== undefined) {
    const { preview: _, ...rest } = happening;
    return rest;
  }
  if (happening.type !== 'MessagePosted') return happening;
  const { variants } = happening.message;
  if (variants.customer === undefined && variants.desk === undefined && variants.all === undefined) return happening;
  const message: Message = { ...happening.message, ...variants[destinationOf(view)], variants: {} };
  return { ...happening, message };
}

/** Which of a filter's destinations a view belongs to. */
export function destinationOf(view: View): 'customer' | 'desk' | 'all' {
  if (view === 'customer' || view === 'all') return view;
  return 'desk';
}
