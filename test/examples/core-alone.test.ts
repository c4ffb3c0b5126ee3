import { createCore } from '@dragoman/core';
import { expect } from 'chai';
import { customer, operator } from '../../examples/core-alone/core-alone.js';

const text = (words: string) => ({ kind: 'text', text: words }) as const;

describe('the core alone', () => {
  it('brings a customer and an operator together', async () => {
    const core = await createCore();
    const heard: string[] = [];
    const [olga, ann] = [await operator(core, 'olga'), await customer(core, 'ann', heard)];
    await core.dispatch(ann, { type: 'PostMessage', to: { key: 'ann' }, body: text('hello'), ifClosed: 'new' });
    const chat = await core.find(ann, { key: 'ann' });
    expect(chat).to.include({ status: 'assigned', assigneeId: olga.participant.id });
    const to = { chatId: chat?.id ?? '' };
    await core.dispatch(olga, { type: 'PostMessage', to, body: text('good morning'), ifClosed: 'refuse' });
    expect(heard).to.deep.equal(['good morning']);
    await core.stop();
  });
});
