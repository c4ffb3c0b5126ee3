import type { Core, Delivery, Happening, Session, View } from '@dragoman/core';
import { readAgainFrames, toFrames, type Output, type ReadAgain, type Words } from './convead/translate.js';
import { eventFrame, type EventFrame, type Mark } from './event-frame.js';
import { participantId, type Person } from './people.js';
import type { BayeuxSession } from './sessions.js';

/** A page of the history is at most so long. */
const maxPage = 1000;

export interface OutboundOptions {
  readonly core: Core;
  readonly words: Words;
  /** Back ends and open sessions that stand for nobody in particular. */
  readonly observers: ReadonlySet<BayeuxSession>;
  /** Whether a message is sent again when it is read. */
  readonly showsReading: boolean;
  readonly publish: (frame: EventFrame) => void;
  readonly send: (session: BayeuxSession, frame: EventFrame) => void;
  /** Whether this very event, made anew, is on its way to the session already. */
  readonly awaits: (session: BayeuxSession, frame: EventFrame) => boolean;
}

/** From the core's deliveries to channels. Every event is encoded once for each view, however many hear it. */
export interface Outbound {
  toPerson(person: Person, delivery: Delivery): void;
  /** The one session that hears everything; what it hears of conversations is published for all. */
  toObservers(observer: Session, delivery: Delivery): void;
}

/** One output, its frame shared. */
type Ready =
  { readonly frame: EventFrame; readonly isForAll: boolean; readonly unlessOn: string | undefined } | ReadAgain;

export function createOutbound(options: OutboundOptions): Outbound {
  const { core, words, observers, publish, send, awaits } = options;
  const ready = createCache<View, readonly Ready[]>();
  const frames = createCache<string, EventFrame>();
  const readAgain = createCache<View, Promise<readonly EventFrame[]>>();

  function readyFor({ event, view }: Delivery): readonly Ready[] {
    return ready(event, view, () => toFrames(event, view, words).map((output) => readyOutput(output, event)));
  }

  /** All views of one event say the same on one channel. */
  function readyOutput(output: Output, event: Happening): Ready {
    if (output.kind === 'read-again') return output;
    const { channel, data, unlessOn } = output;
    const frame = frames(event, channel, () => eventFrame(channel, data, markOf(event)));
    return { frame, isForAll: data.entity === 'conversation', unlessOn };
  }

  function sendTo(listeners: Iterable<BayeuxSession>, frame: EventFrame): void {
    for (const listener of listeners) if (listener.channels.has(frame.channel)) send(listener, frame);
  }

  /** What nobody was written yet may still be on its way to some, whose connection was away for a moment. */
  function sendMissed(listeners: Iterable<BayeuxSession>, frame: EventFrame): void {
    sendTo(
      [...listeners].filter((listener) => !awaits(listener, frame)),
      frame,
    );
  }

  /** The same words for everybody of one view: fetched by whoever of them comes first. */
  function sendReadAgain(
    reader: Session,
    { event, view }: Delivery,
    hole: ReadAgain,
    listeners: Iterable<BayeuxSession>,
  ): void {
    if (!options.showsReading) return;
    const again = readAgain(event, view, () => fetchReadAgain(reader, hole));
    void again.then((found) => found.forEach((frame) => sendTo(listeners, frame)));
  }

  async function fetchReadAgain(reader: Session, hole: ReadAgain): Promise<readonly EventFrame[]> {
    const { chat, ranges, beforeNumber } = hole;
    const oldest = ranges[0]?.[0] ?? chat.lastSeq;
    const page = { beforeNumber, limit: Math.min(chat.lastSeq - oldest + 1, maxPage) };
    try {
      const { entries } = await core.transcript(reader, { chatId: chat.id }, page);
      return readAgainFrames(hole, entries, words).map(({ channel, data }) => eventFrame(channel, data));
    } catch (error) {
      core.log.error({ chatId: chat.id, error: String(error) }, 'messages could not be shown as read');
      return [];
    }
  }

  return {
    toPerson(person, delivery) {
      if (isOthersNow(person, delivery)) return;
      const tell = delivery.isReplay ? sendMissed : sendTo;
      for (const one of readyFor(delivery)) {
        if ('kind' in one) sendReadAgain(person.session, delivery, one, person.listeners);
        else if (!one.isForAll && !isHeardOn(person.listeners, one.unlessOn)) tell(person.listeners, one.frame);
      }
    },
    toObservers(observer, delivery) {
      for (const one of readyFor(delivery)) {
        if ('kind' in one) sendReadAgain(observer, delivery, one, observers);
        else if (one.isForAll) publish(one.frame);
        else if (one.unlessOn === undefined) sendTo(observers, one.frame);
      }
    },
  };
}

function markOf(event: Happening): Mark | undefined {
  return event.type === 'MessagePosted' ? { chatId: event.chatId, version: event.version } : undefined;
}

/** A manager who had the conversation stays subscribed, and hears no more of it. */
function isOthersNow(person: Person, { event, isReplay }: Delivery): boolean {
  if (person.type !== 'manager' || isReplay || !('chat' in event)) return false;
  return event.chat.assigneeId !== null && event.chat.assigneeId !== participantId(person);
}

function isHeardOn(listeners: Iterable<BayeuxSession>, channel: string | undefined): boolean {
  if (channel === undefined) return false;
  for (const listener of listeners) if (listener.channels.has(channel)) return true;
  return false;
}

/** What was made of an event for a view or a channel; gone with the event. */
function createCache<Key, Value>(): (event: Happening, key: Key, make: () => Value) => Value {
  const made = new WeakMap<Happening, Map<Key, Value>>();
  return (event, key, make) => {
    const known = made.get(event);
    const byKey = known ?? new Map<Key, Value>();
    if (known === undefined) made.set(event, byKey);
    const found = byKey.get(key);
    if (found !== undefined) return found;
    const value = make();
    byKey.set(key, value);
    return value;
  };
}
