import { eventually } from '../eventually.js';
import type { AdapterSubject, Subject, SubjectClient } from './subject.js';
import type { WatchedCore } from './watched-core.js';

/** What a test of the suite works with: a started adapter on a core of its own, in memory. */
export interface Stage extends Subject {
  readonly core: WatchedCore;
  readonly about: AdapterSubject;
}

/** One sentence about adapters, and how it is shown. */
export interface Check {
  readonly name: string;
  run(stage: Stage): Promise<void>;
}

export function shows(client: SubjectClient, text: string): Promise<void> {
  return eventually(`${JSON.stringify(text.slice(0, 40))} is shown`, () => client.heard().includes(text));
}

/** Which of these texts were shown, in the order in which they were. */
export function shownOf(client: SubjectClient, texts: readonly string[]): readonly string[] {
  return client.heard().filter((text) => texts.includes(text));
}

/** A question and its answer: what either was sent before has arrived when this resolves. */
export async function exchange(customer: SubjectClient, operator: SubjectClient, words: string): Promise<void> {
  await customer.post(`${words}?`);
  await shows(operator, `${words}?`);
  await operator.post(`${words}!`);
  await shows(customer, `${words}!`);
}

/** A customer and an operator who talk with each other. */
export async function pair(stage: Stage): Promise<readonly [customer: SubjectClient, operator: SubjectClient]> {
  const operator = await stage.operator('olga');
  await operator.open();
  const customer = await stage.customer('ann');
  await customer.open();
  await exchange(customer, operator, 'hello');
  return [customer, operator];
}
