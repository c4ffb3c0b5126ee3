import { plan, type Capabilities, type CapabilityLimits, type Fate, type Passage, type StandIn } from '@dragoman/core';

/** A dialect, as far as it is compared with others. */
export interface Compared {
  readonly title: string;
  readonly capabilities: Capabilities;
}

const things: Readonly<Record<Passage['name'], string>> = {
  text: 'text',
  image: 'pictures',
  typing: 'the sign that somebody types',
  'typing-preview': 'what is being typed',
  delivered: 'that words were delivered',
  read: 'that words were read',
  'queue-position': 'the place in the queue',
  notice: 'lines of the system',
  lifecycle: 'the state of the chat',
  control: 'who has the word',
  presence: 'who is there',
  custom: 'custom messages',
  transfer: 'handing the chat to a colleague',
  'hand-over': 'putting it back into the queue',
  claim: 'taking it',
  close: 'closing it',
  reopen: 'opening it again',
  history: 'what was said before',
  end: 'leaving it',
};

const standIns: Readonly<Record<StandIn, string>> = {
  parts: 'longer texts in parts, in order',
  text: 'as a text with its address, or its kind and size',
  'caption-apart': 'the words below it as a text of their own',
  sign: 'as the sign that somebody types',
  dots: 'as “…”',
  watermark: 'as everything up to a moment',
  assumed: 'when they were written to the other client',
  control: 'as who has the word',
  lifecycle: 'as the state of the chat',
  notice: 'as a line of the system, where policies.queueNotice has words for it',
  replay: 'what was missed is handed over on return',
};

const verdicts: Readonly<Record<Fate, string>> = {
  crosses: 'crosses',
  degrades: 'degrades',
  lost: 'lost',
  unsaid: 'never said',
};

/** A thing as people call it. */
export const thingOf = (passage: Passage): string => things[passage.name];

/** What stands for it, in words; null unless it degrades. */
export const standInOf = ({ as }: Passage): string | null => (as === null ? null : standIns[as]);

function limitsOf({ maxUnits, maxBytes, form, pushed }: CapabilityLimits): readonly string[] {
  return [
    ...(maxUnits === undefined ? [] : [`up to ${maxUnits} UTF-16 units`]),
    ...(maxBytes === undefined ? [] : [`up to ${maxBytes} bytes`]),
    ...(form === undefined ? [] : [form]),
    ...(pushed === undefined ? [] : [`the last ${pushed}`]),
  ];
}

function lineOf(passage: Passage): string {
  const more = [standInOf(passage), ...limitsOf(passage.limits)].filter((words) => words !== null);
  return `  ${verdicts[passage.fate].padEnd(10)}  ${thingOf(passage)}${more.length === 0 ? '' : `: ${more.join('; ')}`}`;
}

/**
 * What a customer of one dialect and an operator of another can tell each other, for people. Says so where one of the two
 * has not that side.
 */
export function planText(from: Compared, to: Compared): string {
  const passages = plan(from.capabilities, to.capabilities);
  if (passages.length === 0) return `No customer of ${from.title} can meet an operator of ${to.title}.\n`;
  const part = (title: string, shownTo: Passage['to']): readonly string[] => [
    '',
    title,
    ...passages.filter(({ to: one }) => one === shownTo).map(lineOf),
  ];
  return [
    `A ${from.title} customer and a ${to.title} operator`,
    ...part('The operator is shown', 'operator'),
    ...part('The customer is shown', 'customer'),
    ...part('With the chat they can do', 'chat'),
    '',
  ].join('\n');
}

/** The same for programs: the passages of the plan, each with its words. */
export function planJson(from: Compared, to: Compared): object {
  const passages = plan(from.capabilities, to.capabilities);
  return {
    customer: from.title,
    operator: to.title,
    passages: passages.map((passage) => ({ ...passage, what: thingOf(passage), instead: standInOf(passage) })),
  };
}
