import type { Fields } from '../participant.js';
import type { FrameSeen, Observe, Sighting } from '../observe.js';
import type { Clock, Ids, Log, LogLine } from '../ports.js';
import { systemIds } from '../system.js';

/** A clock that stands still until it is told to move. */
export interface FixedClock extends Clock {
  /** Moves on by so many ms and runs what falls due on the way, earliest first, each at its own time; also what those set. */
  advance(ms: number): void;
  /** How many timers are set. */
  readonly waiting: number;
}

interface Alarm {
  readonly dueAt: number;
  readonly run: () => void;
}

/** Starts at 2026-01-01T00:00:00Z unless another time is given, ms since epoch. */
export function createFixedClock(startAt: number = Date.UTC(2026, 0, 1)): FixedClock {
  const alarms = new Set<Alarm>();
  let now = startAt;

  function nextUpTo(end: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of alarms) {
      if (alarm.dueAt <= end && (next === undefined || alarm.dueAt < next.dueAt)) next = alarm;
    }
    return next;
  }

  return {
    now: () => now,
    monotonic: () => now - startAt,
    after(ms, run) {
      const alarm = { dueAt: now + Math.max(0, ms), run };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    advance(ms) {
      const end = now + ms;
      for (let alarm = nextUpTo(end); alarm !== undefined; alarm = nextUpTo(end)) {
        alarms.delete(alarm);
        now = alarm.dueAt;
        alarm.run();
      }
      now = end;
    },
    get waiting() {
      return alarms.size;
    },
  };
}

/** Ids that count from 1, each kind by itself; what is computed from other words is the machine's own. */
export function createCountingIds(): Ids {
  const counts = new Map<string, number>();
  const next = (kind: string): number => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count;
  };
  const uuid = (kind: string, mark: string): string =>
    `${mark.repeat(8)}-0000-7000-8000-${next(kind).toString(16).padStart(12, '0')}`;

  return {
    chat: () => uuid('chat', 'c'),
    command: () => uuid('command', 'd'),
    event: () => uuid('event', 'e'),
    session: () => uuid('session', '5'),
    publicNumber: () => 2 ** 40 + next('number'),
    secret: (bytes) =>
      next('secret')
        .toString(16)
        .padStart(bytes * 2, '0'),
    derive: systemIds.derive,
    digest: systemIds.digest,
  };
}

/** One line that was logged. */
export interface LoggedLine {
  readonly level: keyof Log;
  readonly facts: Fields;
  readonly message: string;
}

/** A log that keeps its lines, oldest first. */
export interface CollectingLog extends Log {
  readonly lines: readonly LoggedLine[];
}

export function createCollectingLog(): CollectingLog {
  const lines: LoggedLine[] = [];
  const at =
    (level: keyof Log): LogLine =>
    (facts, message) =>
      void lines.push({ level, facts, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Keeps what it is shown. */
export interface Lookout {
  readonly observe: Observe;
  /** All of one type so far, in order. */
  of<Type extends Sighting['type']>(type: Type): readonly Extract<Sighting, { type: Type }>[];
  /** What went one way over the wire, as text. */
  frames(way: FrameSeen['way']): readonly string[];
}

export function createLookout(): Lookout {
  const seen: Sighting[] = [];
  const of = <Type extends Sighting['type']>(type: Type): readonly Extract<Sighting, { type: Type }>[] =>
    seen.filter((sighting): sighting is Extract<Sighting, { type: Type }> => sighting.type === type);
  return {
    observe: (sighting) => void seen.push(sighting),
    of,
    frames: (way) =>
      of('frame')
        .filter((frame) => frame.way === way)
        .map(({ data }) => (typeof data === 'string' ? data : new TextDecoder().decode(data))),
  };
}
