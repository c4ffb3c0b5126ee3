import type { Happening, View } from '@dragoman/core';
import type { Surface } from './messages.js';
import { toFrames, type Outgoing } from './translate.js';

/** What an event says to one view: worked out once, and the same frames for everybody who hears it. */
export type Sayings = (event: Happening, view: View) => readonly Outgoing[];

/** What every visit works with. */
export interface Stage extends Surface {
  readonly sayings: Sayings;
}

export function translateOnce(on: Surface): Sayings {
  const known = new WeakMap<Happening, Map<View, readonly Outgoing[]>>();
  return (event, view) => {
    const views = known.get(event) ?? new Map<View, readonly Outgoing[]>();
    known.set(event, views);
    const said = views.get(view) ?? toFrames(event, view, on);
    views.set(view, said);
    return said;
  };
}
