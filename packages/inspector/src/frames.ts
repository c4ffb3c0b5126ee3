import type { FrameSeen } from '@dragoman/core';

/** Bytes as they crossed, as text that may be shown; the end of a long one is missing. */
export interface Frame {
  readonly at: number;
  readonly text: string;
  readonly isCut: boolean;
}

/** Where a frame is to be looked for. */
export interface Whereabouts {
  readonly space: string;
  /** Null: on any connection of the space. */
  readonly connectionId: string | null;
}

/** Finds the frames that carry given words. No protocol says which message a frame is: what is in it does. */
export interface FrameFinder {
  seen(frame: FrameSeen): void;
  /** The newest that came with these words; undefined: none that is still known. */
  cameWith(words: string, where: Whereabouts): Frame | undefined;
  /** Tells once of the next that goes out with these words, unless too many others are awaited. */
  await(words: string, where: Whereabouts, found: (frame: Frame) => void): void;
}

/** Frames that came, remembered for each space. */
const maxRecent = 200;
/** Longer frames, UTF-16 units or bytes, are not looked into. */
const maxUnits = 65_536;
/** Messages whose frame has not gone out, for each connection; the oldest is given up first. */
const maxAwaited = 100;
/** Connections of such messages. */
const maxConnections = 5_000;
/** Of a frame, so many UTF-16 units are shown. */
const shownUnits = 2_000;

interface Awaited {
  readonly forms: readonly string[];
  readonly found: (frame: Frame) => void;
}

/** Words as they stand in a frame: as they are, in JSON, and in JSON inside of JSON. */
function formsOf(words: string): readonly string[] {
  const once = JSON.stringify(words).slice(1, -1);
  return [...new Set([words, once, JSON.stringify(once).slice(1, -1)])];
}

const keyOf = ({ space, connectionId }: Whereabouts): string => JSON.stringify([space, connectionId]);

/** `readable` makes text of bytes, without the credentials in them. */
export function createFrameFinder(readable: (data: FrameSeen['data']) => string): FrameFinder {
  const recent = new Map<string, FrameSeen[]>();
  const awaited = new Map<string, Awaited[]>();

  const carries = ({ data }: FrameSeen, forms: readonly string[]): boolean => {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    return forms.some((form) => text.includes(form));
  };

  function shown({ at, data }: FrameSeen): Frame {
    const text = readable(data);
    return { at, text: text.slice(0, shownUnits), isCut: text.length > shownUnits };
  }

  function came(frame: FrameSeen): void {
    const frames = recent.get(frame.space) ?? [];
    recent.set(frame.space, frames);
    frames.push(frame);
    if (frames.length > maxRecent) frames.shift();
  }

  function went(frame: FrameSeen): void {
    for (const connectionId of new Set([frame.connectionId, null])) {
      const key = keyOf({ space: frame.space, connectionId });
      const all = awaited.get(key) ?? [];
      const index = all.findIndex(({ forms }) => carries(frame, forms));
      const [one] = index < 0 ? [] : all.splice(index, 1);
      if (all.length === 0) awaited.delete(key);
      one?.found(shown(frame));
    }
  }

  return {
    seen(frame) {
      if (frame.data.length > maxUnits) return;
      if (frame.way === 'in') came(frame);
      else if (awaited.size > 0) went(frame);
    },
    cameWith(words, { space, connectionId }) {
      const forms = formsOf(words);
      const isThere = (frame: FrameSeen): boolean =>
        (connectionId === null || frame.connectionId === connectionId) && carries(frame, forms);
      const found = recent.get(space)?.findLast(isThere);
      return found && shown(found);
    },
    await(words, where, found) {
      const key = keyOf(where);
      const all = awaited.get(key) ?? [];
      all.push({ forms: formsOf(words), found });
      if (all.length > maxAwaited) all.shift();
      awaited.delete(key);
      awaited.set(key, all);
      const [oldest] = awaited.size > maxConnections ? awaited.keys() : [];
      if (oldest !== undefined) awaited.delete(oldest);
    },
  };
}
