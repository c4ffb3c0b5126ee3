import { sayOnce, type Sayings } from '../sayings.js';
import type { Surface } from './messages.js';
import { toFrames, type Outgoing } from './translate.js';

/** What every visit works with. */
export interface Stage extends Surface {
  readonly sayings: Sayings<Outgoing>;
}

export function translateOnce(on: Surface): Sayings<Outgoing> {
  return sayOnce((event, view) => toFrames(event, view, on));
}
