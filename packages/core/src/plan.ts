import { messageLimits } from './message.js';
import type { Capabilities, CapabilityLimits, CapabilityMap, CapabilityName } from './capabilities.js';

/**
 * What becomes of something between two dialects. `unsaid`: one side could show it, and the other has no word for it.
 */
export type Fate = 'crosses' | 'degrades' | 'lost' | 'unsaid';

/**
 * What stands for something that does not cross as it is: a text in `parts`, in order; for a picture, a `text` with its
 * address or its kind and size; for its caption, a text of its own (`caption-apart`); for a draft, the `sign` that
 * somebody types; for that sign, `dots` as the draft; for receipts of single messages, everything up to a point
 * (`watermark`); for a receipt nobody gives, that the words were written to the client (`assumed`); for the state of a
 * chat, who has the word in it (`control`), and the other way round (`lifecycle`); for the place in the queue, a `notice`
 * where policy `queueNotice` has words for it; for a history of the client's own, what
 * was missed (`replay`).
 */
export type StandIn =
  | 'parts'
  | 'text'
  | 'caption-apart'
  | 'sign'
  | 'dots'
  | 'watermark'
  | 'assumed'
  | 'control'
  | 'lifecycle'
  | 'notice'
  | 'replay';

/** One thing, one way. */
export interface Passage {
  readonly name: CapabilityName;
  /** Who would be shown it. What an operator does with a chat has no such direction: `chat`. */
  readonly to: 'customer' | 'operator' | 'chat';
  readonly fate: Fate;
  /** Null unless it degrades. */
  readonly as: StandIn | null;
  /** The limits within which it crosses whole; beyond them its stand-in. Empty: none but those of the core. */
  readonly limits: CapabilityLimits;
}

type To = 'customer' | 'operator';
type Judged = Pick<Passage, 'fate' | 'as'> & Partial<Pick<Passage, 'limits'>>;

const crosses: Judged = { fate: 'crosses', as: null };
const lost: Judged = { fate: 'lost', as: null };
const unsaid: Judged = { fate: 'unsaid', as: null };
const degrades = (as: StandIn, limits: CapabilityLimits = {}): Judged => ({ fate: 'degrades', as, limits });

/** The longest text that is shown whole, UTF-16 units. */
export function longestText(hears: CapabilityMap): number {
  return hears.text?.maxUnits ?? messageLimits.textUnits;
}

function textFate({ text }: CapabilityMap, hears: CapabilityMap): Judged | undefined {
  if (text === undefined) return hears.text === undefined ? undefined : unsaid;
  if (hears.text === undefined) return lost;
  const longest = longestText(hears);
  if (hears.text.isOneLine === true && text.isOneLine !== true) return degrades('parts', { ...hears.text });
  return (text.maxUnits ?? messageLimits.textUnits) > longest ? degrades('parts', { maxUnits: longest }) : crosses;
}

function imageFate({ image }: CapabilityMap, hears: CapabilityMap): Judged | undefined {
  if (image === undefined) return hears.image === undefined ? undefined : unsaid;
  if (hears.image === undefined) return hears.text === undefined ? lost : degrades('text');
  return image.hasCaption === true && hears.image.hasCaption !== true ? degrades('caption-apart') : crosses;
}

/** How typing is shown to who hears so much: a draft where both know drafts. Undefined: nobody would say or show it. */
function typingFate(says: CapabilityMap, hears: CapabilityMap): Judged | undefined {
  const [draft, sign] = [says['typing-preview'], says.typing ?? says['typing-preview']];
  const isShown = hears.typing !== undefined || hears['typing-preview'] !== undefined;
  if (sign === undefined) return isShown ? unsaid : undefined;
  if (!isShown) return lost;
  if (draft !== undefined) return hears['typing-preview'] === undefined ? degrades('sign') : crosses;
  return hears.typing === undefined ? degrades('dots') : crosses;
}

function receiptFate(name: 'delivered' | 'read', reader: CapabilityMap, author: CapabilityMap): Judged | undefined {
  const [said, shown] = [reader[name], author[name]];
  if (shown === undefined) return said === undefined ? undefined : lost;
  if (said === undefined) return name === 'delivered' ? degrades('assumed') : unsaid;
  return said.form === 'exact' && shown.form === 'watermark' ? degrades('watermark') : crosses;
}

/** Names are a dialect's own: what is said without a list reaches only those that take any. */
function customFate({ custom }: CapabilityMap, hears: CapabilityMap): Judged | undefined {
  if (custom === undefined) return undefined;
  const known = hears.custom?.names;
  if (hears.custom === undefined) return lost;
  return known === undefined || custom.names?.some((name) => known.includes(name)) === true ? crosses : lost;
}

/** What the core itself tells, whoever is at the other side. */
function told(name: CapabilityName, hears: CapabilityMap, instead?: 'control' | 'lifecycle' | 'notice'): Judged {
  if (hears[name] !== undefined) return crosses;
  return instead !== undefined && hears[instead] !== undefined ? degrades(instead) : lost;
}

const historyFate = (says: CapabilityMap, hears: CapabilityMap): Judged =>
  says.history === undefined && hears.history === undefined
    ? degrades('replay')
    : { ...crosses, limits: hears.history ?? {} };

const acts = ['transfer', 'hand-over', 'claim', 'close', 'reopen'] as const;

/** One way: `speaker` is who says it, `hearer` who would be shown it. */
function oneWay(to: To, speaker: CapabilityMap, own: { says: CapabilityMap; hears: CapabilityMap }): Passage[] {
  const { hears } = own;
  const draft = speaker['typing-preview'] === undefined ? 'typing' : 'typing-preview';
  const notice = speaker.notice === undefined && to === 'operator' ? undefined : told('notice', hears);
  const judged: readonly (readonly [CapabilityName, Judged | undefined])[] = [
    ['text', textFate(speaker, hears)],
    ['image', imageFate(speaker, hears)],
    [draft, typingFate(speaker, hears)],
    ['delivered', receiptFate('delivered', speaker, hears)],
    ['read', receiptFate('read', speaker, hears)],
    ['custom', customFate(speaker, hears)],
    ['notice', notice],
    ['lifecycle', told('lifecycle', hears, 'control')],
    ['control', told('control', hears, 'lifecycle')],
    to === 'customer'
      ? ['queue-position', told('queue-position', hears, 'notice')]
      : ['presence', told('presence', hears)],
    ['history', historyFate(own.says, hears)],
  ];
  return judged.flatMap(([name, fate]) => (fate === undefined ? [] : [{ name, to, limits: {}, ...fate }]));
}

/**
 * What a conversation of a customer of `from` and an operator of `to` carries: each thing each way. Empty when `from` has no
 * customers, or `to` no operators.
 */
export function plan({ customer }: Capabilities, { operator }: Capabilities): readonly Passage[] {
  if (customer === undefined || operator === undefined) return [];
  const done = acts.map((name): Passage => {
    const fate = operator.says[name] === undefined ? unsaid : crosses;
    return { name, to: 'chat', limits: {}, ...fate };
  });
  const end: Passage = { name: 'end', to: 'chat', limits: {}, ...(customer.says.end === undefined ? unsaid : crosses) };
  return [...oneWay('operator', customer.says, operator), ...oneWay('customer', operator.says, customer), ...done, end];
}
