import { plan, type CapabilityMap, type Passage } from '@dragoman/core';
import { standInOf, thingOf, type Compared } from './compatibility.js';

const arrows = { operator: '→', customer: '←' } as const;

/** In a few words what does not cross as it is; what an operator cannot do stands in a table of its own. */
function cellOf(passages: readonly Passage[]): string {
  const told = (to: 'operator' | 'customer'): readonly string[] => {
    const degraded = passages.filter((one) => one.to === to && one.fate === 'degrades' && hasWords(one));
    const lost = passages.filter((one) => one.to === to && one.fate === 'lost' && hasWords(one));
    return [
      ...(degraded.length === 0 ? [] : [`${arrows[to]} otherwise: ${namesOf(degraded)}`]),
      ...(lost.length === 0 ? [] : [`${arrows[to]} lost: ${namesOf(lost)}`]),
    ];
  };
  const lines = [...told('operator'), ...told('customer')];
  return lines.length === 0 ? 'everything' : lines.join('<br>');
}

/** What people say to each other; the state of the chat is a matter of one dialect alone. */
const hasWords = ({ name }: Passage): boolean =>
  ['text', 'image', 'typing', 'typing-preview', 'delivered', 'read', 'custom', 'notice'].includes(name);

const namesOf = (passages: readonly Passage[]): string =>
  passages.map(({ name, as }) => (as === null ? name : `${name} (${as})`)).join(', ');

function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function saidBy({ title, capabilities }: Compared, side: 'customer' | 'operator'): readonly string[] {
  const names = (map: CapabilityMap | undefined): string =>
    Object.entries(map ?? {})
      .map(([name, { maxUnits }]) => (maxUnits === undefined ? name : `${name} (${maxUnits})`))
      .join(', ') || '–';
  const speech = capabilities[side];
  return [`${title} ${side}`, names(speech?.says), names(speech?.hears)];
}

function legend(all: readonly Passage[]): string {
  const words = new Set<string>();
  for (const passage of all) {
    const instead = standInOf(passage);
    if (instead !== null && hasWords(passage))
      words.add(`${passage.name} (${passage.as}): ${thingOf(passage)}, ${instead}`);
  }
  return [...words]
    .toSorted()
    .map((line) => `- ${line}`)
    .join('\n');
}

/** The page that shows every dialect with every other, as Markdown. */
export function compatibilityPage(dialects: readonly Compared[]): string {
  const customers = dialects.filter(({ capabilities }) => capabilities.customer !== undefined);
  const operators = dialects.filter(({ capabilities }) => capabilities.operator !== undefined);
  const between = (from: Compared, to: Compared): readonly Passage[] => plan(from.capabilities, to.capabilities);
  const cells = customers.map((from) => [`**${from.title}**`, ...operators.map((to) => cellOf(between(from, to)))]);
  const acts = operators.map((to) => {
    const [from] = customers;
    const can =
      from === undefined ? [] : between(from, to).filter(({ to: on, name }) => on === 'chat' && name !== 'end');
    return [to.title, ...can.map(({ fate }) => (fate === 'crosses' ? 'yes' : '–'))];
  });
  return `# What crosses between the dialects

<!-- Written by scripts/compatibility.mjs from what the adapters declare: run it again instead of changing this page. -->

Any customer can talk to any operator. Rows are customers, columns operators. Words of any script cross everywhere, in order
and once; so does what is said while somebody is away. In each cell stands what does not cross as it is: → from the customer
to the operator, ← the other way. A receipt goes from who read to who wrote. \`dragoman plan FROM TO\` tells one cell in full,
and \`npm run matrix\` shows all of them with real clients.

${tableOf(['customer \\ operator', ...operators.map(({ title }) => title)], cells)}

“Otherwise” means:

${legend(customers.flatMap((from) => operators.flatMap((to) => between(from, to))))}

## What operators can do with a chat

What an operator's protocol has no word for, another operator, the bridge or a timer does.

${tableOf(['', 'hand to a colleague', 'put back', 'take', 'close', 'open again'], acts)}

## What each side says and is shown

Numbers are the longest text, in UTF-16 units.

${tableOf(
  ['', 'says', 'is shown'],
  dialects.flatMap((dialect) => [saidBy(dialect, 'customer'), saidBy(dialect, 'operator')]),
)}
`;
}
