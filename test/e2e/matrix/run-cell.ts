import { play, type Cell, type Shown } from './cell.js';
import type { Dialect } from '../people/person.js';
import { within } from './pool.js';
import { openStage } from './stage.js';

const cellMs = 40_000;

export const nameOf = ({ from, to }: Cell): string => `a ${from.title} customer and a ${to.title} operator`;

/** Whoever comes to a cell. */
export const dialectsOf = ({ from, to, colleague }: Cell): readonly Dialect[] =>
  [from, to, colleague].map(({ dialect }) => dialect);

/** Of what one cell showed, what its plan does not say; and of what the plan says, what it did not show. */
export function amiss(shown: readonly Shown[]): readonly string[] {
  return shown
    .filter(({ planned, seen }) => seen !== planned)
    .map(({ name, to, planned = 'nothing', seen = 'nothing' }) => `${name} to ${to}: ${planned} planned, ${seen} seen`);
}

/** Plays one cell with a gateway of its own in this process. */
export async function runCell(cell: Cell): Promise<readonly Shown[]> {
  const stage = await openStage(dialectsOf(cell), cell.to.dialect.desk);
  try {
    return await within(cellMs, nameOf(cell), play(stage, cell));
  } finally {
    await within(cellMs, 'hanging up', stage.close());
  }
}
