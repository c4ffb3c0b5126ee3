import type { Core } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { delegated, scene, type Scene } from './sermo-peers.js';

const users = ['u-0', 'u-1', 'u-2'];
const each = 20;

/** The effects of all gateways, in the order they came: who took which words. */
type Effects = { readonly gateway: string; readonly text: string }[];

/** A core that takes its time until it is let go. */
function slowly(effects: Effects, gateway: string, go: Promise<void>): (core: Core) => Core {
  return (core) => ({
    ...core,
    async dispatch(by, command) {
      if (command.type !== 'PostMessage' || command.body.kind !== 'text') return core.dispatch(by, command);
      await go;
      const outcome = await core.dispatch(by, command);
      effects.push({ gateway, text: command.body.text });
      return outcome;
    },
  });
}

describeWith('rabbitmq', 'two Sermo gateways on one queue', function () {
  this.timeout(60_000);
  const stages: Scene[] = [];
  before(theBroker);
  afterEach(async () => {
    for (const stage of stages.splice(0)) await stage.stop();
  });

  for (const queueType of ['classic', 'quorum'] as const) {
    it(`the first is stopped over its work: the second does the rest, once and in order (${queueType})`, async () => {
      const effects: Effects = [];
      let letGo = (): void => undefined;
      const gone = new Promise<void>((resolve) => (letGo = resolve));
      const options = { queueType, limits: { prefetch: 10 } } as const;
      const first = await scene({ ...options, origin: 'first' }, delegated, slowly(effects, 'first', gone));
      const { names } = first;
      const at = Promise.resolve();
      const second = await scene({ ...options, names, origin: 'second' }, delegated, slowly(effects, 'second', at));
      stages.push(first, second);
      await first.desk();
      const front = await first.customer('front');
      const words = users.flatMap((userId) =>
        Array.from({ length: each }, (_, n) => ({ userId, text: `${userId} ${n}` })),
      );
      words.sort((a, b) => Number(a.text.split(' ')[1]) - Number(b.text.split(' ')[1]));
      await Promise.all(words.map((one) => front.say({ type: 'text', ...one })));
      await eventually('it is at work', () => first.adapter.status()['lanes'] === users.length);
      const stopped = first.adapter.stop();
      letGo();
      await stopped;
      await eventually('all is done', () => effects.length === words.length);
      const of = (gateway: string): readonly string[] =>
        effects.flatMap((effect) => (effect.gateway === gateway ? [effect.text] : []));
      expect(of('first').length, 'what was begun is ended').to.be.within(users.length, 10);
      expect(of('second').length).to.equal(words.length - of('first').length);
      for (const userId of users) {
        const own = effects.map(({ text }) => text).filter((text) => text.startsWith(`${userId} `));
        expect(own).to.deep.equal(Array.from({ length: each }, (_, n) => `${userId} ${n}`));
      }
      expect(await first.parked()).to.deep.equal([]);
    });
  }
});
