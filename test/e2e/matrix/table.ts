import { capabilitiesByDialect } from '@dragoman/gateway';
import { dialects } from '../people/index.js';
import type { Cell, Side } from './cell.js';

const sides: readonly Side[] = dialects.map((dialect) => {
  const known = dialect.guest ?? capabilitiesByDialect.get(dialect.name);
  if (known === undefined) throw new Error(`${dialect.name} is no dialect of the gateway`);
  const { title, capabilities } = known;
  return { dialect, title, capabilities };
});

/** Whoever can be handed a chat at another protocol, each in his turn. A desk is no single person. */
function colleagueOf({ dialect }: Side, turn: number): Side {
  const others = sides.filter((side) => side.dialect !== dialect && side.dialect.desk === undefined);
  const found = others[turn % others.length];
  if (found === undefined) throw new Error('nobody to hand a chat to');
  return found;
}

/** Every customer with every operator. */
export const cells: readonly Cell[] = sides.flatMap((from, turn) =>
  sides.map((to) => ({ from, to, colleague: colleagueOf(to, turn) })),
);
