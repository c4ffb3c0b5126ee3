import { pictureText, type ChatEvent, type Core, type ImageBody } from '@dragoman/core';
import { seenBy } from '@dragoman/core/domain';
import { TooLarge, type Carrier } from '../transport.js';
import { withPicture } from './bodies.js';
import type { Customers } from './customers.js';
import type { Desks } from './desks.js';
import type { Address, InboundWords, OutboundWords } from './frames.js';
import { addressIn } from './keys.js';
import type { Direction, Post } from './letters.js';
import type { SermoSetup } from './options.js';
import type { Tally } from './tally.js';
import type { Origin, Unsent } from './unsent.js';
import { forCustomer, forDesk, type Draft, type Surroundings } from './translate.js';

export interface OutletPorts {
  readonly core: Core;
  readonly setup: SermoSetup;
  readonly carrier: () => Carrier;
  readonly post: Post;
  readonly customers: Customers;
  readonly desks: Desks;
  readonly around: Surroundings;
  readonly tally: Tally;
  readonly unsent: Unsent;
}

/** Which letter of which event it is. */
export type Recorded = Extract<Origin, { readonly number: number }>;

type Words = InboundWords | OutboundWords;

/** One letter of an event: what it says, which way, and to whom. */
export interface EventLetter {
  readonly event: ChatEvent;
  /** Which of the event's letters. */
  readonly n: number;
  readonly isLast: boolean;
  readonly direction: Direction;
  readonly address: Address;
  readonly draft: Draft<Words>;
}

/** How far somebody has read is true whatever is said meanwhile, and waits for its second beside it. */
export function laneOf({ type, chatId }: ChatEvent): string {
  return type === 'MessageAcknowledged' ? `${chatId} read` : chatId;
}

/** What of the chats' life goes to the broker: to a customer's front end, to the desk that has the chat, or to both. */
export class Outlet {
  readonly #ports: OutletPorts;
  /** Chats whose customer was told that the agent is done, and has heard nothing since. */
  readonly #done = new Set<string>();

  constructor(ports: OutletPorts) {
    this.#ports = ports;
  }

  /** What of an event goes to one platform: to its customer, or to its desk. */
  lettersFor(platformId: string): (event: ChatEvent) => readonly EventLetter[] {
    const isOfCustomers = this.#ports.setup.customers.includes(platformId);
    return (event) => (isOfCustomers ? this.#toCustomer(event, platformId) : this.#toDesk(event, platformId));
  }

  readonly send = (letter: EventLetter): Promise<void> => {
    // A mark passes words that are still under way: it says nothing of how far the desk has them.
    return isMark(letter) ? this.#ports.desks.paced(letter.event, () => this.#send(letter)) : this.#send(letter);
  };

  /** Sends one letter once more. Rejects as the publisher does. */
  async again(event: ChatEvent, which: Recorded): Promise<void> {
    const letter = this.#letterOf(event, which);
    if (letter === undefined) return;
    await this.#put(letter);
    this.#count(letter);
  }

  #letterOf(event: ChatEvent, { n, direction }: Recorded): EventLetter | undefined {
    const { setup, around, desks } = this.#ports;
    if (direction === 'outbound') {
      const address = addressIn(event.chat.addresses[setup.name]);
      return address && lettersOf(event, direction, address, forCustomer(this.#asCustomerSees(event), around))[n];
    }
    const platformId = desks.platformOf(event.chat);
    if (platformId === undefined) return undefined;
    return lettersOf(event, direction, { platformId, userId: event.chatId }, forDesk(event, around))[n];
  }

  #toCustomer(event: ChatEvent, platformId: string): readonly EventLetter[] {
    const { setup, around } = this.#ports;
    const address = addressIn(event.chat.addresses[setup.name]);
    if (address?.platformId !== platformId) return [];
    const drafts = forCustomer(this.#asCustomerSees(event), around).filter(({ words }) =>
      this.#isNews(event, words.type),
    );
    if (event.type === 'ChatClosed') this.#done.delete(event.chatId);
    return lettersOf(event, 'outbound', address, drafts);
  }

  #toDesk(event: ChatEvent, platformId: string): readonly EventLetter[] {
    const { around, desks } = this.#ports;
    if (desks.platformOf(event.chat) !== platformId) return [];
    const letters = lettersOf(event, 'inbound', { platformId, userId: event.chatId }, forDesk(event, around));
    if (letters.some(isMark)) desks.reads(event);
    return letters;
  }

  #send(letter: EventLetter): Promise<void> {
    return this.#put(letter).then(
      () => this.#published(letter),
      (error: unknown) => this.#setAside(letter, error),
    );
  }

  #published(letter: EventLetter): void {
    const { customers, desks } = this.#ports;
    const { event, isLast, direction, address } = letter;
    this.#count(letter);
    if (!isLast || isMark(letter)) return;
    if (direction === 'outbound') customers.published(event, address);
    else desks.published(event, address.platformId);
  }

  /** What the broker does not take: the chat goes on without it. */
  #setAside({ event, n, direction, draft }: EventLetter, error: unknown): Promise<void> {
    const { tally, unsent } = this.#ports;
    if (error instanceof TooLarge) tally.count('too_large');
    const origin = { number: event.number, n, direction };
    return unsent.take({ type: draft.words.type, chatId: event.chatId, origin }, error);
  }

  #count({ draft }: EventLetter): void {
    this.#ports.tally.count(`out_${draft.words.type}`);
  }

  #put(letter: EventLetter): Promise<void> {
    const { words, picture } = letter.draft;
    return picture === undefined ? this.#write(letter, words) : this.#putPicture(letter, words, picture);
  }

  /** With its picture, or with a link where the picture is gone or more than the broker takes. */
  async #putPicture(letter: EventLetter, words: Words, picture: ImageBody): Promise<void> {
    const { core, tally } = this.#ports;
    try {
      await this.#write(letter, await this.#pictured(words, picture));
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      tally.count('too_large');
      core.log.error({ type: words.type }, 'an event is larger than the broker takes: it goes without its picture');
      await this.#write(letter, this.#linked(words, picture));
    }
  }

  #write({ event, n, direction, address }: EventLetter, words: Words): Promise<void> {
    const { carrier, post } = this.#ports;
    return carrier().publisher.send(post.recorded(event, n, { direction, address, words }));
  }

  async #pictured(words: Words, picture: ImageBody): Promise<Words> {
    const { core, setup } = this.#ports;
    return (await withPicture(words, picture, core.attachments, setup.workspaceId)) ?? this.#linked(words, picture);
  }

  #linked<Said extends object>(words: Said, picture: ImageBody): Said {
    const { core, setup } = this.#ports;
    return { ...words, text: pictureText(picture, core.attachments.link(setup.workspaceId, picture.attachmentId)) };
  }

  /** A filter may have changed it for him, or kept it from him. */
  #asCustomerSees(event: ChatEvent): ChatEvent {
    if (event.type !== 'MessagePosted' || Object.keys(event.message.variants).length === 0) return event;
    const { customer } = event.message.variants;
    if (customer === null) return { ...event, message: { ...event.message, visibility: 'desk' } };
    const seen = seenBy('customer', event);
    return seen.type === 'MessagePosted' ? seen : event;
  }

  /**
   * `agent_done` comes once: a chat that is closed after it was put away says nothing more. A bot of another application
   * is told of what comes back to it, not of the chat it begins by itself. [SERMO outbound/agent_done]
   */
  #isNews({ type, chatId, chat, by }: ChatEvent, word: string): boolean {
    if (word === 'handover_to_bot' && this.#ports.setup.externalBot) {
      return by.participantId === null || !chat.customerIds.includes(by.participantId);
    }
    if (word !== 'agent_done') this.#done.delete(chatId);
    if (word !== 'agent_done' || type === 'ChatClosed') return word !== 'agent_done' || !this.#done.has(chatId);
    this.#done.add(chatId);
    return true;
  }
}

function lettersOf(
  event: ChatEvent,
  direction: Direction,
  address: Address,
  drafts: readonly Draft<Words>[],
): readonly EventLetter[] {
  return drafts.map((draft, n) => ({ event, n, isLast: n === drafts.length - 1, direction, address, draft }));
}

/** Whether it says how far the customer has read. */
function isMark({ draft: { words } }: EventLetter): boolean {
  return words.type === 'messages_read';
}
