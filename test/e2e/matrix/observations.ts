import type { CapabilityName, Fate, Passage } from '@dragoman/core';
import { messageLimits } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import type { Person } from '../people/person.js';

export interface Pair {
  readonly customer: Person;
  readonly operator: Person;
}

/** Of one direction: who says something, and who would be shown it. */
interface Way {
  readonly speaker: Person;
  readonly hearer: Person;
}

/** Undefined: neither of the two has to do with it. */
type Look = (way: Way, name: CapabilityName) => Fate | undefined;

/** One pixel, as PNG. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const caption = 'the broken part';
const deskNotice = 'notice: of the desk';
const begin = 'from here: ';
const end = ' up to here';

const lookAtText: Look = ({ hearer }) => {
  const heard = hearer.heard();
  const [first, last] = [
    heard.findIndex((text) => text.startsWith(begin)),
    heard.findIndex((text) => text.endsWith(end)),
  ];
  if (first === -1 || last === -1) return 'lost';
  return first === last ? 'crosses' : 'degrades';
};

const lookAtPicture: Look = ({ speaker, hearer }) => {
  if (speaker.picture === undefined) return hearer.pictures === undefined ? undefined : 'unsaid';
  const said = speaker.captions === true ? caption : '';
  if (hearer.pictures?.().includes(said) === true) return 'crosses';
  if (hearer.pictures?.().includes('') === true) return hearer.heard().includes(said) ? 'degrades' : 'lost';
  return hearer.heard().some((text) => text.includes('https://files.') && text.includes(said)) ? 'degrades' : 'lost';
};

const lookAtTyping: Look = ({ speaker, hearer }, name) => {
  if (speaker.type === undefined) return hearer.typing === undefined ? undefined : 'unsaid';
  const shown = hearer.typing?.() ?? 'nothing';
  if (shown === 'nothing') return 'lost';
  return shown === (name === 'typing' ? 'sign' : 'draft') ? 'crosses' : 'degrades';
};

/** The author is who would be shown it. */
const lookAtDelivery: Look = ({ speaker: reader, hearer: author }) => {
  if (author.receipts?.delivered === undefined) return reader.confirms === true ? 'lost' : undefined;
  if (author.receipt?.() === 'sent') return 'lost';
  return reader.confirms === true ? 'crosses' : 'degrades';
};

const lookAtReading: Look = ({ speaker: reader, hearer: author }) => {
  if (author.receipts === undefined) return reader.read === undefined ? undefined : 'lost';
  if (author.receipt?.() !== 'read') return reader.read === undefined ? 'unsaid' : 'lost';
  return author.receipts.read === 'watermark' && reader.readsUpTo !== true ? 'degrades' : 'crosses';
};

const lookAtState =
  (kind: 'lifecycle' | 'control'): Look =>
  ({ hearer: { shows, isServed } }) => {
    if (shows === undefined || isServed?.() !== true) return 'lost';
    return shows === 'both' || shows === kind ? 'crosses' : 'degrades';
  };

const looks: Readonly<Partial<Record<CapabilityName, Look>>> = {
  text: lookAtText,
  image: lookAtPicture,
  typing: lookAtTyping,
  'typing-preview': lookAtTyping,
  delivered: lookAtDelivery,
  read: lookAtReading,
  custom: ({ speaker, hearer }) =>
    speaker.custom === undefined ? undefined : (hearer.customs?.() ?? 0) > 0 ? 'crosses' : 'lost',
  notice: ({ speaker, hearer }) => {
    const lines = hearer.notices?.() ?? [];
    const expected = speaker.tellNotice === undefined ? 1 : 2;
    return lines.filter((line) => line.startsWith('notice:')).length === expected ? 'crosses' : 'lost';
  },
  lifecycle: lookAtState('lifecycle'),
  control: lookAtState('control'),
  'queue-position': ({ hearer }) => (hearer.place?.() === undefined ? 'lost' : 'crosses'),
  presence: ({ hearer }) => (hearer.sawPresence?.() === true ? 'crosses' : 'lost'),
};

const deeds: Readonly<Partial<Record<CapabilityName, (pair: Pair) => unknown>>> = {
  transfer: ({ operator }) => operator.transfer,
  'hand-over': ({ operator }) => operator.release,
  claim: ({ operator }) => operator.claim,
  close: ({ operator }) => operator.end,
  reopen: ({ operator }) => operator.reopen,
  end: ({ customer }) => customer.end,
};

function look(pair: Pair, { name, to }: Passage): Fate | undefined {
  if (to === 'chat') return deeds[name]?.(pair) === undefined ? 'unsaid' : 'crosses';
  const { customer, operator } = pair;
  return looks[name]?.(
    to === 'customer' ? { speaker: operator, hearer: customer } : { speaker: customer, hearer: operator },
    name,
  );
}

/** One way after the other, as the plan says how long a text may be. */
async function show({ speaker, hearer }: Way, longest: number): Promise<void> {
  await speaker.say(`${begin}${'é'.repeat(longest - begin.length - end.length)}${end}`);
  await eventually('the longest text is heard to its end', () => hearer.heard().some((text) => text.endsWith(end)));
  await speaker.type?.();
  await speaker.custom?.();
  await speaker.tellNotice?.(deskNotice);
  await speaker.picture?.(pixel, speaker.captions === true ? caption : '');
}

/** What a cell shows of a plan is looked at in this order; a message that was read counts as delivered, too. */
const beforeReading = (passage: Passage): boolean => passage.name !== 'read' && passage.name !== 'presence';

export interface Planned {
  readonly passages: readonly Passage[];
  /** The longest text that each side may say. */
  readonly longest: { readonly customer: number; readonly operator: number };
}

/**
 * Does everything that each side can say, and looks at what the other is shown. What is answered tells what was seen of a
 * passage; of presence, what was seen up to then.
 */
export async function observations(pair: Pair, { passages, longest }: Planned): Promise<(passage: Passage) => Fate> {
  const { customer, operator } = pair;
  await show({ speaker: customer, hearer: operator }, Math.min(longest.customer, messageLimits.textUnits));
  await show({ speaker: operator, hearer: customer }, Math.min(longest.operator, messageLimits.textUnits));
  const found = new Map<Passage, Fate>();
  const settle = async (some: readonly Passage[]): Promise<void> => {
    const isAsPlanned = (): boolean => some.every((passage) => (look(pair, passage) ?? passage.fate) === passage.fate);
    // What is not as planned is told by what is seen in its place.
    await eventually('all is as planned', isAsPlanned).catch(() => undefined);
    for (const passage of some) found.set(passage, look(pair, passage) ?? passage.fate);
  };
  await settle(passages.filter(beforeReading));
  await customer.read?.();
  await operator.read?.();
  await settle(passages.filter(({ name }) => name === 'read'));
  return (passage) => found.get(passage) ?? look(pair, passage) ?? passage.fate;
}
