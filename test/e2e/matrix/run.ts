/** npm run matrix: the whole table, as it is seen. */
import type { Cell, Shown } from './cell.js';
import { inTurn } from './pool.js';
import { amiss, nameOf, runCell } from './run-cell.js';
import { cells } from './table.js';

const atOnce = 4;
const arrows = { operator: '→', customer: '←', chat: '' } as const;

function lineOf(shown: readonly Shown[], word: string): readonly string[] {
  const found = shown.map(({ name, to, seen = '' }) => `${arrows[to]}${name}${isWhole(seen) ? '' : ` (${seen})`}`);
  return found.length === 0 ? [] : [`    ${word}: ${found.join(', ')}`];
}

const isWhole = (seen: string): boolean => ['crosses', 'lost', 'unsaid'].includes(seen);

function report(shown: readonly Shown[]): string {
  return [
    ...lineOf(
      shown.filter(({ seen }) => seen === 'crosses'),
      'crossed',
    ),
    ...lineOf(
      shown.filter(({ seen }) => seen !== undefined && !isWhole(seen)),
      'degraded as declared',
    ),
    ...lineOf(
      shown.filter(({ seen }) => seen === 'lost'),
      'lost as declared',
    ),
    ...lineOf(
      shown.filter(({ seen }) => seen === 'unsaid'),
      'said by nobody, as declared',
    ),
  ].join('\n');
}

async function tell(cell: Cell, playing: Promise<readonly Shown[]>): Promise<boolean> {
  try {
    const shown = await playing;
    const wrong = amiss(shown);
    console.log(`${wrong.length === 0 ? '✔' : '✘'} ${nameOf(cell)}`);
    console.log(wrong.length === 0 ? report(shown) : wrong.map((line) => `    ${line}`).join('\n'));
    return wrong.length === 0;
  } catch (error) {
    console.log(`✘ ${nameOf(cell)}\n    ${String(error)}`);
    return false;
  }
}

const played = inTurn(cells, atOnce, runCell);
for (const one of played) one.catch(() => undefined);
let failed = 0;
for (const [index, cell] of cells.entries()) {
  const playing = played[index];
  if (playing !== undefined && !(await tell(cell, playing))) failed += 1;
}
console.log(`\n${cells.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
