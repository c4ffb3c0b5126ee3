import {
  type ChatEvent,
  type ChatSummary,
  type Core,
  type Outcome,
  type Session,
  type TranscriptEntry,
} from '@dragoman/core';
import type { ConveadMessage, ConveadPayload, Paging, Sender, Speaker } from './convead/frames.js';
import { refuse, toRefusal, type Refusal } from './convead/refusals.js';
import {
  conversationFrame,
  isShown,
  toCommand,
  toMessage,
  type ChannelFrame,
  type Words,
} from './convead/translate.js';
import { participantId, type People, type Person } from './people.js';

/** What a request comes to. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export interface Conversations {
  /** The conversation with this visitor, opened if there is none. [CONVEAD POST service] */
  open(visitorId: string, sender: Speaker): Promise<Answer<{ payload: ConveadPayload; isNew: boolean }>>;
  /** Undefined: there is none of this number. */
  find(number: number): Promise<ChatSummary | undefined>;
  /** Whether somebody may write here; the refusal if not. */
  mayWrite(chat: ChatSummary, sender: Sender): Promise<Refusal | undefined>;
  /** [CONVEAD POST conversation] */
  say(chat: ChatSummary, sender: Sender, content: string): Promise<Answer<ConveadPayload>>;
  /** The visitor's messages in all his conversations, newest first. [CONVEAD POST messages] */
  history(chat: ChatSummary, paging: Paging): Promise<{ messages: readonly ConveadMessage[]; hasMore: boolean }>;
  /** [CONVEAD POST mark_read] */
  markRead(chat: ChatSummary, messageNumber: number): Promise<Answer<ConveadPayload>>;
}

export interface ConversationOptions {
  readonly core: Core;
  readonly people: People;
  /** A session that may see every chat. */
  readonly observer: Session;
  readonly words: Words;
  readonly offlineMessage: string;
  /** Messages of a history that names no count; and the most of one that does, 0 for no limit. */
  readonly maxMessagesCount: number;
  readonly maxCount: number;
  readonly publish: (frame: ChannelFrame) => void;
}

export function createConversations(options: ConversationOptions): Conversations {
  const { core, people, observer, words } = options;

  async function asPerson<T>(who: Speaker, act: (person: Person) => Promise<T>): Promise<T> {
    const person = await people.hold(who);
    try {
      return await act(person);
    } finally {
      people.release(person);
    }
  }

  function refused(outcome: Extract<Outcome, { ok: false }>): { ok: false; refusal: Refusal } {
    const refusal = toRefusal(outcome.rejection);
    const isOffline = refusal.code === 'chat_offline_message';
    return { ok: false, refusal: isOffline ? { ...refusal, message: options.offlineMessage } : refusal };
  }

  async function open(visitorId: string, sender: Speaker): ReturnType<Conversations['open']> {
    const foreign = sender.type === 'manager' ? await findForeign(visitorId) : undefined;
    return asPerson(sender, async (person) => {
      if (foreign !== undefined) return settle(person, foreign, false);
      const customer = people.identityOf({ type: 'visitor', id: visitorId, name: '' });
      const isChosen = person.type === 'manager' && people.isOnDuty(person);
      const request = { type: 'open', visitorId, customer } as const;
      const command = toCommand(isChosen ? { ...request, dutyManagerId: participantId(person) } : request);
      const outcome = await core.dispatch(person.session, command);
      if (!outcome.ok) return refused(outcome);
      const chat = outcome.chat ?? (await core.find(observer, { key: visitorId }));
      if (chat === undefined) return { ok: false, refusal: refuse('internal_error') };
      return settle(
        person,
        chat,
        outcome.events.some(({ type }) => type === 'ChatOpened'),
      );
    });
  }

  /** The chat of a customer of another protocol goes by its own id here. */
  async function findForeign(visitorId: string): Promise<ChatSummary | undefined> {
    const chat = await core.find(observer, { chatId: visitorId });
    return chat === undefined || words.space in chat.addresses ? undefined : chat;
  }

  /** A conversation that stood already is told again; a manager takes one that nobody has. */
  async function settle(person: Person, chat: ChatSummary, isNew: boolean): ReturnType<Conversations['open']> {
    if (person.type === 'visitor' || isNew) return { ok: true, value: { payload: tell(chat, isNew), isNew } };
    if (chat.assigneeId === participantId(person)) return { ok: true, value: { payload: tell(chat, false), isNew } };
    if (chat.assigneeId !== null) return { ok: false, refusal: refuse('chat_already_open') };
    const outcome = await core.dispatch(person.session, { type: 'AssignChat', to: { chatId: chat.id } });
    if (!outcome.ok) return refused(outcome);
    return { ok: true, value: { payload: tell(outcome.chat ?? chat, true), isNew } };
  }

  /** The event of a change has told it already. */
  function tell(chat: ChatSummary, isTold: boolean): ConveadPayload {
    const lobby = core.lobby(observer);
    const known = [chat.customerId, chat.assigneeId].map((id) => (id === null ? undefined : lobby.person(id)));
    const found = known.filter((one) => one !== undefined);
    const frame = conversationFrame({ chat, people: Object.fromEntries(found.map((one) => [one.id, one])) }, words);
    if (!isTold) options.publish(frame);
    return frame.data;
  }

  function visitorOf(chat: ChatSummary): Speaker | undefined {
    const id = chat.addresses[words.space];
    return id === undefined ? undefined : { type: 'visitor', id, name: '' };
  }

  function speakerOf(chat: ChatSummary, sender: Sender): Speaker | undefined {
    if (sender.type === 'manager') return sender;
    const visitor = visitorOf(chat);
    return visitor === undefined || (sender.id !== undefined && sender.id !== visitor.id)
      ? undefined
      : { ...visitor, name: sender.name };
  }

  async function mayWrite(chat: ChatSummary, sender: Sender): Promise<Refusal | undefined> {
    const speaker = speakerOf(chat, sender);
    if (speaker === undefined) return refuse('sender_forbidden');
    if (speaker.type === 'manager' && chat.assigneeId !== null) {
      const isHis = await asPerson(speaker, async (person) => chat.assigneeId === participantId(person));
      if (!isHis) return refuse('sender_forbidden');
    }
    return chat.status === 'closed' ? refuse('conversation_closed') : undefined;
  }

  async function say(chat: ChatSummary, sender: Sender, content: string): Promise<Answer<ConveadPayload>> {
    const speaker = speakerOf(chat, sender);
    if (speaker === undefined) return { ok: false, refusal: refuse('sender_forbidden') };
    const command = toCommand({ type: 'say', chat, content });
    const outcome = await asPerson(speaker, (person) => core.dispatch(person.session, command));
    if (!outcome.ok) return refused(outcome);
    const posted = outcome.events.find(isMessage);
    if (posted === undefined) return { ok: false, refusal: refuse('internal_error') };
    return { ok: true, value: messagePayload({ event: posted, receipt: null }) };
  }

  function messagePayload(entry: TranscriptEntry): ConveadPayload {
    return { entity: 'message', message: toMessage(entry, words) };
  }

  /** Read as the visitor sees it; only a visitor of another protocol is read by the one who sees all. */
  async function asReader<T>(chat: ChatSummary, read: (reader: Session) => Promise<T>): Promise<T> {
    const visitor = visitorOf(chat);
    return visitor === undefined ? read(observer) : asPerson(visitor, (person) => read(person.session));
  }

  async function history(chat: ChatSummary, { count, sinceId }: Paging): ReturnType<Conversations['history']> {
    const { maxMessagesCount, maxCount } = options;
    const wanted = Math.min(count ?? maxMessagesCount, maxCount === 0 ? Infinity : maxCount);
    return asReader(chat, async (reader) => {
      const messages: ConveadMessage[] = [];
      let beforeNumber = sinceId === undefined ? undefined : sinceId + 1;
      for (;;) {
        // One more than wanted, so that what is left out of a page never hides whether there is more.
        const limit = Math.min(wanted - messages.length + 1, 1000);
        const page = await core.transcript(
          reader,
          { participantId: chat.customerId },
          beforeNumber === undefined ? { limit } : { limit, beforeNumber },
        );
        const shown = page.entries.filter(({ event }) => isMessage(event) && isShown(event.message));
        messages.push(...shown.map((entry) => toMessage(entry, words)).reverse());
        beforeNumber = page.entries[0]?.event.number;
        if (messages.length > wanted || !page.hasMore || beforeNumber === undefined) break;
      }
      return { messages: messages.slice(0, wanted), hasMore: messages.length > wanted };
    });
  }

  async function entryOf(chat: ChatSummary, number: number): Promise<TranscriptEntry | undefined> {
    const page = { beforeNumber: number + 1, limit: 1 };
    const { entries } = await asReader(chat, (reader) => core.transcript(reader, { chatId: chat.id }, page));
    const [entry] = entries;
    return entry?.event.number === number && isMessage(entry.event) && isShown(entry.event.message) ? entry : undefined;
  }

  async function markRead(chat: ChatSummary, messageNumber: number): Promise<Answer<ConveadPayload>> {
    const entry = await entryOf(chat, messageNumber);
    if (entry === undefined || !isMessage(entry.event)) return { ok: false, refusal: refuse('message_not_found') };
    const { message } = entry.event;
    const outcome = await core.dispatch(observer, toCommand({ type: 'mark-read', chat, message }));
    if (!outcome.ok) return refused(outcome);
    return { ok: true, value: messagePayload((await entryOf(chat, messageNumber)) ?? entry) };
  }

  return {
    open,
    find: (number) => core.find(observer, { publicNumber: number }),
    mayWrite,
    say,
    history,
    markRead,
  };
}

function isMessage(event: ChatEvent): event is Extract<ChatEvent, { type: 'MessagePosted' }> {
  return event.type === 'MessagePosted';
}
