import { capabilitiesByDialect } from '@dragoman/gateway';
import { dialects } from '../people/index.js';
import type { Cell, Side } from './cell.js';

const sides: readonly Side[] = dialects.map((dialect) => {
  const known = dialect.guest ?? capabilitiesByDialect.get(dialect.name);
  if (known === undefined) throw new Error(`${dialect.name} is no dialect of the gateway`);
  const { title, capabilities } = known;
  return { dialect, title, capabilities };
});

/** Somebody else, whom anybody can hand a chat to and who is given it without asking. */
function colleagueOf({ dialect }: Side): Side {
  const found = sides.find((side) => side.dialect !== dialect && ['happychat', 'clustaar'].includes(side.dialect.name));
  if (found === undefined) throw new Error('nobody to hand a chat to');
  return found;
}

/** Every customer with every operator. */
export const cells: readonly Cell[] = sides.flatMap((from) =>
  sides.map((to) => ({ from, to, colleague: colleagueOf(to) })),
);
