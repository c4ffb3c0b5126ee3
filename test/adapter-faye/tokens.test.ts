import { conveadAdapter, personToken, type TokenAuth } from '@dragoman/adapter-faye';
import { Fault } from '@dragoman/core';
import { expect } from 'chai';
import { box } from './faye-client.js';
import { openHouse, token, type Body, type House } from './house.js';
import { openListener } from './node-listener.js';
import { handshake, handshakeMessage, post } from './wire.js';

const personKey = 'a key that signs the tokens of single people';
const tokenOf = (type: 'visitor' | 'manager', id: string): string => personToken(personKey, { type, id });
const as = (type: 'visitor' | 'manager', id: string): object => ({ token: tokenOf(type, id), sender: { type, id } });

describe('tokens of single people', () => {
  let house: House;

  before(async () => {
    const auth = { kind: 'token', serviceToken: token, personKey, visitorToken: 'personal' } as const;
    house = await openHouse({ auth, roster: [{ id: '7', name: 'Ann' }] });
  });

  after(() => house.close());

  async function errorOf(ext: unknown, subscription: string): Promise<string | undefined> {
    const clientId = await handshake(house.port, ext);
    return (await post(house.port, [{ channel: '/meta/subscribe', clientId, subscription, id: '2' }]))[0]?.error;
  }

  it('are HMAC-SHA256 of type and id, so that a back end of any language can make them', () => {
    expect(personToken('key', { type: 'visitor', id: 'v1' })).to.equal(
      '2a913c7692e19af4583b065331bfe4c92cbac27068e64de3f6b6eef03d2255e9',
    );
  });

  it('open to a visitor his own channels and to nobody without one any', async () => {
    expect(await errorOf(as('visitor', 'v1'), '/service/v1')).to.equal(undefined);
    expect(await errorOf(as('visitor', 'v1'), '/notifications/v1')).to.equal(undefined);
    expect(await errorOf(as('visitor', 'v1'), '/service/v2')).to.equal('403:/service/v2:Forbidden channel');
    expect(await errorOf(as('visitor', 'v1'), '/service/*')).to.equal('403:/service/*:Forbidden channel');
    expect(await errorOf(undefined, '/service/v1')).to.equal('403:/service/v1:Forbidden channel');
  });

  it('are refused to whoever shows that of somebody else, at the handshake and at a subscription', async () => {
    const stolen = { token: tokenOf('visitor', 'v1'), sender: { type: 'visitor', id: 'v2' } };
    const [answer] = await post(house.port, [handshakeMessage(stolen)]);
    expect(answer).to.include({ successful: false, error: '401::Invalid token' });
    const clientId = await handshake(house.port);
    for (const ext of [stolen, { token: tokenOf('visitor', 'v2') }, { token: [tokenOf('visitor', 'v2')] }]) {
      const message = { channel: '/meta/subscribe', clientId, subscription: '/service/v2', ext };
      expect((await post(house.port, [message]))[0]?.error).to.equal('401::Invalid token');
    }
  });

  it('let a manager be himself and no other manager', async () => {
    expect(await errorOf(as('manager', '7'), '/service/*')).to.equal(undefined);
    const params = { token: tokenOf('manager', '7'), sender: { type: 'manager', id: 7 } };
    expect((await house.api('/chat/service/v7', params)).status).to.equal(201);
    const forged = { ...params, sender: { type: 'manager', id: 8 } };
    const refused = await house.api('/chat/service/v7', forged);
    expect([refused.status, refused.json.error]).to.deep.equal([401, 'unauthorized']);
  });

  it('are asked of visitors who open a conversation or write in one', async () => {
    const sender = { type: 'visitor', id: 'v1' };
    const own = { sender, token: tokenOf('visitor', 'v1') };
    const opened = await house.api('/chat/service/v1', { sender: 'visitor', token: own.token });
    expect(opened.status).to.equal(201);
    const path = `/chat/conversation/${opened.json.conversation?.id}`;
    expect((await house.api(path, { ...own, content: 'Hello' })).status).to.equal(201);
    for (const [to, params] of [
      ['/chat/service/v1', { sender }],
      ['/chat/service/v1', { sender, token: tokenOf('visitor', 'v2') }],
      [path, { sender, content: 'x' }],
      [path, { sender: 'visitor', token: own.token, content: 'x' }],
      [path, { sender, token: tokenOf('manager', 'v1'), content: 'x' }],
    ] as const) {
      const refused = await house.api(to, params);
      expect([refused.status, refused.json.error]).to.deep.equal([401, 'unauthorized']);
    }
  });

  it('do not take the place of the service token, which speaks for everybody', async () => {
    const answer = await house.api('/chat/service/v5', { sender: { type: 'visitor', id: 'v5' }, token });
    expect(answer.status).to.equal(201);
  });

  it('work for real clients on both sides', async () => {
    const [service, duty] = [box<Body>(), box<Body>()];
    await house.client({ ext: as('visitor', 'v9') }).subscribe('/service/v9', (data) => service.put(data as Body));
    await house.client({ ext: as('manager', '7') }).subscribe('/service/*', (data) => duty.put(data as Body));
    await house.api('/chat/service/v9', as('visitor', 'v9'));
    expect(await service.next()).to.deep.equal(await duty.next());
  });

  it('need a key that cannot be guessed', async () => {
    const { listener, close } = await openListener();
    const wrong: readonly Partial<TokenAuth>[] = [{ visitorToken: 'personal' }, { personKey: 'short' }];
    for (const change of wrong) {
      const auth: TokenAuth = { kind: 'token', serviceToken: token, ...change };
      expect(() => conveadAdapter({ listener, auth })).to.throw(Fault, 'personKey');
    }
    await close();
  });
});
