import type { CapabilityName, ChatEvent, CommandAnswered, Fate, StandIn } from '@dragoman/core';
import type { Person } from '../people/person.js';

/** What became of something, as it was seen: what stood for it where it did not cross as it is. */
export type Seen = Exclude<Fate, 'degrades'> | StandIn;

/** Of one direction: who says something, and who would be shown it. */
export interface Way {
  readonly to: 'customer' | 'operator';
  readonly speaker: Person;
  readonly hearer: Person;
  /** The longest text that was said. */
  readonly said: string;
  /** Whether the hearer was shown what was said before he came. */
  readonly knowsThePast: boolean;
}

/** Undefined: neither of the two has to do with it. */
type Look = (way: Way, name: CapabilityName) => Seen | undefined;

/** One pixel, as PNG. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const caption = 'the broken part';
export const deskNotice = 'notice: of the desk';
export const begin = 'from here: ';
export const end = ' up to here';

const address = /^https:\/\/files\.\S+$/;

const lookAtText: Look = ({ hearer, said }) => {
  const heard = hearer.heard();
  const first = heard.findIndex((text) => text.startsWith(begin));
  const last = heard.findIndex((text, index) => index >= first && text.endsWith(end));
  if (first === -1 || last === -1 || heard.slice(first, last + 1).join('') !== said) return 'lost';
  return first === last ? 'crosses' : 'parts';
};

const lookAtPicture: Look = ({ speaker, hearer }) => {
  if (speaker.picture === undefined) return hearer.pictures === undefined ? undefined : 'unsaid';
  const words = speaker.captions === true ? caption : '';
  const shown = (hearer.pictures?.() ?? []).filter(
    ({ source }) => source === pixel.toString('base64') || address.test(source),
  );
  if (shown.some((picture) => picture.caption === words)) return 'crosses';
  if (shown.length > 0) return hearer.heard().includes(words) ? 'caption-apart' : 'lost';
  const isToldOf = hearer.heard().some((text) => {
    const lines = text.split('\n');
    return address.test(lines.at(-1) ?? '') && lines.slice(0, -1).join('\n') === words;
  });
  return isToldOf ? 'text' : 'lost';
};

const lookAtTyping: Look = ({ speaker, hearer }, name) => {
  const isIt = name === (speaker.tellsDrafts === true ? 'typing-preview' : 'typing');
  if (!isIt) return undefined;
  if (speaker.type === undefined) return hearer.typing === undefined ? undefined : 'unsaid';
  const shown = hearer.typing?.() ?? 'nothing';
  if (shown === 'nothing') return 'lost';
  if (shown === 'dots') return 'dots';
  return (shown === 'draft') === (name === 'typing-preview') ? 'crosses' : 'sign';
};

/** The author is who would be shown it. */
const lookAtDelivery: Look = ({ speaker: reader, hearer: author }) => {
  if (author.receipts?.delivered === undefined) return reader.confirms === true ? 'lost' : undefined;
  if (author.receipt?.() === 'sent') return 'lost';
  return reader.confirms === true ? 'crosses' : 'assumed';
};

const lookAtReading: Look = ({ speaker: reader, hearer: author }) => {
  if (author.receipts === undefined) return reader.read === undefined ? undefined : 'lost';
  if (author.receipt?.() !== 'read') return reader.read === undefined ? 'unsaid' : 'lost';
  return author.receipts.read === 'watermark' && reader.readsUpTo !== true ? 'watermark' : 'crosses';
};

const lookAtState =
  (kind: 'lifecycle' | 'control'): Look =>
  ({ hearer: { shows, isServed } }) => {
    if (shows === undefined || isServed?.() !== true) return 'lost';
    return shows === 'both' || shows === kind ? 'crosses' : shows;
  };

const lookAtNotices: Look = ({ to, speaker, hearer }) => {
  if (to === 'operator' && speaker.tellNotice === undefined) return undefined;
  const lines = (hearer.notices?.() ?? []).filter((line) => line.startsWith('notice:'));
  return lines.length === (speaker.tellNotice === undefined ? 1 : 2) ? 'crosses' : 'lost';
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
  notice: lookAtNotices,
  lifecycle: lookAtState('lifecycle'),
  control: lookAtState('control'),
  'queue-position': ({ to, hearer }) => {
    if (to === 'operator') return undefined;
    if (hearer.place?.() !== undefined) return 'crosses';
    return hearer.notices?.().some((line) => line.startsWith('place: ')) === true ? 'notice' : 'lost';
  },
  presence: ({ to, hearer }) => (to === 'customer' ? undefined : hearer.sawPresence?.() === true ? 'crosses' : 'lost'),
  history: ({ knowsThePast }) => (knowsThePast ? 'crosses' : 'replay'),
};

/** What is said and shown, in the order of a plan. */
export const saidNames = Object.keys(looks) as readonly CapabilityName[];

export const look: Look = (way, name) => looks[name]?.(way, name);

/** What a gateway was asked by somebody, and what came of it. */
type Answered = Pick<CommandAnswered, 'command' | 'role' | 'outcome'>;

type Deed = (answered: Answered, event: ChatEvent) => boolean;

const byOperator =
  (type: ChatEvent['type']): Deed =>
  ({ role }, event) =>
    role === 'operator' && event.type === type;

const deeds: Readonly<Partial<Record<CapabilityName, Deed>>> = {
  transfer: (_, event) => event.type === 'ChatAssigned' && event.cause === 'transfer',
  'hand-over': byOperator('ChatHandedOver'),
  // Whoever writes where nobody is may come to have the chat by that alone, which is not to take it.
  claim: ({ command }, event) =>
    command.type !== 'PostMessage' && event.type === 'ChatAssigned' && /^(?:claim|take)$/.test(event.cause),
  close: byOperator('ChatClosed'),
  reopen: byOperator('ChatReopened'),
  end: ({ role }, event) => role === 'customer' && event.type === 'ChatClosed',
};

/** What is done with a chat. */
export const deedNames = Object.keys(deeds) as readonly CapabilityName[];

/** Whether the gateway was asked to do it, and it happened. */
export function lookAtDeed(name: CapabilityName, commands: readonly Answered[]): Seen {
  const isDone = ({ outcome, ...answered }: Answered): boolean =>
    outcome.ok && outcome.events.some((event) => deeds[name]?.({ ...answered, outcome }, event) === true);
  return commands.some(isDone) ? 'crosses' : 'unsaid';
}
