import { messageLimits, plan, type Capabilities, type CapabilityName, type Passage } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import type { Dialect, Person } from '../people/person.js';
import { askForPerson, handingOver } from './greeter.js';
import { deedNames, lookAtDeed, saidNames, type Seen } from './looks.js';
import { observations, plannedOf, type Pair } from './observations.js';
import type { OnLine, Stage, WatchedStage } from './stage.js';

/** Words that encodings break on: accents, right to left, an emoji of several code points. */
const hard = 'Ça va? שלום, 你好 👩‍👩‍👧';

/** One side of the table, with what it declares. */
export interface Side {
  readonly dialect: Dialect;
  readonly title: string;
  readonly capabilities: Capabilities;
}

/** What one cell showed of one thing, one way. Undefined: nobody has to do with it. */
export interface Shown {
  readonly name: CapabilityName;
  readonly to: Passage['to'];
  readonly planned: Seen | undefined;
  readonly seen: Seen | undefined;
}

export interface Cell {
  readonly from: Side;
  readonly to: Side;
  /** To whom the chat is given, of another dialect. */
  readonly colleague: Side;
}

const blank = ' \t\n ';

/** Says it again, with a number, until it is heard. */
async function untilHeard(hearer: Person, words: string, say: (words: string) => Promise<void>): Promise<void> {
  const isHeard = (): boolean => hearer.heard().some((text) => text.startsWith(words));
  for (let n = 1; n <= 5; n += 1) {
    await say(`${words} ${n}`);
    const hearing = eventually('it is heard', isHeard, 1_500).then(
      () => true,
      () => false,
    );
    if (await hearing) return;
  }
  throw new Error(`nobody hears it: ${words}`);
}

/** As a number or in words, where his client shows either. */
async function seesHisPlace({ place, notices }: Person, expected: number): Promise<void> {
  if (place === undefined && notices === undefined) return;
  const isShown = (): boolean => place?.() === expected || notices?.().includes(`place: ${expected}`) === true;
  await eventually(`the customer is shown that he is number ${expected}`, isShown);
}

/** The customer asks the bot first, and is handed over to the operator, who comes only then. */
export async function meet(stage: Stage, { from, to }: Cell): Promise<{ customer: OnLine; operator: OnLine }> {
  const customer = await stage.customer(from.dialect, 'joe');
  const { person } = customer;
  await person.say(hard);
  await eventually('the bot answers first', () => person.heard().includes(`you said: ${hard}`));
  await person.say(askForPerson);
  await eventually('the bot hands over', () => person.heard().includes(handingOver));
  if (to.dialect.desk === undefined) await seesHisPlace(person, 1);
  const operator = await stage.operator(to.dialect, 'olga');
  await eventually(
    'the chat is his',
    () => operator.person.isServed?.() !== false || operator.person.claim !== undefined,
  );
  // The bot may still have the word, which no operator is shown.
  await untilHeard(operator.person, 'hello', person.say);
  await operator.person.claim?.();
  if (operator.person.placeAt !== undefined) {
    await operator.person.placeAt(3);
    await seesHisPlace(person, 3);
  }
  await operator.person.say('welcome');
  await eventually('the customer hears the operator', () => person.heard().includes('welcome'));
  return { customer, operator };
}

/** Both ways, in the very words, in order, and nothing of white space alone. */
async function talk(speaker: Person, hearer: Person): Promise<void> {
  const before = hearer.heard().length;
  const said = [hard, 'two', 'three'];
  for (const text of said) await speaker.say(text);
  // Refused, or passed over in silence.
  speaker.say(blank).catch(() => undefined);
  await speaker.say('the last');
  await eventually('the last word is heard', () => hearer.heard().includes('the last', before));
  expect(hearer.heard().slice(before)).to.deep.equal([...said, 'the last']);
}

/** What is said while one is cut off is there when he is back, once and in order. */
async function cutOff(away: OnLine, speaker: Person, words: string): Promise<void> {
  const [before, repeated] = [away.person.heard().length, away.person.again?.().length ?? 0];
  const said = [1, 2, 3].map((n) => `${words} ${n}`);
  away.cut();
  for (const text of said) await speaker.say(text);
  await eventually('he hears what he missed', () => away.person.heard().includes(said[2] ?? '', before));
  const again = away.person.again?.().slice(repeated) ?? [];
  expect(away.person.heard().slice(before)).to.deep.equal([...again, ...said]);
  await away.person.say(`${words}: back`);
  await eventually('and is heard', () => speaker.heard().includes(`${words}: back`));
}

/** Back into the queue, and out of it again. */
async function releaseAndTake({ customer, operator }: Pair): Promise<void> {
  if (operator.release === undefined) return;
  await operator.release();
  await customer.say('who is there now?');
  await eventually('somebody hears it', () => operator.heard().includes('who is there now?'));
  await operator.claim?.();
  await operator.say('me again');
  await eventually('and answers', () => customer.heard().includes('me again'));
}

const endsOn = ({ commands }: WatchedStage): number =>
  commands.filter(({ outcome }) => outcome.ok && outcome.events.some(({ type }) => type === 'ChatClosed')).length;

/** The end from either side that has a word for it, and a new beginning. */
async function endAndBeginAgain(stage: WatchedStage, { customer, operator }: Pair): Promise<void> {
  for (const [one, other] of [
    [customer, operator],
    [operator, customer],
  ] as const) {
    if (one.end === undefined) continue;
    const before = endsOn(stage);
    await one.end();
    await eventually('the chat is closed', () => endsOn(stage) > before);
    if (other.isOver !== undefined) await eventually('the end is shown', other.isOver);
    if (operator.reopen === undefined) await customer.say(askForPerson);
    else {
      await operator.reopen();
      await eventually('the customer sees that it goes on', () => customer.isOver?.() !== true);
    }
    await eventually(
      'it goes on',
      () =>
        operator.heard().at(-1) === askForPerson ||
        customer.heard().at(-1) === handingOver ||
        operator.reopen !== undefined,
    );
    await untilHeard(operator, `again after ${one === customer ? 'leaving' : 'the end'}`, customer.say);
    await operator.claim?.();
  }
}

/** The chat goes to somebody at another protocol. */
async function handOn(stage: WatchedStage, { colleague }: Cell, { customer, operator }: Pair): Promise<void> {
  if (operator.transfer === undefined) return;
  const { person: otto } = await stage.operator(colleague.dialect, 'otto');
  await operator.transfer(stage.idOfLatest(colleague.dialect) ?? '');
  await eventually('the chat is the colleague’s', () => otto.isServed?.() !== false);
  await customer.say('still there?');
  await eventually('the colleague hears the customer', () => otto.heard().includes('still there?'));
  await otto.say('I am now');
  await eventually('the customer hears the colleague', () => customer.heard().includes('I am now'));
}

/** Whether a page that the customer opens only now shows what was said before. */
async function isToldOfThePast(stage: Stage, { from }: Cell, { operator }: Pair): Promise<boolean> {
  const { person: page } = await stage.customer(from.dialect, 'joe');
  await page.open?.();
  await operator.say('to every page of yours');
  await eventually('the new page hears him', () => page.heard().includes('to every page of yours'));
  const knows = page.heard().includes('welcome');
  await page.hangUp();
  return knows;
}

/** Who can take a chat, and was given his by the queue, takes one that the bot still has, and the two talk. */
async function takeFromBot(stage: WatchedStage, { from }: Cell, { operator }: Pair): Promise<void> {
  if (operator.claim === undefined || lookAtDeed('claim', stage.commands) === 'crosses') return;
  const { person: jane } = await stage.customer(from.dialect, 'jane');
  await jane.say('am I heard?');
  await eventually('the bot answers her', () => jane.heard().includes('you said: am I heard?'));
  await eventually('the operator is told of her', () => operator.isOffered?.() !== false);
  await operator.claim();
  await operator.say('by me');
  await eventually('she hears him', () => jane.heard().includes('by me'));
}

/** Everything a cell has to do, with what it showed. Rejects at the first thing that was not so. */
export async function play(stage: WatchedStage, cell: Cell): Promise<readonly Shown[]> {
  const { customer, operator } = await meet(stage, cell);
  const pair: Pair = { customer: customer.person, operator: operator.person };
  // The customer said so to the bot, when the operator was not there.
  const operatorKnows = pair.operator.heard().includes(askForPerson);
  await talk(pair.customer, pair.operator);
  await talk(pair.operator, pair.customer);
  const passages = plan(cell.from.capabilities, cell.to.capabilities);
  const longest = {
    customer: cell.from.capabilities.customer?.says.text?.maxUnits ?? messageLimits.textUnits,
    operator: cell.to.capabilities.operator?.says.text?.maxUnits ?? messageLimits.textUnits,
  };
  const knowsThePast = { customer: await isToldOfThePast(stage, cell, pair), operator: operatorKnows };
  const seen = await observations(pair, { passages, longest, knowsThePast });
  await cutOff(customer, pair.operator, 'while the customer was away');
  await cutOff(operator, pair.customer, 'while the operator was away');
  await releaseAndTake(pair);
  await endAndBeginAgain(stage, pair);
  const said = (['operator', 'customer'] as const).flatMap((to) =>
    saidNames.map((name): Shown => ({ name, to, planned: plannedOf(passages, name, to), seen: seen(name, to) })),
  );
  await handOn(stage, cell, pair);
  await takeFromBot(stage, cell, pair);
  const done = deedNames.map((name): Shown => {
    const planned = plannedOf(passages, name, 'chat');
    return { name, to: 'chat', planned, seen: lookAtDeed(name, stage.commands) };
  });
  return [...said, ...done];
}
