/** npm run matrix -- --drops: each cell, each side's line cut at a random moment, by ten seeds, and the gateway killed. */
import type { Cell } from './cell.js';
import { playWithDrops, playWithKill } from './drops.js';
import { inTurn, within } from './pool.js';
import { dialectsOf, nameOf } from './run-cell.js';
import { openMortalStage, openStage, type Stage } from './stage.js';
import { cells } from './table.js';

const atOnce = 4;
const roundMs = 60_000;
const seeds = Array.from({ length: 10 }, (_, n) => n + 1);

interface Round {
  readonly title: string;
  readonly play: (cell: Cell) => Promise<void>;
}

/** Plays on a stage of its own. */
async function playOn<S extends Stage>(opening: Promise<S>, title: string, play: (stage: S) => Promise<void>) {
  const stage = await opening;
  try {
    await within(roundMs, title, play(stage));
  } finally {
    await within(roundMs, 'hanging up', stage.close());
  }
}

const cutBy = (seed: number): Round => {
  const title = `seed ${seed}`;
  return {
    title,
    play(cell) {
      const opening = openStage(dialectsOf(cell), cell.to.dialect.desk);
      return playOn(opening, title, (stage) => playWithDrops(stage, cell, seed));
    },
  };
};

const killed: Round = {
  title: 'killed',
  play(cell) {
    const opening = openMortalStage(dialectsOf(cell), cell.to.dialect.desk);
    // Another moment in each cell, and the same one each time.
    return playOn(opening, 'killed', (stage) => playWithKill(stage, cell, cells.indexOf(cell) + 1));
  },
};

const rounds: readonly Round[] = [...seeds.map(cutBy), killed];

const [, , , only] = process.argv;
const chosen = cells.filter(({ from, to }) => only === undefined || `${from.dialect.name}-${to.dialect.name}` === only);
const played = inTurn(
  chosen.flatMap((cell) => rounds.map((round) => ({ cell, round }))),
  atOnce,
  ({ cell, round }) => round.play(cell),
);
for (const one of played) one.catch(() => undefined);

let failed = 0;
for (const [index, cell] of chosen.entries()) {
  const outcomes = await Promise.allSettled(played.slice(index * rounds.length, (index + 1) * rounds.length));
  const wrong = outcomes.flatMap((one, n) =>
    one.status === 'rejected' ? [`    ${rounds[n]?.title}: ${String(one.reason).split('\n')[0]}`] : [],
  );
  if (wrong.length > 0) failed += 1;
  const mark = wrong.length === 0 ? '✔' : '✘';
  console.log([`${mark} ${nameOf(cell)}, seeds 1 to ${seeds.length} and one kill -9`, ...wrong].join('\n'));
}
console.log(`\n${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
