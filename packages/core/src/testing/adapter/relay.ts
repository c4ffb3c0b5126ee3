import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Speech } from '../../capabilities.js';
import { messageLimits } from '../../message.js';
import { textsFor } from '../../stand-ins.js';
import { eventually } from '../eventually.js';
import { exchange, pair, shownOf, shows, type Check } from './stage.js';
import type { SubjectClient } from './subject.js';

const oddTexts = [
  'plain',
  '  spaces kept  ',
  'two\nlines',
  'back\\slash \\n',
  '<b>&amp;</b>',
  'žluťoučký 日本 👩‍👩‍👧 e\u0301',
  '"quoted"',
];

async function relays(from: SubjectClient, to: SubjectClient, texts: readonly string[]): Promise<void> {
  return relaysAs(from, to, { texts, shown: texts });
}

interface Relayed {
  readonly texts: readonly string[];
  /** As what they are shown. */
  readonly shown: readonly string[];
}

async function relaysAs(from: SubjectClient, to: SubjectClient, { texts, shown }: Relayed): Promise<void> {
  for (const text of texts) await from.post(text);
  await shows(to, shown.at(-1) ?? '');
  deepStrictEqual(shownOf(to, shown), shown);
}

/** Unchanged, but for what the dialect declares that a message of it cannot hold. */
const between = (texts: readonly string[], from?: Speech, to?: Speech): Relayed => ({
  texts,
  shown: texts.flatMap((text) => textsFor(text, from?.says.text).flatMap((part) => textsFor(part, to?.hears.text))),
});

/** What is said reaches whom it should, as it was said, and nobody else. */
export const relayChecks: readonly Check[] = [
  {
    name: 'messages reach the other side once, in order, unchanged',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      const answers = oddTexts.map((text) => `${text} too`);
      const sides = stage.adapter.capabilities;
      await relaysAs(customer, operator, between(oddTexts, sides.customer, sides.operator));
      await relaysAs(operator, customer, between(answers, sides.operator, sides.customer));
    },
  },
  {
    name: 'the longest message it declares arrives, white space alone does not',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      const units = stage.adapter.capabilities.customer?.says.text?.maxUnits ?? messageLimits.textUnits;
      await customer.post(' \t ');
      await relays(customer, operator, ['é'.repeat(units)]);
      ok(!operator.heard().some((text) => text.trim() === ''), 'an empty message was shown');
    },
  },
  {
    name: 'every device of a person hears what is said to him',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      const [tab, desk] = [await stage.customer('ann'), await stage.operator('olga')];
      await tab.open();
      await desk.open();
      await exchange(customer, operator, 'on all devices');
      await Promise.all([shows(tab, 'on all devices!'), shows(desk, 'on all devices?')]);
      deepStrictEqual(shownOf(tab, ['on all devices!']), ['on all devices!']);
      deepStrictEqual(shownOf(desk, ['on all devices?']), ['on all devices?']);
    },
  },
  {
    name: 'a stranger hears nothing of a chat',
    async run(stage) {
      const [ann, operator] = await pair(stage);
      const eve = await stage.customer('eve');
      await eve.open();
      await exchange(eve, operator, 'eve');
      await exchange(ann, operator, 'between us');
      await exchange(eve, operator, 'eve again');
      await exchange(ann, operator, 'the end');
      deepStrictEqual(shownOf(eve, ['hello?', 'hello!', 'between us?', 'between us!']), []);
      deepStrictEqual(shownOf(ann, ['eve?', 'eve!', 'eve again?', 'eve again!']), []);
    },
  },
  {
    name: 'who has hung up hears nothing more, and his session is over',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      const before = stage.core.sessions.length;
      const tab = await stage.customer('ann');
      await tab.open();
      await exchange(customer, operator, 'while the tab is open');
      await shows(tab, 'while the tab is open!');
      await tab.close();
      await eventually('the session of who hung up is over', () =>
        stage.core.sessions.slice(before).every((session) => session.isOver),
      );
      await exchange(customer, operator, 'after it was closed');
      deepStrictEqual(shownOf(tab, ['after it was closed?', 'after it was closed!']), []);
    },
  },
  {
    name: 'what is said while somebody is away is shown when he comes back, once',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      await customer.close();
      await eventually('the customer is away', () => stage.core.sessions.some((session) => session.isOver));
      await operator.post('one for later');
      await operator.post('two for later');
      const back = await stage.customer('ann');
      await back.open();
      await shows(back, 'two for later');
      await exchange(back, operator, 'back again');
      deepStrictEqual(shownOf(back, ['one for later', 'two for later']), ['one for later', 'two for later']);
    },
  },
];
