import { rejects } from 'node:assert/strict';
import { eventually } from '../eventually.js';
import { exchange, pair, shows, type Check } from './stage.js';

/** Adapters come and go without leaving anything behind. */
export const lifecycleChecks: readonly Check[] = [
  {
    name: 'a stop ends every connection and every session, and nobody gets in any more',
    async run(stage) {
      const clients = await pair(stage);
      await stage.adapter.stop({ reason: 'SHUTDOWN', overMs: 0 });
      await eventually('the clients are cut off', () => clients.every((client) => client.isClosed()));
      await eventually('the sessions are over', () => stage.core.sessions.every((session) => session.isOver));
      await rejects(stage.customer('bob'));
    },
  },
  {
    name: 'it may be stopped twice, and before it ever started',
    async run(stage) {
      await stage.adapter.stop();
      await stage.adapter.stop();
      const unused = await stage.about.open();
      await unused.adapter.stop();
      await unused.close?.();
    },
  },
  {
    name: 'it starts again after a stop, and who comes back has lost nothing',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      await stage.adapter.stop();
      await Promise.all([customer.close(), operator.close()]);
      await stage.adapter.start(stage.core);
      const back = await stage.operator('olga');
      await back.open();
      const again = await stage.customer('ann');
      await again.open();
      await again.post('are you back?');
      await shows(back, 'are you back?');
      await exchange(again, back, 'we are');
    },
  },
];
