// Mocha's own report, and how long each folder of test/ took.
import { relative, sep } from 'node:path';
import Mocha from 'mocha';
import { root } from './root.mjs';

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END } = Mocha.Runner.constants;

/** The folder of test/ that a compiled test lies in. */
function tierOf({ file = '' }) {
  return relative(root, file).split(sep)[2] ?? 'others';
}

/** A reporter. The times stand before the totals, so that failures stay what is read last. */
export default function tiers(runner, options) {
  const spent = new Map();
  let startedAt = 0;
  runner.on(EVENT_SUITE_BEGIN, ({ parent }) => {
    if (parent?.root) startedAt = performance.now();
  });
  runner.on(EVENT_SUITE_END, (suite) => {
    if (!suite.parent?.root) return;
    const tier = tierOf(suite);
    spent.set(tier, (spent.get(tier) ?? 0) + performance.now() - startedAt);
  });
  runner.once(EVENT_RUN_END, () => {
    for (const [tier, ms] of spent) console.log(`  ${tier}: ${(ms / 1000).toFixed(1)} s`);
  });
  return new Mocha.reporters.Spec(runner, options);
}
