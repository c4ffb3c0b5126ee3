import { withHistory } from '@dragoman/core';
import { expect } from 'chai';
import { chatOf, settled, textOf, workbench } from './workbench.js';

describe('the history of who comes to a chat', () => {
  it('is what was said before he was given it, once, and nothing for who hears on', async () => {
    const { core, customer, operator } = await workbench();
    const joe = await customer('joe');
    const chat = chatOf(await joe.say('one', 'joe'));
    await joe.say('two', 'joe');
    await joe.say('three', 'joe');
    const olga = await operator('olga', { scope: 'own', begins: 'live' });
    await olga.do({ type: 'SetAvailability', status: 'available' });
    await settled();
    await joe.say('four', chat.id);
    const told: string[][] = [];
    for (const { event } of olga.heard) {
      const events = await withHistory(core, olga.session, event, { limit: 2 });
      told.push(events.flatMap((one) => (one.type === 'MessagePosted' ? [textOf(one)] : [])));
    }
    expect(told.filter((texts) => texts.length > 0)).to.deep.equal([['two', 'three'], ['four']]);
  });
});
