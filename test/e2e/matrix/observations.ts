import type { CapabilityName, Passage } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import type { Person } from '../people/person.js';
import { begin, caption, deskNotice, end, look, pixel, saidNames, type Seen, type Way } from './looks.js';

export interface Pair {
  readonly customer: Person;
  readonly operator: Person;
}

export interface Planned {
  readonly passages: readonly Passage[];
  /** The longest text that each side may say, UTF-16 units. */
  readonly longest: { readonly customer: number; readonly operator: number };
  /** Whether each was shown what was said before he came. */
  readonly knowsThePast: { readonly customer: boolean; readonly operator: boolean };
}

/** What is looked at: something, and who would be shown it. */
interface Place {
  readonly name: CapabilityName;
  readonly way: Way;
}

/** Says and does everything this side can. */
async function show({ speaker, hearer, said }: Way): Promise<void> {
  await speaker.say(said);
  await eventually('the longest text is heard to its end', () => hearer.heard().some((text) => text.endsWith(end)));
  await speaker.type?.();
  await speaker.custom?.();
  await speaker.tellNotice?.(deskNotice);
  await speaker.picture?.(pixel, speaker.captions === true ? caption : '');
}

/** Whatever was to be shown of what they did is shown before what they say after it. */
async function sayAfterIt({ customer, operator }: Pair, words: string): Promise<void> {
  await customer.say(words);
  await eventually('the operator hears what was said after it', () => operator.heard().includes(words));
  await operator.say(words);
  await eventually('the customer hears what was said after it', () => customer.heard().includes(words));
}

const textOf = (units: number): string => `${begin}${'é'.repeat(units - begin.length - end.length)}${end}`;

function waysOf({ customer, operator }: Pair, { longest, knowsThePast }: Planned): readonly Way[] {
  const toOperator = { to: 'operator', speaker: customer, hearer: operator } as const;
  const toCustomer = { to: 'customer', speaker: operator, hearer: customer } as const;
  return [
    { ...toOperator, said: textOf(longest.customer), knowsThePast: knowsThePast.operator },
    { ...toCustomer, said: textOf(longest.operator), knowsThePast: knowsThePast.customer },
  ];
}

/** As it is planned; undefined: the plan has not a word on it. */
export const plannedOf = (passages: readonly Passage[], name: CapabilityName, to: Passage['to']): Seen | undefined => {
  const passage = passages.find((one) => one.name === name && one.to === to);
  return passage === undefined || passage.fate === 'degrades' ? (passage?.as ?? undefined) : passage.fate;
};

const isThere = (seen: Seen | undefined): boolean => seen !== undefined && seen !== 'lost' && seen !== 'unsaid';

/** A message that was read counts as delivered, too; that somebody went away is shown after he did. */
const waitsFor = { read: 'the reading', presence: 'the end' } as const;

/**
 * Does everything that each side can say, and looks at what the other is shown. Answers what was seen of something when it is
 * asked: what was not there may have come since.
 */
export async function observations(
  pair: Pair,
  planned: Planned,
): Promise<(name: CapabilityName, to: Way['to']) => Seen | undefined> {
  const ways = waysOf(pair, planned);
  const places = ways.flatMap((way) => saidNames.map((name): Place => ({ name, way })));
  const found = new Map<string, Seen | undefined>();
  const settle = async (some: readonly Place[]): Promise<void> => {
    const isAsPlanned = ({ name, way }: Place): boolean =>
      look(way, name) === plannedOf(planned.passages, name, way.to);
    // What is not as planned is told by what is seen in its place.
    await eventually('all is as planned', () => some.every(isAsPlanned)).catch(() => undefined);
    for (const { name, way } of some) found.set(`${name} to ${way.to}`, look(way, name));
  };
  for (const way of ways) await show(way);
  await sayAfterIt(pair, 'that was all');
  await settle(places.filter(({ name }) => !(name in waitsFor)));
  await pair.customer.read?.();
  await pair.operator.read?.();
  await sayAfterIt(pair, 'all was read');
  await settle(places.filter(({ name }) => name === 'read'));
  return (name, to) => {
    const seen = found.get(`${name} to ${to}`);
    const way = ways.find((one) => one.to === to);
    return isThere(seen) || way === undefined ? seen : look(way, name);
  };
}
