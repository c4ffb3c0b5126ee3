import type { Frame, Load } from '../transport.js';
import type { Ear } from './hearing.js';
import { partIds, type Posted, type Shown } from './message.js';
import { replayLimits } from './options.js';

/** A message that is put into frames when its turn comes; with a `state` it is one that can be confirmed. */
export interface Parcel {
  readonly event: Posted;
  readonly shown: Omit<Shown, 'space'>;
}

export type Piece = Frame | Parcel;

/** Brings somebody what was not said just now: all of it, in order, and pictures no faster than he takes them. */
export interface Porter {
  /** Whatever is sent from now on waits until all of it is sent. */
  bring(pieces: readonly Piece[] | Promise<readonly Piece[]>): void;
  /** What has not been sent by now stays, and counts as not sent. */
  stop(): void;
}

/** How many frames become of these. */
export function countFrames(pieces: readonly Piece[], space: string): number {
  return pieces.reduce((sum, piece) => sum + ('event' in piece ? partIds(piece.event, space).length : 1), 0);
}

export function createPorter({ peer, seat, desk, sent }: Ear): Porter {
  const underWay = new Set<Parcel>();
  let isOver = false;

  async function carry(load: Load, pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) if ('event' in piece) underWay.add(piece);
    for (const some of inLoads(pieces)) {
      if (some.some((piece) => unitsOf(piece) > 0)) await load.bring([]);
      const frames = await Promise.all(some.map(unpacked));
      if (isOver) return;
      for (const piece of some) if ('event' in piece) underWay.delete(piece);
      void load.bring(frames.flat());
    }
  }

  async function unpacked(piece: Piece): Promise<readonly Frame[]> {
    if (!('event' in piece)) return [piece];
    if (isOver) return [];
    const { event, shown } = piece;
    desk.known.note(event);
    if (shown.state !== undefined) desk.noteHandOver(event.message.id, seat.participant.id);
    return desk.easel.again(event, shown);
  }

  return {
    bring(pieces) {
      const load = peer.load();
      Promise.resolve(pieces)
        .then((all) => carry(load, all))
        .then(load.end, (error: unknown) => {
          desk.around.log.error({ socketId: peer.id, error: String(error) }, 'a ticket client was dropped');
          // With a hole in what it was told it would be wrong; a new connection gets it whole.
          peer.drop();
        });
    },
    stop() {
      isOver = true;
      for (const { event } of underWay) sent.delete(event.message.id);
    },
  };
}

/** As many at a time as their pictures allow. */
function inLoads(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const loads: Piece[][] = [];
  let units = 0;
  for (const piece of pieces) {
    const more = unitsOf(piece);
    const last = loads.at(-1);
    if (last === undefined || (more > 0 && units + more > replayLimits.imageUnits)) {
      loads.push([piece]);
      units = more;
    } else {
      last.push(piece);
      units += more;
    }
  }
  return loads;
}

/** Characters of a picture; words are small. */
function unitsOf(piece: Piece): number {
  if (!('event' in piece)) return 0;
  const { body } = piece.event.message;
  return body.kind === 'image' ? Math.ceil(body.bytes / 3) * 4 : 0;
}
