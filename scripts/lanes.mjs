// Work in as many lanes as there are processors: most tests wait, for a broker, a browser, another program.
import { availableParallelism } from 'node:os';

/**
 * Does all the work, what stands first begins first, and says how long each took. Each piece resolves with an exit code;
 * ends this process with 1 when one is not 0.
 */
export async function runInLanes(pieces) {
  const waiting = [...pieces];
  const done = [];
  const lanes = Math.max(2, availableParallelism());
  await Promise.all(Array.from({ length: lanes }, () => runThrough(waiting, done)));
  for (const { name, seconds, code } of done) console.log(`  ${name}: ${seconds} s${code === 0 ? '' : ', FAILED'}`);
  if (done.some(({ code }) => code !== 0)) process.exit(1);
}

async function runThrough(waiting, done) {
  for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
    const startedAt = performance.now();
    const code = await piece.run();
    done.push({ name: piece.name, code, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) });
  }
}
