import { conveadAdapter } from '@dragoman/adapter-faye';
import { createCore, createMemoryStore, Fault, type Core } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { troubled } from '../core/runtime/troubled-store.js';
import { box } from './faye-client.js';
import { openHouse, token, visitor, type Body, type House } from './house.js';
import { openListener } from './node-listener.js';
import { handshake, handshakeMessage, http, post } from './wire.js';

const ann = { token, sender: { type: 'manager', id: 7, name: 'Ann' } };

describe('a subscription to a Convead channel', () => {
  let house: House;
  let number: number;

  beforeEach(async () => {
    house = await openHouse({ roster: [{ id: '7', name: 'Ann' }] });
    number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id ?? 0;
  });

  afterEach(() => house.close());

  async function errorOf(clientId: string, subscription: string, ext?: unknown): Promise<string | undefined> {
    const message = {
      channel: '/meta/subscribe',
      clientId,
      subscription,
      id: '2',
      ...(ext === undefined ? {} : { ext }),
    };
    return (await post(house.port, [message]))[0]?.error;
  }

  it('is there for whom the store could not be asked a moment before, when he asks again', async () => {
    const store = troubled(createMemoryStore());
    const hasty = await openHouse({}, { store });
    const subscribe = async (clientId: string, subscription: string) =>
      (await post(hasty.port, [{ channel: '/meta/subscribe', clientId, subscription, id: '2' }]))[0]?.error;
    for (const [ext, name] of [
      [undefined, '/service/v1'],
      [ann, '/service/*'],
    ] as const) {
      const clientId = await handshake(hasty.port, ext);
      store.failCalls('readStream', 1);
      expect(await subscribe(clientId, name)).to.equal('500::Internal server error');
      expect(await subscribe(clientId, name)).to.equal(undefined);
    }
    await hasty.close();
  });

  it('is for a visitor only what is his own', async () => {
    const clientId = await handshake(house.port);
    expect(await errorOf(clientId, '/service/v1')).to.equal(undefined);
    expect(await errorOf(clientId, '/notifications/v1')).to.equal(undefined);
    expect(await errorOf(clientId, `/conversations/${number}`)).to.equal(undefined);
    for (const name of ['/service/v2', '/notifications/v2', '/service/*', '/conversations/*', '/conversations/1']) {
      expect(await errorOf(clientId, name)).to.equal(`403:${name}:Forbidden channel`);
    }
  });

  it('looks the same to a stranger whether the conversation exists or not', async () => {
    const clientId = await handshake(house.port);
    await errorOf(clientId, '/service/v2');
    expect(await errorOf(clientId, `/conversations/${number}`)).to.equal(
      `403:/conversations/${number}:Forbidden channel`,
    );
    expect(await errorOf(clientId, '/conversations/5')).to.equal('403:/conversations/5:Forbidden channel');
    const unnamed = await handshake(house.port);
    expect(await errorOf(unnamed, `/conversations/${number}`)).to.equal(
      `403:/conversations/${number}:Forbidden channel`,
    );
  });

  it('is for a manager every service channel, and the conversations that are his', async () => {
    const his = await handshake(house.port, ann);
    for (const name of ['/service/*', '/service/v9', '/notifications/v9', `/conversations/${number}`]) {
      expect(await errorOf(his, name)).to.equal(undefined);
    }
    const other = await handshake(house.port, { token, sender: { type: 'manager', id: 8 } });
    expect(await errorOf(other, `/conversations/${number}`)).to.equal(`403:/conversations/${number}:Forbidden channel`);
  });

  it('takes the token from the subscription itself, too', async () => {
    const clientId = await handshake(house.port);
    expect(await errorOf(clientId, '/service/*', ann)).to.equal(undefined);
  });

  it('with a wrong token is refused, and so is a handshake, which must not come back', async () => {
    const clientId = await handshake(house.port);
    expect(await errorOf(clientId, '/service/*', { token: 'guess' })).to.equal('401::Invalid token');
    const [answer] = await post(house.port, [handshakeMessage({ token: 'guess' })]);
    expect(answer).to.include({ successful: false, error: '401::Invalid token' });
    expect(answer?.advice).to.deep.equal({ reconnect: 'none' });
  });

  it('of a back end with the token alone hears everything it asks for', async () => {
    const heard = box<Body>();
    const backEnd = house.client({ ext: { token } });
    await backEnd.subscribe(`/conversations/${number}`, (data) => heard.put(data as Body));
    await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content: 'for all' });
    expect((await heard.next()).message?.content).to.equal('for all');
  });
});

describe('two subscriptions of one session in two requests at once', () => {
  it('are both allowed when the first of them says whose session it is', async () => {
    const { listener, port, close } = await openListener();
    const real = await createCore();
    let letIn = (): void => undefined;
    const door = new Promise<void>((resolve) => (letIn = resolve));
    const connect: Core['connect'] = async (who, how, deliver) => {
      if (who.role === 'customer') await door;
      return real.connect(who, how, deliver);
    };
    const adapter = conveadAdapter({ listener, auth: { kind: 'token', serviceToken: token } });
    await adapter.start({ ...real, connect });
    const clientId = await handshake(port);
    const asked = ['/service/v1', '/notifications/v1'].map((subscription) =>
      post(port, [{ channel: '/meta/subscribe', clientId, subscription }]),
    );
    // Answered behind both, which then wait for the core.
    for (let n = 0; n < 3; n += 1) await post(port, []);
    letIn();
    const answers = await Promise.all(asked);
    expect(answers.map(([answer]) => answer?.successful)).to.deep.equal([true, true]);
    await adapter.stop();
    await real.stop();
    await close();
  });
});

describe('a stop of the adapter', () => {
  it('leaves nothing open although somebody who was just coming cannot be taken', async () => {
    const [core, listener] = [await createCore(), await openListener()];
    let fail: ((reason: Error) => void) | undefined;
    const connect: Core['connect'] = (who, ...how) =>
      who.externalId === 'v1' ? new Promise((_, reject) => (fail = reject)) : core.connect(who, ...how);
    const adapter = conveadAdapter({ listener: listener.listener, auth: { kind: 'token', serviceToken: token } });
    await adapter.start({ ...core, connect });
    const clientId = await handshake(listener.port);
    const asked = post(listener.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/v1', id: '2' }]);
    await eventually('he is coming', () => fail !== undefined);
    const stopped = adapter.stop().then(() => 'stopped');
    await eventually('the others are gone', async () => (await http(listener.port, '/chat/service/v1')).status === 404);
    fail?.(new Error('told to fail'));
    expect(await stopped).to.equal('stopped');
    await asked.catch(() => undefined);
    await listener.close();
    await core.stop();
  });
});

describe('the open mode', () => {
  it('runs the seven steps as the document has them, without any token', async () => {
    const house = await openHouse({ auth: { kind: 'open' }, roster: [{ id: '7', name: 'Ann' }] });
    const form = async (path: string, body: string): Promise<Body> => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return JSON.parse((await http(house.port, path, { body, headers })).body);
    };
    const [widget, ann, bob] = [house.client(), house.client(), house.client()];
    const [service, duty, bobs, atVisitor, atManager] = [
      box<Body>(),
      box<Body>(),
      box<Body>(),
      box<Body>(),
      box<Body>(),
    ];
    await ann.subscribe('/service/*', (data) => duty.put(data as Body));
    await bob.subscribe('/service/*', (data) => bobs.put(data as Body));
    // 1, 2: the user comes, and the logger names him. 3:
    await widget.subscribe('/service/v1', (data) => service.put(data as Body));
    // 4:
    const answer = await form('/chat/service/v1', 'sender[type]=visitor&sender[id]=v1');
    // 5, 6:
    const told = await service.next();
    expect(told).to.deep.equal(answer);
    const channel = `/conversations/${told.conversation?.id}`;
    await widget.subscribe(channel, (data) => atVisitor.put(data as Body));
    // 7: both who are on duty hear of it, and one of them is chosen.
    for (const heard of [duty, bobs]) expect(await heard.next()).to.deep.equal(told);
    expect(told.conversation?.manager_id).to.equal(7);
    await ann.subscribe(channel, (data) => atManager.put(data as Body));
    const path = `/chat/conversation/${told.conversation?.id}`;
    await form(path, 'sender[type]=visitor&sender[id]=v1&content=Hello');
    await form(path, 'sender[type]=manager&sender[id]=7&content=Hi');
    for (const heard of [atVisitor, atManager]) {
      expect([(await heard.next()).message?.content, (await heard.next()).message?.content]).to.deep.equal([
        'Hello',
        'Hi',
      ]);
    }
    // Exactly one `conversation` for each request.
    await form('/chat/service/v1', 'sender[type]=visitor&sender[id]=v1');
    for (const heard of [service, duty, bobs]) expect(await heard.next()).to.have.property('entity', 'conversation');
    expect([service, duty, bobs, atVisitor, atManager].flatMap(({ unread }) => unread)).to.deep.equal([]);
    await house.close();
  });

  it('must be asked for: without a token nothing starts', async () => {
    const { listener, close } = await openListener();
    expect(() => conveadAdapter({ listener, auth: { kind: 'token', serviceToken: '' } })).to.throw(
      Fault,
      'service token',
    );
    await close();
  });
});
