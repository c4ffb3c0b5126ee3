/** Sermo's events in the words of the core, and back. Pure. */

import type { Body, ChatEvent, ChatRef, Command, ImageBody, People, Signal, Trace } from '@dragoman/core';
import { draftText, inParts, outsideId } from '@dragoman/core';
import { frameLimits, type Agent, type InboundWords, type OutboundWords } from './frames.js';
import { fill, textsFor, type SermoTexts, type TextsByLocale } from './texts.js';

/** How long a draft stands without being renewed, and an agent's writing, ms. [SERMOD typing] */
const draftMs = 10_000;
const agentTypingMs = 20_000;
/** Notices are bounded more narrowly than texts. */
const noticeUnits = 4_000;

/** What a command is given beside the event. */
export interface About {
  readonly to: ChatRef;
  /** When the event was made: its own word, the broker's, or when it came, ms. */
  readonly at: number;
  /** When it was sent, if anybody said so: the same each time it comes, or its name would stand for two things. */
  readonly sentAt?: number | undefined;
  /** The body of a `text` with a picture, which is stored before. */
  readonly body?: Body | undefined;
}

/** What a customer's event asks of his chat; undefined: only that he is there. [SERMOD customer side] */
export function customerCommand(event: InboundWords, { to, at, sentAt, body }: About): Command | undefined {
  switch (event.type) {
    case 'text':
      return {
        type: 'PostMessage',
        to,
        body: body ?? text(event.text),
        ifClosed: 'new',
        ...(sentAt !== undefined && { claimedAt: sentAt }),
      };
    case 'typing':
      return { type: 'SetTyping', to, isOn: event.text !== '', preview: event.text, ttlMs: draftMs };
    case 'messages_read':
      return { type: 'Acknowledge', to, state: 'read', what: { upToAt: at } };
    case 'client_left':
      return { type: 'CloseChat', to, reason: 'customer' };
    case 'heartbeat':
    case 'client_unload':
      return undefined;
  }
}

/** Who is taken for a bot where nobody says. */
export type IsBot = (agentId: string) => boolean;

/** What a desk's event asks of its chat. [SERMOD desk side] */
export function deskCommand(event: OutboundWords, { to, body }: About, isBot: IsBot): Command | undefined {
  switch (event.type) {
    case 'text': {
      const as = speakerOf(event, isBot);
      const holdMs = event.typing === undefined ? {} : { holdMs: event.typing };
      return {
        type: 'PostMessage',
        to,
        body: body ?? text(event.text),
        ifClosed: 'append',
        as,
        claim: true,
        ...holdMs,
      };
    }
    case 'system_text':
      return notice(to, event.text);
    case 'queue_number':
      return { type: 'ReportQueue', to, position: event.queueNumber };
    case 'platform_closed':
      return { type: 'ReportQueue', to, isOpen: false };
    case 'typing_on':
    case 'typing_off':
      return { type: 'SetTyping', to, isOn: event.type === 'typing_on', ttlMs: agentTypingMs };
    case 'agent_done':
      return { type: 'HandOver', chat: to, to: 'customer', reason: 'agent_done' };
    case 'handover_to_bot': {
      const flow = event.flowGroupId === undefined ? {} : { flow: event.flowGroupId };
      return { type: 'HandOver', chat: to, to: 'bot', ...flow };
    }
    case 'handover_to_agent':
      return { type: 'HandOver', chat: to, to: 'queue' };
    case 'end_session':
      return { type: 'CloseChat', to, reason: 'desk' };
  }
}

/** With its name and its trace: in place, for it was made for this alone, and a copy takes five times as long. */
export function completed(
  command: Command,
  named: Pick<Command, 'commandId'> | undefined,
  trace: Trace | undefined,
): Command {
  return Object.assign(command, named, trace);
}

function text(words: string): Body {
  return { kind: 'text', text: words };
}

/** A line of the desk's own; the desk's bot says it, because its people would take the chat by speaking. */
export function notice(to: ChatRef, words: string): Command {
  const body: Body =
    words.length > noticeUnits ? text(words) : { kind: 'notice', code: 'system_text', params: {}, text: words };
  const as = { role: 'bot', name: '', externalId: '' } as const;
  return { type: 'PostMessage', to, body, ifClosed: 'append', as };
}

type Speaker = { readonly role: 'operator' | 'bot'; readonly name: string; readonly externalId: string };

/** [SERMOD agent] */
export function speakerOf(said: { readonly agent?: Agent; readonly typing?: number }, isBot: IsBot): Speaker {
  const { agent, typing } = said;
  if (agent === undefined) return { role: typing === undefined ? 'operator' : 'bot', name: '', externalId: '' };
  const isABot = agent.type === undefined ? typing !== undefined || isBot(agent.id) : agent.type === 'bot';
  return { role: isABot ? 'bot' : 'operator', name: agent.name, externalId: agent.id };
}

/** An event to be published; the picture is read from where it is kept. */
export interface Draft<Words> {
  readonly words: Words;
  readonly picture?: ImageBody;
}

export interface Surroundings {
  readonly space: string;
  readonly texts: TextsByLocale;
  /** The name people know a group by. */
  readonly groupName: (id: string) => string;
}

/** What a customer's front end is told of an event of his chat. [SERMOD customer side] */
export function forCustomer(event: ChatEvent, around: Surroundings): readonly Draft<OutboundWords>[] {
  // Made where it is needed alone: most events are messages.
  const texts = (): SermoTexts => textsFor(event.chat.locale, around.texts);
  switch (event.type) {
    case 'MessagePosted':
      return answers(event, around.space);
    case 'ChatQueued':
      return event.delegateId === null && event.cause !== 'reopened'
        ? notices(fill(texts().queued, { queue: around.groupName(event.chat.groups[0] ?? '') }))
        : [];
    case 'ChatAssigned': {
      const taken = event.cause === 'take' && event.fromId === null ? [plain('handover_to_agent')] : [];
      const isNews = event.cause !== 'recovered' && event.cause !== 'return';
      const name = event.people[event.operatorId]?.name ?? '';
      const isDesk = event.people[event.operatorId]?.isDesk === true;
      return [...taken, ...(isNews && !isDesk && name !== '' ? notices(fill(texts().assigned, { name })) : [])];
    }
    case 'ChatHandedOver':
      if (event.to === 'customer') return [plain('agent_done')];
      if (event.to === 'queue') return [plain('handover_to_agent')];
      return [{ words: { type: 'handover_to_bot', ...(event.flow !== null && { flowGroupId: event.flow }) } }];
    case 'ChatClosed':
      return event.reason === 'operator' || event.reason === 'desk' ? [plain('agent_done')] : [];
    default:
      return [];
  }
}

const plain = (type: 'agent_done' | 'handover_to_agent'): Draft<OutboundWords> => ({ words: { type } });

function notices(words: string): readonly Draft<OutboundWords>[] {
  return words.trim() === '' ? [] : [{ words: { type: 'system_text', text: words } }];
}

function answers(
  { message, people }: Extract<ChatEvent, { type: 'MessagePosted' }>,
  space: string,
): readonly Draft<OutboundWords>[] {
  const { body } = message;
  if (message.authorRole === 'customer' || message.visibility !== 'all') return [];
  if (body.kind === 'custom') return [];
  if (body.kind === 'notice') return notices(body.text);
  const typing = message.authorRole === 'bot' && message.holdMs > 0 ? { typing: message.holdMs } : {};
  const words = { ...typing, ...agentOf(message, people, space) };
  if (body.kind === 'text')
    return inParts(body.text, frameLimits.textUnits).map((part) => ({ words: { type: 'text', text: part, ...words } }));
  return [{ words: { type: 'text', text: body.caption, ...words }, picture: body }];
}

/** Absent for what the system says. Humans say that they are, bots do not. [SERMO outbound/text (från Boten)] */
function agentOf(
  message: Extract<ChatEvent, { type: 'MessagePosted' }>['message'],
  people: People,
  space: string,
): { readonly agent?: Agent } {
  const author = message.authorId === null ? undefined : people[message.authorId];
  if (author === undefined) return {};
  const isBot = message.authorRole === 'bot';
  const id = String(outsideId(author, space, isBot ? 'bot' : 'operator'));
  const name = message.authorName === '' ? author.name : message.authorName;
  return { agent: { id, name, ...(!isBot && { type: 'human' }) } };
}

/** What a desk is told of an event of a chat it has. [SERMOD desk side] */
export function forDesk(event: ChatEvent, around: Surroundings): readonly Draft<InboundWords>[] {
  if (event.type === 'MessagePosted') return asked(event);
  const at = new Date(event.at).toISOString();
  switch (event.type) {
    case 'MessageAcknowledged':
      return event.side === 'customer' && event.state === 'read'
        ? [{ words: { type: 'messages_read', text: 'read', at } }]
        : [];
    case 'ChatClosed':
      // Only who chose to leave has left; of a tab that is gone the desk was told when it went. [SERMO inbound/client_left]
      return event.reason === 'customer'
        ? [{ words: { type: 'client_left', text: textsFor(event.chat.locale, around.texts).left, at } }]
        : [];
    case 'AbsenceNoted':
      return event.phase === 'left' ? [{ words: { type: 'client_unload', at } }] : [];
    default:
      return [];
  }
}

function asked({ message }: Extract<ChatEvent, { type: 'MessagePosted' }>): readonly Draft<InboundWords>[] {
  const { body } = message;
  if (message.authorRole !== 'customer') return [];
  if (body.kind === 'text')
    return inParts(body.text, frameLimits.textUnits).map((part) => ({ words: { type: 'text', text: part } }));
  return body.kind === 'image' ? [{ words: { type: 'text', text: body.caption }, picture: body }] : [];
}

type Typing = Extract<Signal, { type: 'TypingChanged' }>;

/** [SERMO outbound/typing_on] */
export function agentTyping(signal: Typing): OutboundWords | undefined {
  if (signal.authorRole === 'customer') return undefined;
  return { type: signal.isOn ? 'typing_on' : 'typing_off' };
}

/** The whole draft where it is known. [SERMO inbound/typing] [SERMOD desk side] */
export function customerTyping(signal: Typing, at: number): InboundWords | undefined {
  if (signal.authorRole !== 'customer') return undefined;
  return { type: 'typing', text: draftText(signal), at: new Date(at).toISOString() };
}
