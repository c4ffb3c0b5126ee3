import type { Adapter, Capabilities, TokenVerifier } from '@dragoman/core';
import type { Program } from '../../programs.js';

/**
 * Somebody at a real client of a dialect. What a dialect cannot say or show is absent. The client comes back by itself when
 * it is cut off, says again what was not answered, and shows nothing twice, as far as its protocol lets it.
 */
export interface Person {
  /** Resolves when the client knows that it arrived; rejects when it was refused. */
  say(text: string): Promise<void>;
  /** What others said, each time it was shown, oldest first. */
  heard(): readonly string[];
  /** Words whose answer was cut off, and that the client had to say again without knowing whether they had arrived. */
  readonly unsure?: () => readonly string[];
  /** What was shown twice because it came so shortly before the line was cut that the server could not know. */
  readonly again?: () => readonly string[];
  /** What it is told has no ids: what a gateway that was killed tells again it cannot know, and shows again. */
  readonly hearsWithoutIds?: true;
  /** Begins to type: `draft`, where what is being typed is told. */
  readonly type?: () => Promise<void>;
  readonly tellsDrafts?: true;
  /** The most that was shown of the other side's typing. */
  readonly typing?: () => 'nothing' | 'sign' | 'dots' | 'draft';
  /** Tells that everything heard so far was read. */
  readonly read?: () => Promise<void>;
  /** It tells so of everything up to a time, not of single messages. */
  readonly readsUpTo?: true;
  /** The furthest that any of one's own words came, as it was shown. */
  readonly receipt?: () => 'sent' | 'delivered' | 'read';
  /** Which receipts `receipt` shows, and how. */
  readonly receipts?: { readonly delivered?: 'exact'; readonly read: 'exact' | 'watermark' };
  /** Whether this client tells what it has received, as it receives it. */
  readonly confirms?: true;
  /** Sends a picture; with words below it where `captions` says so. */
  readonly picture?: (bytes: Uint8Array, caption: string) => Promise<void>;
  readonly captions?: true;
  /** What was shown as a picture. */
  readonly pictures?: () => readonly Picture[];
  /** Sends something beside words. */
  readonly custom?: () => Promise<void>;
  /** How many such things were shown. */
  readonly customs?: () => number;
  /** Lines that nobody said: of the system, or of a desk. */
  readonly notices?: () => readonly string[];
  /** Whether it was shown that the chat has an operator; to an operator, that it is his. */
  readonly isServed?: () => boolean;
  /** By what that is shown: the chat's own status, who has the word in it, or both. */
  readonly shows?: 'lifecycle' | 'control' | 'both';
  /** Whether the end of the chat was shown. */
  readonly isOver?: () => boolean;
  /** The place in the queue, as it was shown last. */
  readonly place?: () => number | undefined;
  /** Whether it was shown that the customer is there, or that he has gone. */
  readonly sawPresence?: () => boolean;
  /** Tells the customer his place in a queue of the operator's own. */
  readonly placeAt?: (place: number) => Promise<void>;
  readonly tellNotice?: (text: string) => Promise<void>;
  /** Turns to the chat he has. Absent: his client does so by itself. */
  readonly open?: () => Promise<void>;
  /** Takes the chat that was offered last. */
  readonly claim?: () => Promise<void>;
  /** Whether he was told of a chat that is not his. Absent: he may claim at any time. */
  readonly isOffered?: () => boolean;
  /** Listens in, and may speak, in the newest chat there is. */
  readonly joinIn?: () => Promise<void>;
  /** Gives the chat to the colleague with this id. */
  readonly transfer?: (colleague: string) => Promise<void>;
  /** Puts the chat back into the queue. */
  readonly release?: () => Promise<void>;
  /** Ends the chat. */
  readonly end?: () => Promise<void>;
  readonly reopen?: () => Promise<void>;
  hangUp(): Promise<void>;
}

export interface Picture {
  /** The words below it. */
  readonly caption: string;
  /** Its bytes in base64, or its address. */
  readonly source: string;
}

/** What people type and do not send. */
export const draft = 'hel';

/** Where a protocol shows lines that nobody said as if somebody had, people tell them apart by their words. */
export const isNotice = (text: string): boolean => /^(?:notice|place):/.test(text);

/** Where a gateway that speaks every dialect is reached. */
export interface Gateway {
  readonly url: string;
  /** Of the message broker, where there is one. */
  readonly broker?: string | undefined;
  /** Makes what this gateway declares on the broker its own. */
  readonly mark: string;
  /** Where the adapter of this dialect listens on this machine, if it does so itself. */
  readonly port?: number | undefined;
}

/** An adapter that is none of the gateway's own, and listens by itself. */
export interface Guest {
  /** As people call its dialect. */
  readonly title: string;
  readonly capabilities: Capabilities;
  /** `port` 0: any free one, which the adapter tells once it has started. */
  adapter(options: GuestOptions): Adapter & { readonly port: number | undefined };
}

export interface GuestOptions {
  readonly port: number;
  readonly workspaceId: string;
  readonly verify: TokenVerifier;
}

/** The people of one dialect, on the sides it has. The same id is the same person. */
export interface Dialect {
  /** As in the config; of a guest, the name of its adapter. */
  readonly name: string;
  /** Absent: the gateway has the adapter. */
  readonly guest?: Guest;
  /** What it talks through. Default: nothing but the gateway. */
  readonly needs?: Program;
  /** Its operators are a desk behind queues, which is there whether or not anybody sits at it. */
  readonly desk?: { readonly space: string; readonly externalId: string };
  readonly customer?: (gateway: Gateway, id: string) => Promise<Person>;
  /** Ready to be given a chat once resolved. */
  readonly operator?: (gateway: Gateway, id: string) => Promise<Person>;
}
