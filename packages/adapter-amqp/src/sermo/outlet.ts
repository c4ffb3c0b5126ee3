import { pictureText, type ChatEvent, type ChatId, type Core, type ImageBody } from '@dragoman/core';
import { seenBy } from '@dragoman/core/domain';
import { TooLarge, type Carrier, type Letter } from '../transport.js';
import { withPicture } from './bodies.js';
import type { Customers } from './customers.js';
import type { Desks } from './desks.js';
import type { Address, InboundWords, OutboundWords } from './frames.js';
import { addressIn } from './keys.js';
import type { Post } from './letters.js';
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

type Send = () => Promise<void>;

/** Which letter of which event it is. */
export type Recorded = Extract<Origin, { readonly number: number }>;

/** How one draft becomes a letter. */
interface Way<Words> {
  readonly chatId: ChatId;
  readonly origin: Recorded;
  readonly letterOf: (words: Words) => Letter;
  /** The broker has it. */
  readonly published?: () => void;
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
  lettersFor(platformId: string): (event: ChatEvent) => readonly Send[] {
    const isOfCustomers = this.#ports.setup.customers.includes(platformId);
    return (event) => (isOfCustomers ? this.#toCustomer(event, platformId) : this.#toDesk(event, platformId));
  }

  /** Sends one letter once more. Rejects as the publisher does. */
  async again(event: ChatEvent, { n, direction }: Recorded): Promise<void> {
    const { setup, around, desks } = this.#ports;
    const address = addressIn(event.chat.addresses[setup.name]);
    const platformId = desks.platformOf(event.chat);
    if (direction === 'outbound' && address !== undefined) {
      const draft = forCustomer(this.#asCustomerSees(event), around)[n];
      if (draft !== undefined) await this.#put(draft, this.#wayToCustomer(event, n, address));
    } else if (direction === 'inbound' && platformId !== undefined) {
      const draft = forDesk(event, around)[n];
      if (draft !== undefined) await this.#put(draft, this.#wayToDesk(event, n, platformId));
    }
  }

  #toCustomer(event: ChatEvent, platformId: string): readonly Send[] {
    const { setup, around, customers } = this.#ports;
    const address = addressIn(event.chat.addresses[setup.name]);
    if (address?.platformId !== platformId) return [];
    const drafts = forCustomer(this.#asCustomerSees(event), around).filter(({ words }) =>
      this.#isNews(event, words.type),
    );
    if (event.type === 'ChatClosed') this.#done.delete(event.chatId);
    return drafts.map((draft, n) => () => {
      const way = this.#wayToCustomer(event, n, address);
      return this.#send(
        draft,
        n < drafts.length - 1 ? way : { ...way, published: () => customers.published(event, address) },
      );
    });
  }

  #toDesk(event: ChatEvent, platformId: string): readonly Send[] {
    const { around, desks } = this.#ports;
    if (desks.platformOf(event.chat) !== platformId) return [];
    const drafts = forDesk(event, around);
    if (drafts[0]?.words.type === 'messages_read') desks.reads(event);
    return drafts.map((draft, n) => () => {
      const way = this.#wayToDesk(event, n, platformId);
      // A mark passes words that are still under way: it says nothing of how far the desk has them.
      if (draft.words.type === 'messages_read') return desks.paced(event, () => this.#send(draft, way));
      return this.#send(
        draft,
        n < drafts.length - 1 ? way : { ...way, published: () => desks.published(event, platformId) },
      );
    });
  }

  #wayToCustomer(event: ChatEvent, n: number, address: Address): Way<OutboundWords> {
    const direction = 'outbound';
    const letterOf = (words: OutboundWords): Letter =>
      this.#ports.post.recorded(event, n, { direction, address, words });
    return { chatId: event.chatId, origin: { number: event.number, n, direction }, letterOf };
  }

  #wayToDesk(event: ChatEvent, n: number, platformId: string): Way<InboundWords> {
    const direction = 'inbound';
    const address: Address = { platformId, userId: event.chatId };
    const letterOf = (words: InboundWords): Letter =>
      this.#ports.post.recorded(event, n, { direction, address, words });
    return { chatId: event.chatId, origin: { number: event.number, n, direction }, letterOf };
  }

  /** What the broker does not take is set aside, and the chat goes on. */
  async #send<Words extends { readonly type: string }>(draft: Draft<Words>, way: Way<Words>): Promise<void> {
    try {
      await this.#put(draft, way);
    } catch (error) {
      const { chatId, origin } = way;
      return this.#ports.unsent.take({ type: draft.words.type, chatId, origin }, error);
    }
    way.published?.();
  }

  /** With its picture, or with a link where the picture is gone or more than the broker takes. */
  async #put<Words extends { readonly type: string }>(
    { words, picture }: Draft<Words>,
    { letterOf }: Way<Words>,
  ): Promise<void> {
    const { core, setup, carrier, tally } = this.#ports;
    const { publisher } = carrier();
    try {
      const whole = picture && (await withPicture(words, picture, core.attachments, setup.workspaceId));
      if (picture === undefined || whole !== undefined) await publisher.send(letterOf(whole ?? words));
      else await publisher.send(letterOf(this.#linked(words, picture)));
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      tally.count('too_large');
      if (picture === undefined) throw error;
      core.log.error({ type: words.type }, 'an event is larger than the broker takes: it goes without its picture');
      await publisher.send(letterOf(this.#linked(words, picture)));
    }
    tally.count(`out_${words.type}`);
  }

  #linked<Words extends object>(words: Words, picture: ImageBody): Words {
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
