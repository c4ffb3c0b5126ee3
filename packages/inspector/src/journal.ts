import type { ChatEvent, ChatId, FrameSeen, Message, MessageId, Sighting } from '@dragoman/core';
import { createClientsSeen, type ClientSeen } from './clients-seen.js';
import { createFrameFinder, type Frame } from './frames.js';

/** One step of a message on its way. */
export interface Hop {
  /** Ms since epoch. */
  readonly at: number;
  /** A client asked for it, an adapter was handed it, a frame with its words went out, the client's carrier took it. */
  readonly what: 'asked' | 'handed' | 'framed' | 'written';
  readonly space: string;
  readonly participantId: string;
  readonly role: string;
  /** How long the command took, ms; null: it was none. */
  readonly tookMs: number | null;
  /** Handed over after the client came back. */
  readonly isReplay: boolean;
  /** What it came or went in; null: none was seen. */
  readonly frame: Frame | null;
}

/** What an adapter's clients asked for. */
export interface Asked {
  readonly commands: number;
  /** By code. */
  readonly refused: ReadonlyMap<string, number>;
}

/** What is kept of what happens, in memory, since the start: the store keeps the rest. */
export interface Journal {
  readonly observe: (sighting: Sighting) => void;
  /** In order. */
  hopsOf(messageId: MessageId): readonly Hop[];
  /** The latest message that a client called so; undefined: none since the start. */
  namedBy(clientId: string): MessageId | undefined;
  readonly clients: readonly ClientSeen[];
  askedOf(space: string): Asked;
}

/** The oldest messages are forgotten first. */
const maxMessages = 5000;
/** Steps of one message. */
const maxHops = 100;
/** Sessions that were handed something and did not say that it is written. */
const maxUnwritten = 5000;
/** Messages of each of them. */
const maxUnwrittenEvents = 100;

type MessagePosted = Extract<ChatEvent, { type: 'MessagePosted' }> & { readonly chatId: ChatId };
type Handed = Extract<Sighting, { type: 'delivery' }>;
type Answered = Extract<Sighting, { type: 'command' }>;
type Written = Extract<Sighting, { type: 'written' }>;

const messagesOf = (events: readonly { readonly type: string }[]): readonly MessagePosted[] =>
  events.filter((event): event is MessagePosted => event.type === 'MessagePosted' && 'message' in event);

/** What a frame with it surely holds; undefined: that differs from protocol to protocol. */
const wordsOf = ({ body }: Message): string | undefined =>
  body.kind === 'text' && body.text !== '' ? body.text : undefined;

/** `readable`: bytes as text that may be shown. */
export function createJournal(readable: (data: FrameSeen['data']) => string): Journal {
  const hops = new Map<MessageId, Hop[]>();
  const named = new Map<string, MessageId>();
  const unwritten = new Map<string, MessagePosted[]>();
  const clients = createClientsSeen();
  const frames = createFrameFinder(readable);
  const asked = new Map<string, { commands: number; refused: Map<string, number> }>();

  function add({ id, clientId }: Message, hop: Hop): void {
    const known = hops.get(id) ?? [];
    if (known.length < maxHops) known.push(hop);
    hops.set(id, known);
    if (clientId !== null) named.set(String(clientId.value), id);
    for (const all of [hops, named]) forgetOldest(all, maxMessages);
  }

  function answered(seen: Answered): void {
    const { at, space, tookMs, outcome } = seen;
    const told = asked.get(space) ?? { commands: 0, refused: new Map<string, number>() };
    asked.set(space, told);
    told.commands += 1;
    if (!outcome.ok) {
      const { code } = outcome.rejection;
      told.refused.set(code, (told.refused.get(code) ?? 0) + 1);
      return;
    }
    for (const { message } of messagesOf(outcome.events)) {
      const words = wordsOf(message);
      const frame = words === undefined ? undefined : frames.cameWith(words, seen);
      add(message, { ...hopOf(seen, 'asked'), at: at - tookMs, tookMs, frame: frame ?? null });
    }
  }

  function handed(seen: Handed): void {
    if (seen.role === 'monitor') return;
    for (const event of messagesOf([seen.event])) {
      const { message } = event;
      add(message, { ...hopOf(seen, 'handed'), isReplay: seen.isReplay });
      const words = wordsOf(message);
      if (words !== undefined) {
        frames.await(words, seen, (frame) => add(message, { ...hopOf(seen, 'framed'), at: frame.at, frame }));
      }
      const waiting = unwritten.get(seen.sessionId) ?? [];
      waiting.push(event);
      if (waiting.length > maxUnwrittenEvents) waiting.shift();
      unwritten.set(seen.sessionId, waiting);
      forgetOldest(unwritten, maxUnwritten);
    }
  }

  function written(seen: Written): void {
    const waiting = unwritten.get(seen.sessionId) ?? [];
    const isOut = ({ chatId, version }: MessagePosted): boolean => chatId === seen.chatId && version <= seen.version;
    for (const { message } of waiting.filter(isOut)) add(message, hopOf(seen, 'written'));
    const left = waiting.filter((event) => !isOut(event));
    if (left.length === 0) unwritten.delete(seen.sessionId);
    else unwritten.set(seen.sessionId, left);
  }

  return {
    observe(sighting) {
      if (sighting.type === 'frame') frames.seen(sighting);
      else if (sighting.type === 'command') answered(sighting);
      else if (sighting.type === 'delivery') handed(sighting);
      else if (sighting.type === 'written') written(sighting);
      else if (sighting.type === 'session-ended') unwritten.delete(sighting.sessionId);
      else if (sighting.type === 'connection-opened') clients.opened(sighting);
      else if (sighting.type === 'connection-closed') clients.closed(sighting);
    },
    hopsOf: (messageId) => (hops.get(messageId) ?? []).toSorted((one, other) => one.at - other.at),
    namedBy: (clientId) => named.get(clientId),
    get clients() {
      return clients.all;
    },
    askedOf: (space) => asked.get(space) ?? { commands: 0, refused: new Map() },
  };
}

function hopOf({ at, space, participantId, role }: Handed | Answered | Written, what: Hop['what']): Hop {
  return { at, what, space, participantId, role, tookMs: null, isReplay: false, frame: null };
}

function forgetOldest(all: Map<string, unknown>, most: number): void {
  const [oldest] = all.size > most ? all.keys() : [];
  if (oldest !== undefined) all.delete(oldest);
}
