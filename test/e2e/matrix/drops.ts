import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import type { Person } from '../people/person.js';
import { meet, type Cell } from './cell.js';
import type { OnLine, Stage } from './stage.js';

/** How many words each side says, and within how long its line is cut, ms. */
const words = 12;
const cutWithinMs = 150;
const catchUpMs = 20_000;

/** Numbers in [0, 1) that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** One after the other, as a person does: the next is said when the last has arrived. */
async function saySeveral(speaker: Person, said: readonly string[], random: () => number): Promise<void> {
  for (const text of said) {
    await speaker.say(text);
    await pause(random() * 15);
  }
}

async function cutOnce(line: OnLine, random: () => number): Promise<void> {
  await pause(random() * cutWithinMs);
  line.cut();
}

/** None lost, none doubled, in order; where a protocol lets nobody know better, a word may be heard again. */
function judge(who: string, heard: readonly string[], said: readonly string[], unsure: readonly string[]): void {
  const seen = new Set<string>();
  const told = heard.filter((text) => {
    const isAgain = seen.has(text) && unsure.includes(text);
    seen.add(text);
    return said.includes(text) && !isAgain;
  });
  expect(told, `what ${who} heard`).to.deep.equal(said);
}

/** Said twice, or shown twice, by what the protocols themselves leave open. */
function mayRepeat(speaker: Person, hearer: Person): readonly string[] {
  return [...(speaker.unsure?.() ?? []), ...(hearer.again?.() ?? [])];
}

/** Both talk at once, and each is cut off at some moment of it. Rejects when a word is lost, doubled or out of order. */
export async function playWithDrops(stage: Stage, cell: Cell, seed: number): Promise<void> {
  const { customer, operator } = await meet(stage, cell);
  const random = randomFrom(seed);
  const questions = Array.from({ length: words }, (_, n) => `question ${n} of ${seed}`);
  const answers = Array.from({ length: words }, (_, n) => `answer ${n} of ${seed}`);
  await Promise.all([
    saySeveral(customer.person, questions, random),
    saySeveral(operator.person, answers, random),
    cutOnce(customer, random),
    cutOnce(operator, random),
  ]);
  const isTold = ({ person }: OnLine, said: readonly string[]): boolean =>
    said.every((text) => person.heard().includes(text));
  await eventually(
    'both have heard everything',
    () => isTold(customer, answers) && isTold(operator, questions),
    catchUpMs,
  ).catch(() => undefined);
  judge('the operator', operator.person.heard(), questions, mayRepeat(customer.person, operator.person));
  judge('the customer', customer.person.heard(), answers, mayRepeat(operator.person, customer.person));
}
