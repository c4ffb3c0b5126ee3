import {
  type ChatEvent,
  type ChatSummary,
  type Core,
  type Outcome,
  type ParticipantId,
  type Session,
  type TranscriptEntry,
} from '@dragoman/core';
import type { ConveadMessage, ConveadPayload, Paging, Sender, Speaker } from './convead/frames.js';
import { refuse, toRefusal, type ErrorCode, type Refusal } from './convead/refusals.js';
import {
  conversationFrame,
  isShown,
  toCommand,
  toMessage,
  type ChannelFrame,
  type Words,
} from './convead/translate.js';
import { participantId, type Held, type People, type Person } from './people.js';

/** A page of the core's history is at most so long. */
const maxPage = 1000;

/** What a request comes to. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export interface ConversationOptions {
  readonly core: Core;
  readonly people: People;
  /** A session that may see every chat. */
  readonly observer: Session;
  readonly words: Words;
  readonly offlineMessage: string;
  readonly idleMs: number;
  /** Messages of a history that names no count; and the most of one that does, 0 for no limit. */
  readonly maxMessagesCount: number;
  readonly maxCount: number;
  readonly publish: (frame: ChannelFrame) => void;
}

/** What a request opened, and whether it was there before. */
export interface Opened {
  readonly payload: ConveadPayload;
  readonly isNew: boolean;
}

/** A page of a visitor's messages. */
export interface History {
  /** Newest first. */
  readonly messages: readonly ConveadMessage[];
  readonly hasMore: boolean;
}

/** The four things one can ask by HTTP, done on the core. [CONVEAD Server API] */
export class Conversations {
  readonly #options: ConversationOptions;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** The conversation with this visitor, opened if there is none. [CONVEAD POST service] */
  async open(visitorId: string, sender: Speaker): Promise<Answer<Opened>> {
    const foreign = sender.type === 'manager' ? await this.#findForeign(visitorId) : undefined;
    return this.#as(sender, (person) =>
      foreign === undefined ? this.#openFor(person, visitorId) : this.#settle(person, foreign, false),
    );
  }

  /** Undefined: there is none of this number. */
  find(number: number): Promise<ChatSummary | undefined> {
    const { core, observer } = this.#options;
    return core.find(observer, { publicNumber: number });
  }

  /** Why somebody may not write here; undefined: he may. */
  async mayNotWrite(chat: ChatSummary, sender: Sender): Promise<Refusal | undefined> {
    const speaker = this.#speakerOf(chat, sender);
    if (speaker === undefined) return refuse('sender_forbidden');
    if (speaker.type === 'manager' && chat.assigneeId !== null) {
      const isHis = await this.#as(speaker, async (person) => chat.assigneeId === participantId(person));
      if (!isHis) return refuse('sender_forbidden');
    }
    return chat.status === 'closed' ? refuse('conversation_closed') : undefined;
  }

  /** [CONVEAD POST conversation] */
  async say(
    chat: ChatSummary,
    sender: Sender,
    { content, traceparent }: { readonly content: string; readonly traceparent?: string | undefined },
  ): Promise<Answer<ConveadPayload>> {
    const speaker = this.#speakerOf(chat, sender);
    if (speaker === undefined) return no('sender_forbidden');
    const command = { ...toCommand({ type: 'say', chat, content }), traceparent };
    const outcome = await this.#as(speaker, (person) => this.#options.core.dispatch(person.session, command));
    if (!outcome.ok) return this.#refused(outcome);
    const posted = outcome.events.find(isMessage);
    return posted === undefined ? no('internal_error') : this.#messageAnswer({ event: posted, receipt: null });
  }

  /** The visitor's messages in all his conversations. [CONVEAD POST messages] */
  async history(chat: ChatSummary, { count, sinceId }: Paging): Promise<History> {
    const { maxMessagesCount, maxCount } = this.#options;
    const wanted = Math.min(count ?? maxMessagesCount, maxCount === 0 ? Infinity : maxCount);
    const before = sinceId === undefined ? undefined : sinceId + 1;
    // One more than wanted, so that what this protocol does not show never hides whether there is more.
    const messages = await this.#asReader(chat, (reader) => this.#newest(reader, chat.customerId, wanted + 1, before));
    return { messages: messages.slice(0, wanted), hasMore: messages.length > wanted };
  }

  /** [CONVEAD POST mark_read] */
  async markRead(chat: ChatSummary, messageNumber: number): Promise<Answer<ConveadPayload>> {
    const { core, observer } = this.#options;
    const entry = await this.#entryOf(chat, messageNumber);
    if (entry === undefined) return no('message_not_found');
    const { message } = entry.event;
    const outcome = await core.dispatch(observer, toCommand({ type: 'mark-read', chat, message }));
    if (!outcome.ok) return this.#refused(outcome);
    return this.#messageAnswer((await this.#entryOf(chat, messageNumber)) ?? entry);
  }

  async #as<T>(who: Held, act: (person: Person) => Promise<T>): Promise<T> {
    const { people } = this.#options;
    const person = await people.hold(who);
    try {
      return await act(person);
    } finally {
      people.release(person);
    }
  }

  /** Read as the visitor sees it; only a visitor of another protocol is read by the one who sees all. */
  async #asReader<T>(chat: ChatSummary, read: (reader: Session) => Promise<T>): Promise<T> {
    const visitor = this.#visitorOf(chat);
    if (visitor === undefined) return read(this.#options.observer);
    return this.#as({ ...visitor, type: 'reader' }, ({ session }) => read(session));
  }

  async #openFor(person: Person, visitorId: string): Promise<Answer<Opened>> {
    const { core, people, observer } = this.#options;
    const customer = people.identityOf({ type: 'visitor', id: visitorId, name: '' });
    const isChosen = person.type === 'manager' && people.isOnDuty(person);
    const request = { type: 'open', visitorId, customer, idleMs: this.#options.idleMs } as const;
    const command = toCommand(isChosen ? { ...request, dutyManagerId: participantId(person) } : request);
    const outcome = await core.dispatch(person.session, command);
    if (!outcome.ok) return this.#refused(outcome);
    const chat = outcome.chat ?? (await core.find(observer, { key: visitorId }));
    const isNew = outcome.events.some(({ type }) => type === 'ChatOpened');
    return chat === undefined ? no('internal_error') : this.#settle(person, chat, isNew);
  }

  /** The chat of a customer of another protocol goes by its own id here. */
  async #findForeign(visitorId: string): Promise<ChatSummary | undefined> {
    const { core, observer, words } = this.#options;
    const chat = await core.find(observer, { chatId: visitorId });
    return chat === undefined || words.space in chat.addresses ? undefined : chat;
  }

  /** A conversation that stood already is told again; a manager takes one that nobody has. */
  async #settle(person: Person, chat: ChatSummary, isNew: boolean): Promise<Answer<Opened>> {
    const isHis = person.type === 'visitor' || chat.assigneeId === participantId(person);
    if (isNew || isHis) {
      const frame = this.#frameOf(chat);
      if (!isNew) this.#options.publish(frame);
      return { ok: true, value: { payload: frame.data, isNew } };
    }
    if (chat.assigneeId !== null) return no('chat_already_open');
    const outcome = await this.#options.core.dispatch(person.session, { type: 'AssignChat', to: { chatId: chat.id } });
    if (!outcome.ok) return this.#refused(outcome);
    return { ok: true, value: { payload: this.#frameOf(outcome.chat ?? chat).data, isNew } };
  }

  #frameOf(chat: ChatSummary): ChannelFrame {
    const { core, observer, words } = this.#options;
    const lobby = core.lobby(observer);
    const ids = [chat.customerId, chat.assigneeId].filter((id) => id !== null);
    const known = ids.map((id) => lobby.person(id)).filter((person) => person !== undefined);
    const people = Object.fromEntries(known.map((person) => [person.id, person]));
    return conversationFrame({ chat, people }, words);
  }

  #visitorOf(chat: ChatSummary): Speaker | undefined {
    const id = chat.addresses[this.#options.words.space];
    return id === undefined ? undefined : { type: 'visitor', id, name: '' };
  }

  /** Undefined: a visitor who is not the one of this conversation. */
  #speakerOf(chat: ChatSummary, sender: Sender): Speaker | undefined {
    if (sender.type === 'manager') return sender;
    const visitor = this.#visitorOf(chat);
    const isHim = visitor !== undefined && (sender.id === undefined || sender.id === visitor.id);
    return isHim ? { ...visitor, name: sender.name } : undefined;
  }

  async #newest(
    reader: Session,
    customerId: ParticipantId,
    wanted: number,
    before?: number,
  ): Promise<ConveadMessage[]> {
    const { core, words } = this.#options;
    const messages: ConveadMessage[] = [];
    let beforeNumber = before;
    while (messages.length < wanted) {
      const limit = Math.min(wanted - messages.length, maxPage);
      const page = beforeNumber === undefined ? { limit } : { limit, beforeNumber };
      const { entries, hasMore } = await core.transcript(reader, { participantId: customerId }, page);
      messages.push(
        ...entries
          .filter(isShownEntry)
          .map((entry) => toMessage(entry, words))
          .reverse(),
      );
      beforeNumber = entries[0]?.event.number;
      if (!hasMore || beforeNumber === undefined) break;
    }
    return messages;
  }

  async #entryOf(chat: ChatSummary, number: number): Promise<MessageEntry | undefined> {
    const { core } = this.#options;
    const page = { beforeNumber: number + 1, limit: 1 };
    const { entries } = await this.#asReader(chat, (reader) => core.transcript(reader, { chatId: chat.id }, page));
    return entries.filter(isShownEntry).find(({ event }) => event.number === number);
  }

  #messageAnswer(entry: TranscriptEntry): Answer<ConveadPayload> {
    return { ok: true, value: { entity: 'message', message: toMessage(entry, this.#options.words) } };
  }

  #refused({ rejection }: Extract<Outcome, { ok: false }>): Answer<never> {
    const refusal = toRefusal(rejection);
    const isOffline = refusal.code === 'chat_offline_message';
    return { ok: false, refusal: isOffline ? { ...refusal, message: this.#options.offlineMessage } : refusal };
  }
}

function no(code: ErrorCode): Answer<never> {
  return { ok: false, refusal: refuse(code) };
}

type MessageEvent = Extract<ChatEvent, { type: 'MessagePosted' }>;
type MessageEntry = TranscriptEntry & { readonly event: MessageEvent };

function isMessage(event: ChatEvent): event is MessageEvent {
  return event.type === 'MessagePosted';
}

function isShownEntry(entry: TranscriptEntry): entry is MessageEntry {
  return isMessage(entry.event) && isShown(entry.event.message);
}
