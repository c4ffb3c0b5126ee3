/** npm run matrix -- --drops: each cell, each side's line cut at a random moment, by ten seeds. */
import type { Cell } from './cell.js';
import { playWithDrops } from './drops.js';
import { inTurn, within } from './pool.js';
import { nameOf } from './run-cell.js';
import { openStage } from './stage.js';
import { cells } from './table.js';

const atOnce = 4;
const seedMs = 60_000;
const seeds = Array.from({ length: 10 }, (_, n) => n + 1);

async function runSeed({ cell, seed }: { readonly cell: Cell; readonly seed: number }): Promise<void> {
  const stage = await openStage([cell.from.dialect, cell.to.dialect], cell.to.dialect.desk);
  try {
    await within(seedMs, `seed ${seed}`, playWithDrops(stage, cell, seed));
  } finally {
    await within(seedMs, 'hanging up', stage.close());
  }
}

const [, , , only] = process.argv;
const chosen = cells.filter(({ from, to }) => only === undefined || `${from.dialect.name}-${to.dialect.name}` === only);
const rounds = chosen.flatMap((cell) => seeds.map((seed) => ({ cell, seed })));
const played = inTurn(rounds, atOnce, runSeed);
for (const one of played) one.catch(() => undefined);

let failed = 0;
for (const [index, cell] of chosen.entries()) {
  const outcomes = await Promise.allSettled(played.slice(index * seeds.length, (index + 1) * seeds.length));
  const wrong = outcomes.flatMap((one, n) =>
    one.status === 'rejected' ? [`    seed ${seeds[n]}: ${String(one.reason).split('\n')[0]}`] : [],
  );
  if (wrong.length > 0) failed += 1;
  console.log([`${wrong.length === 0 ? '✔' : '✘'} ${nameOf(cell)}, seeds 1 to ${seeds.length}`, ...wrong].join('\n'));
}
console.log(`\n${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
