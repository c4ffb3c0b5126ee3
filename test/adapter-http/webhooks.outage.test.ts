import { createMemoryStore, type Core } from '@dragoman/core';
import { createFixedClock, eventually, type FixedClock } from '@dragoman/core/testing';
import type { WebhookEndpoint } from '@dragoman/adapter-http';
import { expect } from 'chai';
import { openHouse, type House, type Json } from './house.js';
import { openReceiver, secret, textOf, verify, type Receiver } from './receiver.js';
import { unclosed } from './unclosed.js';

const minute = 60_000;

/** The clock moves on until it is so. */
async function movedUntil(clock: FixedClock, what: string, isSo: () => boolean): Promise<void> {
  await eventually(what, () => {
    if (!isSo()) clock.advance(500);
    return isSo();
  });
}

describe('webhooks to a receiver that is away', () => {
  const closing: (() => Promise<void>)[] = [];
  let clock: FixedClock;

  const open = async (webhook: WebhookEndpoint, store = createMemoryStore({ clock })): Promise<House> => {
    const house = await openHouse({ settings: { webhooks: [webhook] }, core: { clock, store } });
    closing.push(house.close);
    return house;
  };
  const joeIn = (core: Core) =>
    core.connect(
      {
        ...{ workspaceId: 'default', space: 'web', side: 'customer', role: 'customer', realm: '' },
        ...{ externalId: 'joe', idType: 'string', name: 'Joe' },
      },
      { scope: 'own', echo: 'all', away: null, chats: [] },
      () => {},
    );
  const sayer = async (core: Core): Promise<(key: string, text: string) => Promise<void>> => {
    const joe = await joeIn(core);
    return async (key, text) => {
      const body = { kind: 'text', text } as const;
      const opening = { joinOpen: false };
      const command = { type: 'PostMessage', to: { key }, body, ifClosed: 'new', opening } as const;
      expect((await core.dispatch(joe, command)).ok).to.equal(true);
    };
  };
  const endpoint = (receiver: Receiver, more: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
    ...{ id: 'crm', url: receiver.url, secrets: [secret], allow: ['127.0.0.1'], types: ['MessagePosted'] },
    ...more,
  });

  beforeEach(() => {
    // An hour from here is about now: receivers do not take a signature for another time.
    clock = createFixedClock(Date.now() - 60 * minute);
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('for an hour delay no chat, cost no more memory than they may, and are all told in order afterwards', async () => {
    const away = await openReceiver();
    const { port } = away;
    await away.close();
    const { core, ask } = await open(endpoint(away, { limits: { held: 20 } }));
    const say = await sayer(core);
    for (let n = 0; n < 60; n += 1) {
      for (const chat of ['a', 'b', 'c']) await say(chat, `${chat}${n}`);
      clock.advance(minute);
      await new Promise(setImmediate);
    }
    const state = (await ask('GET', '/webhooks/crm')).body;
    expect(state['paused']?.['cause']).to.equal('failing');
    expect(state['waiting']).to.be.within(1, 20);

    const receiver = await openReceiver(() => 204, port);
    closing.push(() => receiver.close());
    await movedUntil(clock, 'all are told', () => receiver.texts().length >= 180);
    for (const chat of ['a', 'b', 'c']) {
      const texts = receiver.texts().filter((text) => text.startsWith(chat));
      expect(texts).to.deep.equal(Array.from({ length: 60 }, (_, n) => `${chat}${n}`));
    }
    for (const taken of receiver.taken) verify(taken);
    expect((await ask('GET', '/webhooks/crm/dead-letters')).body).to.deep.equal({ deadLetters: [] });
  });

  it('are told as soon as it is back also when the clock was set back a day meanwhile', async () => {
    const receiver = await openReceiver(() => 503);
    closing.push(receiver.close);
    let behind = 0;
    const set = { ...clock, now: () => clock.now() - behind };
    const house = await openHouse({
      settings: { webhooks: [endpoint(receiver)] },
      core: { clock: set, store: createMemoryStore({ clock: set }) },
    });
    closing.push(house.close);
    const say = await sayer(house.core);
    for (const chat of ['a', 'b', 'c', 'd', 'e', 'f']) await say(chat, chat);
    const paused = async (): Promise<Json> => (await house.ask('GET', '/webhooks/crm')).body['paused']?.['cause'];
    while ((await paused()) !== 'failing') clock.advance(500);
    behind = 24 * 60 * minute;
    const heard = receiver.requests.length;
    await movedUntil(clock, 'it is asked again', () => receiver.requests.length > heard);
  });

  it('for ever give an old event up, so that the others of its chat get their turn', async () => {
    const receiver = await openReceiver((taken) => (textOf(taken) === 'a1' ? 500 : 204));
    closing.push(() => receiver.close());
    const { core, ask } = await open(endpoint(receiver, { limits: { giveUpMs: minute } }));
    const say = await sayer(core);
    await say('a', 'a1');
    await say('a', 'a2');
    await movedUntil(clock, 'the other', () => receiver.texts().length === 1);
    expect(receiver.texts()).to.deep.equal(['a2']);
    const dead: readonly Json[] = (await ask('GET', '/webhooks/crm/dead-letters')).body['deadLetters'] ?? [];
    expect(dead.map((letter) => letter['reason'])).to.deep.equal(['STATUS_500']);
  });

  it('leave what was taken behind a stuck event alone after a restart', async () => {
    let isStuck = true;
    const receiver = await openReceiver((taken) => (textOf(taken) === 'a1' && isStuck ? 500 : 204));
    closing.push(() => receiver.close());
    const store = unclosed(createMemoryStore({ clock }));
    const hook = endpoint(receiver, { limits: { attempts: 1_000, pauseAfter: 1_000 } });
    const first = await open(hook, store);
    const say = await sayer(first.core);
    for (const text of ['a1', 'b1', 'c1', 'b2']) await say(text.charAt(0), text);
    await movedUntil(clock, 'the others', () => receiver.texts().length === 3);
    while ((await first.ask('GET', '/webhooks/crm')).body['waiting'] !== 1) await new Promise(setImmediate);
    clock.advance(1_000);
    clock.advance(1_000);
    await closing.pop()?.();
    isStuck = false;
    await open(hook, store);
    await movedUntil(clock, 'the stuck one', () => receiver.texts().includes('a1'));
    expect(receiver.texts()).to.have.members(['b1', 'c1', 'b2', 'a1']);
  });
});
