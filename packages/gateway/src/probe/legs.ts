import type { Adapter } from '@dragoman/core';
import type { Place, Sides } from './participant.js';

/** One adapter of the config, as the probe sees it. */
export interface Leg {
  /** The adapter's name. */
  readonly name: string;
  /** The same adapter once more, for nobody but the probe. Undefined: it has no copy, and is only asked how it fares. */
  readonly copy: LegCopy | undefined;
  /** Why the real one does not answer on its wire; undefined: it does. Rejections count as such, too. */
  hello(): Promise<string | undefined>;
}

export interface LegCopy {
  readonly place: Place;
  readonly sides: Sides;
  /** Not started yet; a fresh one for each meeting. */
  adapter(): Adapter;
}
