import { once } from 'node:events';
import { eventFrame } from '@dragoman/adapter-faye';
import { systemClock, type Clock } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openTestCarrier, type TestCarrier } from './carrier.js';
import { box, fayeClient, leave, type FayeClient } from './faye-client.js';
import { handshake, openSocket, post } from './wire.js';

describe('a Bayeux mount', () => {
  let open: TestCarrier;
  let clients: FayeClient[];

  beforeEach(async () => {
    open = await openTestCarrier({ timeoutMs: 1000 });
    clients = [];
  });

  afterEach(async () => {
    await Promise.all(clients.map(leave));
    await open.close();
  });

  function client(transport?: string): FayeClient {
    const made = fayeClient(`${open.url}/faye`, transport === undefined ? {} : { transport });
    clients.push(made);
    return made;
  }

  for (const transport of ['websocket', 'long-polling']) {
    describe(`with a real faye client over ${transport}`, () => {
      it('lets a widget subscribe to its service channel and hear it', async () => {
        const heard = box<unknown>();
        await client(transport).subscribe('/service/v8f2c1', heard.put);
        open.carrier.publish(eventFrame('/service/v8f2c1', { entity: 'conversation' }));
        expect(await heard.next()).to.deep.equal({ entity: 'conversation' });
      });

      it('lets a duty manager hear every service channel once', async () => {
        const heard = box<unknown>();
        const manager = client(transport);
        await manager.subscribe('/service/*', heard.put);
        await manager.subscribe('/service/v1', () => undefined);
        open.carrier.publish(eventFrame('/service/v1', 1));
        open.carrier.publish(eventFrame('/service/v2', 2));
        expect([await heard.next(), await heard.next()]).to.deep.equal([1, 2]);
        expect(heard.unread).to.deep.equal([]);
      });

      it('keeps the order of a hundred events', async () => {
        const heard = box<unknown>();
        await client(transport).subscribe('/conversations/1', heard.put);
        for (let n = 0; n < 100; n += 1) open.carrier.publish(eventFrame('/conversations/1', n));
        const got: unknown[] = [];
        while (got.length < 100) got.push(await heard.next());
        expect(got).to.deep.equal(Array.from({ length: 100 }, (_, n) => n));
      });

      it('tells a client that its subscription or publication is forbidden', async () => {
        const one = client(transport);
        const errorOf = (ask: PromiseLike<unknown>): Promise<unknown> =>
          new Promise((resolve) => ask.then(() => resolve(undefined), resolve));
        expect(await errorOf(one.subscribe('/**', () => undefined))).to.include({
          code: 403,
          message: 'Forbidden channel',
        });
        expect(await errorOf(one.publish('/conversations/1', 'x'))).to.include({ code: 403 });
      });

      it('stops sending after an unsubscription', async () => {
        const heard = box<unknown>();
        const one = client(transport);
        const subscription = one.subscribe('/service/a', heard.put) as PromiseLike<unknown> & { cancel(): void };
        await subscription;
        await one.subscribe('/service/b', heard.put);
        subscription.cancel();
        await open.waitFor('unsubscribed');
        open.carrier.publish(eventFrame('/service/a', 'a'));
        open.carrier.publish(eventFrame('/service/b', 'b'));
        expect(await heard.next()).to.equal('b');
      });
    });
  }

  it('answers the older of two connects of one client and holds the newer', async () => {
    const clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    const connect = (id: string) =>
      post(open.port, [{ channel: '/meta/connect', clientId, connectionType: 'long-polling', id }]);
    const first = connect('3');
    const second = connect('4');
    expect(await first).to.have.nested.property('[0].successful', true);
    open.carrier.publish(eventFrame('/service/a', 'news'));
    const answers = await second;
    expect(answers.map(({ data }) => data)).to.deep.equal([undefined, 'news']);
  });

  it('loses no event when the connection of a held poll dies', async () => {
    const clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    const abort = new AbortController();
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
    const arrived = once(open.server, 'request');
    const lost = post(open.port, [{ ...connect, id: '3' }], abort.signal).catch(() => 'lost');
    const [, held] = await arrived;
    await post(open.port, [{ channel: '/meta/unsubscribe', clientId, subscription: '/service/x', id: '4' }]);
    const gone = once(held, 'close');
    abort.abort();
    await gone;
    expect(await lost).to.equal('lost');
    open.carrier.publish(eventFrame('/service/a', 'kept'));
    const answers = await post(open.port, [{ ...connect, id: '5' }]);
    expect(answers.map(({ data }) => data)).to.deep.equal([undefined, 'kept']);
  });

  it('gives the events of an answer again to a client that asks again for that answer', async () => {
    const clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    open.carrier.publish(eventFrame('/service/a', 'once more'));
    const connect = (id: string) =>
      post(open.port, [{ channel: '/meta/connect', clientId, connectionType: 'long-polling', id }]);
    const [first, again] = [await connect('3'), await connect('3')];
    expect(again).to.deep.equal(first);
    expect(first[1]).to.deep.equal({ channel: '/service/a', data: 'once more' });
  });

  it('moves a client to its newer socket and closes the older alone', async () => {
    const clientId = await handshake(open.port);
    const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket' };
    const older = await openSocket(open.port);
    older.send([{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    await older.next();
    older.send([{ ...connect, id: '3' }]);
    const newer = await openSocket(open.port);
    newer.send([{ ...connect, id: '4' }]);
    expect(await older.closed).to.equal(1000);
    open.carrier.publish(eventFrame('/service/a', 'here'));
    expect(await newer.next()).to.deep.equal([{ channel: '/service/a', data: 'here' }]);
    newer.ws.close();
  });

  it('forgets a session that never connects and one that falls silent', async () => {
    await open.close();
    open = await openTestCarrier({ timeoutMs: 40, limits: { unconnectedMs: 60 } });
    const never = await handshake(open.port);
    await open.waitFor('ended', 'silent');
    expect(open.told.at(-1)).to.have.nested.property('session.id', never);
    const heardOnce = await handshake(open.port);
    const connect = { channel: '/meta/connect', clientId: heardOnce, connectionType: 'long-polling', id: '2' };
    await post(open.port, [connect]);
    open.told.length = 0;
    await open.waitFor('ended', 'silent');
    const [answer] = await post(open.port, [connect]);
    expect(answer).to.include({ successful: false, error: `401:${heardOnce}:Unknown client` });
    expect(answer?.advice).to.deep.equal({ reconnect: 'handshake', interval: 0 });
  });

  it('ends the session of a client that does not take its events', async () => {
    await open.close();
    open = await openTestCarrier({ limits: { queuedEvents: 3 } });
    const clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    for (let n = 0; n < 4; n += 1) open.carrier.publish(eventFrame('/service/a', n));
    await open.waitFor('ended', 'slow');
  });
});

describe('a Bayeux client that stops reading', () => {
  it('is sent away when its queue is full, while the others hear everything', async () => {
    const open = await openTestCarrier({ limits: { bufferedBytes: 10_000, queuedBytes: 100_000 } });
    const listeners = [];
    for (let n = 0; n < 2; n += 1) {
      const clientId = await handshake(open.port);
      const socket = await openSocket(open.port);
      socket.send([{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
      await socket.next();
      socket.send([
        { channel: '/meta/connect', clientId, connectionType: 'websocket', id: '3', advice: { timeout: 0 } },
      ]);
      await socket.next();
      listeners.push({ socket, clientId });
    }
    const [good, bad] = listeners;
    bad?.socket.ws.pause();
    const text = 'x'.repeat(30_000);
    for (let n = 0; !open.told.some(({ what }) => what === 'ended'); n += 1) {
      open.carrier.publish(eventFrame('/service/a', `${n}${text}`));
      expect(await good?.socket.next()).to.deep.equal([{ channel: '/service/a', data: `${n}${text}` }]);
    }
    const gone = await open.waitFor('ended', 'slow');
    expect(gone.session.id).to.equal(bad?.clientId);
    bad?.socket.ws.terminate();
    await open.close();
  });
});

/** A clock that knows how many timers are set. */
function countingClock(): Clock & { readonly set: ReadonlySet<object> } {
  const set = new Set<object>();
  return {
    ...systemClock,
    set,
    after(ms, run) {
      const timer = {};
      set.add(timer);
      const cancel = systemClock.after(ms, () => {
        set.delete(timer);
        run();
      });
      return () => {
        set.delete(timer);
        cancel();
      };
    },
  };
}

describe('a crowd of Bayeux clients that vanish in every way', () => {
  it('leaves no session and no timer behind', async () => {
    const clock = countingClock();
    const open = await openTestCarrier({ timeoutMs: 50, limits: { unconnectedMs: 80 } }, {}, clock);
    const timersBefore = clock.set.size;
    for (let n = 0; n < 30; n += 1) {
      const clientId = await handshake(open.port);
      await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: `/service/${n}`, id: '2' }]);
      const connect = { channel: '/meta/connect', clientId, id: '3' };
      if (n % 3 === 0) {
        const abort = new AbortController();
        const arrived = once(open.server, 'request');
        post(open.port, [{ ...connect, connectionType: 'long-polling' }], abort.signal).catch(() => undefined);
        await arrived;
        abort.abort();
      }
      if (n % 3 === 1) {
        const socket = await openSocket(open.port);
        socket.send([{ ...connect, connectionType: 'websocket', advice: { timeout: 0 } }]);
        await socket.next();
        socket.ws.terminate();
      }
    }
    const isEnded = ({ what }: { what: string }): boolean => what === 'ended';
    await eventually('every session ends', () => open.told.filter(isEnded).length === 30);
    expect(clock.set.size).to.equal(timersBefore);
    await open.close();
    expect(clock.set.size).to.equal(0);
  });
});

describe('a Bayeux mount that closes', () => {
  it('answers held polls, and tells each client to come back at another time', async () => {
    const open = await openTestCarrier();
    const held = [];
    for (let n = 0; n < 3; n += 1) {
      const clientId = await handshake(open.port);
      const arrived = once(open.server, 'request');
      held.push(post(open.port, [{ channel: '/meta/connect', clientId, connectionType: 'long-polling', id: '2' }]));
      await arrived;
    }
    await handshake(open.port);
    await open.carrier.close({ reason: 'SHUTDOWN', overMs: 100 });
    const answers = (await Promise.all(held)).map(([answer]) => answer);
    expect(answers.map((answer) => answer?.successful)).to.deep.equal([true, true, true]);
    expect(new Set(answers.map((answer) => answer?.advice?.interval)).size).to.equal(3);
    await open.close();
  });
});
