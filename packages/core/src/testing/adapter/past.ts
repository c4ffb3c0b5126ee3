import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Capabilities } from '../../capabilities.js';
import { arrive, type Side } from './counterpart.js';
import { exchange, pair, shownOf, shows, type Check, type Stage } from './stage.js';
import type { SubjectClient } from './subject.js';

/** Asks for what was said before, where the dialect does not show it unasked. */
async function lookBack(stage: Stage, side: Side, client: SubjectClient): Promise<void> {
  if (stage.adapter.capabilities[side]?.hears.history?.pushed !== undefined) return;
  const ask = client.does?.history;
  ok(ask !== undefined, 'the client of this test cannot show history');
  await ask();
}

/** Somebody of no dialect writes while no operator is there. */
const operatorCheck: Check = {
  name: 'what was said before an operator came is shown to him, unasked or when he asks',
  async run(stage) {
    const customer = await arrive(stage.core, 'customer', () => undefined);
    const to = { key: 'reference' };
    const say = async (text: string): Promise<void> => {
      await stage.core.dispatch(customer, { type: 'PostMessage', to, body: { kind: 'text', text }, ifClosed: 'new' });
    };
    await say('said before');
    const operator = await stage.operator('olga');
    await operator.open();
    await say('and now');
    await shows(operator, 'and now');
    await operator.post('what was it?');
    await lookBack(stage, 'operator', operator);
    await shows(operator, 'said before');
  },
};

/**
 * Another device of somebody who has said something. What the other side said may be told again there, until it is known
 * to have come; his own words he knows, so that they are shown as history or not at all.
 */
async function latecomer(stage: Stage, side: Side): Promise<SubjectClient> {
  const [customer, operator] = await pair(stage);
  await exchange(customer, operator, 'before');
  const late = side === 'customer' ? await stage.customer('ann') : await stage.operator('olga');
  await late.open();
  await exchange(customer, operator, 'with the latecomer');
  await shows(late, side === 'customer' ? 'with the latecomer!' : 'with the latecomer?');
  return late;
}

const customerCheck: Check = {
  name: 'what a customer said before is shown to another device of his, unasked or when it asks',
  async run(stage) {
    const late = await latecomer(stage, 'customer');
    await lookBack(stage, 'customer', late);
    await shows(late, 'before?');
  },
};

const forgetfulCheck = (side: Side): Check => ({
  name: `what the ${side} said before is not shown to another device of his: no history is declared`,
  async run(stage) {
    const late = await latecomer(stage, side);
    deepStrictEqual(shownOf(late, [side === 'customer' ? 'before?' : 'before!']), []);
  },
});

/** Who comes later learns what was said, or the dialect says that he does not. */
export function pastChecks({ customer, operator }: Capabilities): readonly Check[] {
  const knows = { customer: customerCheck, operator: operatorCheck };
  return Object.entries({ customer, operator }).flatMap(([name, speech]) => {
    const side = name === 'customer' ? 'customer' : 'operator';
    if (speech === undefined) return [];
    return speech.hears.history === undefined ? [forgetfulCheck(side)] : [knows[side]];
  });
}
