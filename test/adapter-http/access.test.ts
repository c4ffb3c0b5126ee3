import { hashOf } from '@dragoman/adapter-http';
import { createCollectingLog, createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openHouse, type Json } from './house.js';

const joe = { side: 'customer', id: 'joe', name: 'Joe' } as const;
const body = { as: joe, message: { kind: 'text', text: 'my secret words' } };

describe('who may use the HTTP API', () => {
  it('is who shows a key; a wrong one is told nothing, and soon has to wait', async () => {
    let from = 0;
    const addressOf = (): string => `2001:db8::${(from += 1)}`;
    const house = await openHouse({ settings: { addressOf, limits: { wrongKeys: { perSecond: 0.1, burst: 2 } } } });
    const statuses: number[] = [];
    for (const key of ['a', 'b', 'c']) {
      const { status, headers } = await house.ask('GET', '/chats', undefined, { authorization: `Bearer ${key}` });
      if (status === 401) expect(headers.get('www-authenticate')).to.match(/^Bearer/);
      statuses.push(status);
    }
    expect(statuses).to.deep.equal([401, 401, 429]);
    expect((await house.ask('GET', '/chats')).status).to.equal(200);
    expect((await house.ask('GET', '/chats', undefined, { authorization: 'Basic eDp5' })).status).to.equal(401);
    await house.close();
  });

  it('may ask as often as his key allows, however much others ask', async () => {
    const rate = { perSecond: 0.5, burst: 2 };
    const slow = { id: 'slow', hash: hashOf('dgm_slow'), scopes: ['read'], rate } as const;
    const other = { id: 'other', hash: hashOf('dgm_full'), scopes: ['read'] } as const;
    const house = await openHouse({ settings: { keys: [slow, other] } });
    const answers = [];
    for (let times = 0; times < 3; times += 1) {
      answers.push(await house.ask('GET', '/queue', undefined, { authorization: 'Bearer dgm_slow' }));
    }
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 429]);
    expect(answers[2]?.body).to.include({ code: 'TOO_FAST', canRetry: true });
    expect(Number(answers[2]?.headers.get('retry-after'))).to.be.within(1, 2);
    expect((await house.ask('GET', '/queue')).status).to.equal(200);
    await house.close();
  });

  it('acts only for those his key is for', async () => {
    const desk = { id: 'desk', hash: hashOf('dgm_full'), scopes: ['read', 'operators'] } as const;
    const house = await openHouse({ settings: { keys: [desk] } });
    const { status, body: problem } = await house.ask('POST', '/chats/x/messages', {
      ...{ as: joe, body: body.message },
    });
    expect([status, problem]).to.deep.include(403);
    expect(problem).to.include({ code: 'OUT_OF_SCOPE', detail: 'It needs customers.' });
    await house.close();
  });

  it('is put down with what he did, and never with what was said or with his key', async () => {
    const log = createCollectingLog();
    const house = await openHouse({ core: { log } });
    const { body: opened } = await house.ask('POST', '/chats', body);
    const chatId = String(opened['chat']?.['id']);
    await house.ask('POST', `/chats/${chatId}/close`, { as: { side: 'operator', id: 'ann' } });
    const asked = log.lines.filter(({ message }) => message === 'a backend asked').map(({ facts }) => facts);
    expect(asked).to.have.length(2);
    expect(asked[0]).to.deep.include({ keyId: 'full', command: 'PostMessage', outcome: 'accepted' });
    expect(asked[1]).to.deep.include({ keyId: 'full', command: 'CloseChat', chatId, outcome: 'accepted' });
    expect(asked[0]).to.include.keys('requestId', 'participantId');
    const all = JSON.stringify(log.lines);
    expect(all).to.not.include('secret words');
    expect(all).to.not.include('dgm_');
    await house.close();
  });
});

describe('an operator of a backend', () => {
  it('is gone when his duty is not renewed, and there as long as it is', async () => {
    const clock = createFixedClock();
    const house = await openHouse({ core: { clock } });
    const renew = () => house.ask('PUT', '/duties/ann', { name: 'Ann', leaseMs: 9_000 });
    const isOnline = async (): Promise<boolean> => {
      const { body: list } = await house.ask('GET', '/operators');
      return String(list['operators']?.[0]?.['operator']?.['isOnline']) === 'true';
    };
    for (let times = 0; times < 3; times += 1) {
      await renew();
      clock.advance(6_000);
      expect(await isOnline()).to.equal(true);
    }
    clock.advance(3_000);
    while (await isOnline()) await new Promise((resolve) => setImmediate(resolve));
    await renew();
    expect(await isOnline()).to.equal(true);
    await house.ask('DELETE', '/duties/ann');
    while (await isOnline()) await new Promise((resolve) => setImmediate(resolve));
    expect((await house.ask('DELETE', '/duties/ann')).status).to.equal(204);
    await house.close();
  });

  it('is one too many also where many begin at once', async () => {
    const house = await openHouse({ settings: { limits: { duties: 2 } } });
    const begin = (id: string) => house.ask('PUT', `/duties/${id}`, { name: id });
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const connecting = house.core.connect;
    const connect: typeof connecting = (...args) => gate.then(() => connecting(...args));
    Object.defineProperty(house.core, 'connect', { value: connect });
    let answered = 0;
    const asked = ['a', 'b', 'c', 'd', 'e'].map((id) => begin(id).finally(() => (answered += 1)));
    await eventually('those too many are refused', () => answered === 3);
    open();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).toSorted()).to.deep.equal([200, 200, 409, 409, 409]);
    const [seated] = ['a', 'b', 'c', 'd', 'e'].filter((_, index) => answers[index]?.status === 200);
    expect((await begin(seated ?? '')).status).to.equal(200);
    await house.ask('DELETE', `/duties/${seated}`);
    expect((await begin('f')).status).to.equal(200);
    await house.close();
  });

  it('stays when his duty ends at the moment in which it is renewed under another name', async () => {
    const clock = createFixedClock();
    const house = await openHouse({ core: { clock } });
    await house.ask('PUT', '/duties/ann', { name: 'Ann', leaseMs: 9_000 });
    const connect: typeof house.core.connect = (...args) => {
      clock.advance(9_000);
      return connecting(...args);
    };
    const connecting = house.core.connect;
    Object.defineProperty(house.core, 'connect', { value: connect });
    await house.ask('PUT', '/duties/ann', { name: 'Anna', leaseMs: 9_000 });
    const { body: list } = await house.ask('GET', '/operators');
    const isOnline = list['operators'].map((one: Json) => [one['person']['name'], one['operator']['isOnline']]);
    expect(isOnline).to.deep.include(['Anna', true]);
    await house.close();
  });
});
