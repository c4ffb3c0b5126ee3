import { labelOf } from './label.js';
import type { CommandSeen, DeliverySeen, FrameSeen, Person, Sighting } from './sighting.js';

export type Side = 'customer' | 'desk';

interface Rung {
  readonly key: string;
  /** Ms since 1970. */
  readonly at: number;
  /** Since the last frame that came in, ms; null: it is one. */
  readonly sinceMs: number | null;
  readonly label: string;
}

/** Bytes between a client and the gateway. */
export interface FrameRung extends Rung {
  readonly kind: 'frame';
  readonly side: Side;
  readonly way: 'in' | 'out';
  readonly space: string;
  readonly data: string;
}

/** What somebody asked of the core. */
export interface CommandRung extends Rung {
  readonly kind: 'command';
  readonly side: Side;
  readonly space: string;
  readonly outcome: string;
  readonly tookMs: number;
  readonly detail: object;
}

/** What the core told everybody. */
export interface EventRung extends Rung {
  readonly kind: 'event';
  /** How often it was handed to a session. */
  readonly told: number;
  readonly isReplay: boolean;
  /** How long the store took for it; null: it is not stored. */
  readonly storedMs: number | null;
  readonly detail: object;
}

export type LadderRung = FrameRung | CommandRung | EventRung;

/** A chat that was seen. */
export interface SeenChat {
  readonly id: string;
  readonly name: string;
  /** Every space in which somebody takes part in it. */
  readonly spaces: readonly string[];
}

/** What a chat, or its customer, is called on any wire. */
interface Known extends SeenChat {
  readonly words: ReadonlySet<string>;
}

const isAbout = (seen: Sighting): seen is CommandSeen | DeliverySeen =>
  (seen.type === 'command' || seen.type === 'delivery') && seen.chatId !== null;

/** Whoever is only told that there is such a chat does not. */
const takesPart = (seen: CommandSeen | DeliverySeen): boolean =>
  seen.role !== 'monitor' && (seen.type === 'command' || seen.view !== 'lobby');

const sideOfRole = (role: CommandSeen['role']): Side => (role === 'customer' ? 'customer' : 'desk');

/** A session that stands for whoever asks says for which side it does. */
const sideOfCommand = ({ role, detail: { command } }: CommandSeen): Side =>
  sideOfRole(command.bySide === 'customer' ? 'customer' : role);

/** Every chat that somebody said or heard something of, the latest first. */
export function chatsIn(sightings: readonly Sighting[]): readonly Known[] {
  const known = chatsOf.get(sightings) ?? knownIn(sightings);
  chatsOf.set(sightings, known);
  return known;
}

/** What was found in a list, which never changes: it is asked for more than once. */
const chatsOf = new WeakMap<readonly Sighting[], readonly Known[]>();

function knownIn(sightings: readonly Sighting[]): readonly Known[] {
  const found = new Map<string, Known>();
  for (const seen of sightings) {
    if (!isAbout(seen) || seen.chatId === null) continue;
    const known = found.get(seen.chatId) ?? { id: seen.chatId, name: '', spaces: [], words: new Set([seen.chatId]) };
    found.delete(seen.chatId);
    found.set(seen.chatId, withNews(known, seen));
  }
  return [...found.values()].toReversed();
}

function withNews(known: Known, seen: CommandSeen | DeliverySeen): Known {
  const spaces = !takesPart(seen) || known.spaces.includes(seen.space) ? known.spaces : [...known.spaces, seen.space];
  const chat = seen.type === 'delivery' ? seen.detail.chat : undefined;
  if (seen.type === 'command' || chat === undefined) return { ...known, spaces };
  const customer = seen.detail.people?.[chat.customerId];
  const words = [String(chat.publicNumber), ...Object.values(chat.addresses), ...outsideIds(customer)];
  const name = chat.displayName || customer?.name || known.name || (outsideIds(customer)[0] ?? '');
  return { ...known, spaces, name, words: new Set([...known.words, ...words.flatMap((word) => word.split('/'))]) };
}

const outsideIds = (person: Person | undefined): readonly string[] =>
  person?.identities.map(({ externalId }) => externalId) ?? [];

/** Before a chat was known by its id: frames this much earlier may have led to it, ms. */
const leadMs = 300;

/** What happened in one chat, in order: frames, commands and events of both sides. */
export function rungsOf(sightings: readonly Sighting[], chatId: string): readonly LadderRung[] {
  const chats = chatsIn(sightings);
  const chat = chats.find(({ id }) => id === chatId);
  if (chat === undefined) return [];
  const foreign = new Set(chats.filter((one) => one !== chat).flatMap(({ words }) => [...words]));
  const isOurs = framesOf(sightings, chat, foreign);
  const rungs = new Map<string, LadderRung>();
  const commands = new Map<string, CommandSeen>();
  for (const seen of sightings) if (seen.type === 'command' && seen.commandId) commands.set(seen.commandId, seen);
  let storedMs: number | null = null;
  for (const seen of sightings) {
    if (seen.type === 'commit') storedMs = seen.tookMs;
    else if (seen.type === 'frame') {
      const side = isOurs(seen);
      if (side !== undefined) rungs.set(keyOf(seen), frameRung(seen, side));
    } else if (isAbout(seen) && seen.chatId === chatId) {
      const cause = seen.commandId == null ? undefined : commands.get(seen.commandId);
      if (cause !== undefined) addCommand(rungs, cause);
      if (seen.type === 'command') addCommand(rungs, seen);
      else addEvent(rungs, seen, storedMs);
    }
  }
  return timed([...rungs.values()]);
}

/** The clocks of frames are those of the wire: what seems to be before its cause took no time. */
function timed(rungs: readonly LadderRung[]): readonly LadderRung[] {
  let from: number | undefined;
  return rungs.map((rung) => {
    if (rung.kind === 'frame' && rung.way === 'in') from = rung.at;
    const sinceMs = rung.kind === 'frame' && rung.way === 'in' ? null : Math.max(0, rung.at - (from ?? rung.at));
    return { ...rung, sinceMs };
  });
}

/** A command is answered after all it led to was told; it is shown before. */
function addCommand(rungs: Map<string, LadderRung>, seen: CommandSeen): void {
  const { at, command: label, commandId, space, outcome, tookMs, detail, sessionId } = seen;
  const key = `c${commandId ?? `${sessionId}${at}${label}`}`;
  if (rungs.has(key)) return;
  rungs.set(key, {
    kind: 'command',
    key,
    at,
    sinceMs: null,
    label,
    side: sideOfCommand(seen),
    space,
    outcome,
    tookMs,
    detail,
  });
}

function addEvent(rungs: Map<string, LadderRung>, seen: DeliverySeen, storedMs: number | null): void {
  const { at, event: label, eventId, isReplay, sessionId, detail } = seen;
  const key = `e${isReplay ? sessionId : ''}${eventId ?? `${at}${label}`}`;
  const known = rungs.get(key);
  const told = known?.kind === 'event' ? known.told + 1 : 1;
  const stored = known?.kind === 'event' ? known.storedMs : eventId === undefined || isReplay ? null : storedMs;
  rungs.set(key, { kind: 'event', key, at, sinceMs: null, label, told, isReplay, storedMs: stored, detail });
}

const keys = new WeakMap<FrameSeen, string>();
let frameCount = 0;

/** The same for the same frame, however many before it are forgotten. */
function keyOf(seen: FrameSeen): string {
  const key = keys.get(seen) ?? `f${(frameCount += 1)}`;
  keys.set(seen, key);
  return key;
}

function frameRung(seen: FrameSeen, side: Side): FrameRung {
  const { at, space, way, data } = seen;
  return { kind: 'frame', key: keyOf(seen), at, sinceMs: null, label: labelOf(data), side, way, space, data };
}

/** Tells to which side a frame of this chat belongs; undefined: it is of another chat, or of none. */
function framesOf(
  sightings: readonly Sighting[],
  chat: Known,
  foreign: ReadonlySet<string>,
): (frame: FrameSeen) => Side | undefined {
  const about = sightings.filter((seen) => isAbout(seen) && seen.chatId === chat.id);
  const from = (about[0]?.at ?? Infinity) - leadMs;
  const sides = new Map<string, Side>();
  for (const seen of about) {
    if (isAbout(seen) && takesPart(seen) && seen.connectionId !== null)
      sides.set(seen.connectionId, sideOfRole(seen.role));
  }
  const guess = sideByWords();
  const mentions = (data: string, words: ReadonlySet<string>): boolean =>
    [...words].some((word) => data.includes(word));
  return (frame) => {
    if (frame.at < from || isHeartbeat(frame.data)) return undefined;
    const known = frame.connectionId === null ? undefined : sides.get(frame.connectionId);
    if (known !== undefined) {
      return mentions(frame.data, chat.words) || !mentions(frame.data, foreign) ? known : undefined;
    }
    const side = guess(frame);
    return chat.spaces.includes(frame.space) && mentions(frame.data, chat.words) ? side : undefined;
  };
}

/** Frames without a session of their own: what was said on the connection before tells whose it is. */
function sideByWords(): (frame: FrameSeen) => Side {
  const sides = new Map<string, Side>();
  return ({ space, connectionId, way, data }) => {
    const key = connectionId ?? `${space}:requests`;
    const isDesk = way === 'in' && (data.includes('"type":"manager"') || data.includes('"/service/*"'));
    // Each request speaks for itself, and its answer follows it; a connection stays whose it is.
    if (isDesk) sides.set(key, 'desk');
    else if (way === 'in' && connectionId === null) sides.set(key, 'customer');
    return sides.get(key) ?? 'customer';
  };
}

function isHeartbeat(data: string): boolean {
  return data.includes('"/meta/connect"') || data.includes('"heartbeat"') || data.includes('["phoenix"');
}
