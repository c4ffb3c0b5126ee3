import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { eventFrame } from '@dragoman/adapter-faye';
import { createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openTestCarrier, type TestCarrier } from './carrier.js';
import { handshake, openSocket, parse, post } from './wire.js';

describe('a Bayeux client with two connections at once', () => {
  let open: TestCarrier;
  let clientId: string;

  const subscribe = { channel: '/meta/subscribe', subscription: '/service/a', id: '2' };
  const poll = { channel: '/meta/connect', connectionType: 'long-polling' };

  beforeEach(async () => {
    open = await openTestCarrier({ timeoutMs: 2000, quietMs: 50, limits: { queuedBytes: 64 * 1024 * 1024 } });
    clientId = await handshake(open.port);
    await post(open.port, [{ ...subscribe, clientId }]);
  });

  afterEach(() => open.close());

  async function connected(): ReturnType<typeof openSocket> {
    const socket = await openSocket(open.port);
    socket.send([{ channel: '/meta/connect', clientId, connectionType: 'websocket', id: 'w', advice: { timeout: 0 } }]);
    await socket.next();
    return socket;
  }

  /** A poll of somebody who reads nothing of its answer. */
  async function deafPoll(): Promise<{ raw: Socket; isBeingAnswered: () => boolean }> {
    const raw = connectSocket(open.port, '127.0.0.1');
    raw.pause();
    const body = JSON.stringify([{ ...poll, clientId, id: '3' }]);
    const head = `POST /faye HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const arrived = once(open.server, 'request');
    raw.write(`${head}\r\n\r\n${body}`);
    const [, response] = await arrived;
    await post(open.port, [{ channel: '/meta/unsubscribe', clientId, subscription: '/service/x', id: '4' }]);
    return { raw, isBeingAnswered: () => response.headersSent };
  }

  it('that polls because its socket carries nothing any more hears what is said by its poll', async () => {
    const socket = await connected();
    socket.ws.pause();
    const arrived = once(open.server, 'request');
    const answers = post(open.port, [{ ...poll, clientId, id: '3' }]);
    await arrived;
    await post(open.port, [{ channel: '/meta/unsubscribe', clientId, subscription: '/service/x', id: '4' }]);
    open.carrier.publish(eventFrame('/service/a', 'news'));
    expect((await answers).map(({ data }) => data)).to.deep.equal([undefined, 'news']);
    socket.ws.terminate();
  });

  it('is not cut from its socket by a poll of a type that nobody knows', async () => {
    const socket = await connected();
    await post(open.port, [{ ...poll, connectionType: 'flash', clientId, id: '3' }]);
    open.carrier.publish(eventFrame('/service/a', 'news'));
    expect(await socket.next()).to.deep.equal([{ channel: '/service/a', data: 'news' }]);
    socket.ws.close();
  });

  it('hears over its socket, at once, what broke off in the answer to a poll', async () => {
    const { raw, isBeingAnswered } = await deafPoll();
    const long = 'x'.repeat(16 * 1024 * 1024);
    open.carrier.publish(eventFrame('/service/a', long));
    await eventually('the poll is being answered', isBeingAnswered);
    const socket = await connected();
    raw.resetAndDestroy();
    expect(await socket.next()).to.deep.equal([{ channel: '/service/a', data: long }]);
    socket.ws.close();
  });

  it('is not taken for gone while the newer of two polls is held', async () => {
    const older = post(open.port, [{ ...poll, clientId, id: '3' }]);
    const newer = post(open.port, [{ ...poll, clientId, id: '4' }]);
    await older;
    // Whoever has no connection is looked for five times in this time.
    const sweeps = await handshake(open.port);
    await post(open.port, [{ ...poll, clientId: sweeps, id: '5', advice: { timeout: 0 } }]);
    expect((await open.waitFor('fellQuiet')).session.id).to.equal(sweeps);
    open.carrier.publish(eventFrame('/service/a', 'news'));
    await newer;
    expect(open.told.filter(({ what }) => what === 'fellQuiet')).to.have.lengthOf(1);
  });

  it('has what was answered to a connect among other messages', async () => {
    open.carrier.publish(eventFrame('/service/a', 'news'));
    const batch = [
      { ...poll, clientId, id: '3' },
      { ...subscribe, clientId, id: '4' },
    ];
    const answers = await post(open.port, batch);
    expect(answers.map(({ data }) => data)).to.deep.equal([undefined, 'news', undefined]);
    await post(open.port, [{ ...poll, clientId, id: '5', advice: { timeout: 0 } }]);
    const written = await open.waitFor('written');
    expect(parse(`[${String(written.about)}]`)).to.deep.equal([{ channel: '/service/a', data: 'news' }]);
  });

  it('counts as told when it polls again, not when it was answered', async () => {
    open.carrier.publish(eventFrame('/service/a', 'news'));
    await post(open.port, [{ ...poll, clientId, id: '3' }]);
    const isWritten = (): boolean => open.told.some(({ what }) => what === 'written');
    await post(open.port, [{ ...subscribe, clientId, id: '4' }]);
    expect(isWritten()).to.equal(false);
    await post(open.port, [{ ...poll, clientId, id: '5', advice: { timeout: 0 } }]);
    expect(isWritten()).to.equal(true);
  });
});

describe('a Bayeux client whose socket breaks unseen', () => {
  let open: TestCarrier;
  let clientId: string;

  const connect = { channel: '/meta/connect', advice: { timeout: 0 } };
  const say = (data: unknown): void => open.carrier.publish(eventFrame('/service/a', data));
  const event = (data: unknown): readonly object[] => [{ channel: '/service/a', data }];

  async function begin(...settings: Parameters<typeof openTestCarrier>): Promise<void> {
    open = await openTestCarrier(...settings);
    clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
  }

  async function connected(): ReturnType<typeof openSocket> {
    const socket = await openSocket(open.port);
    socket.send([{ ...connect, clientId, connectionType: 'websocket', id: 'w' }]);
    await socket.next();
    return socket;
  }

  const isWritten = (): boolean => open.told.some(({ what }) => what === 'written');

  afterEach(() => open.close());

  it('hears over the next one, in order, what it has not shown to have', async () => {
    await begin();
    const broken = await connected();
    broken.ws.pause();
    for (const word of ['one', 'two', 'three']) say(word);
    expect(isWritten()).to.equal(false);
    const next = await openSocket(open.port);
    next.send([{ ...connect, clientId, connectionType: 'websocket', id: '4' }]);
    for (const word of ['one', 'two', 'three']) expect(await next.next()).to.deep.equal(event(word));
    broken.ws.terminate();
    next.ws.close();
  });

  it('hears it by its next poll', async () => {
    await begin();
    const broken = await connected();
    broken.ws.pause();
    say('news');
    const answers = await post(open.port, [{ ...connect, clientId, connectionType: 'long-polling', id: '4' }]);
    expect(answers.slice(1)).to.deep.equal(event('news'));
    broken.ws.terminate();
  });

  it('does not hear again what it has shown to have', async () => {
    await begin();
    const broken = await connected();
    say('one');
    await open.waitFor('written');
    broken.ws.terminate();
    const next = await connected();
    say('two');
    expect(await next.next()).to.deep.equal(event('two'));
    next.ws.close();
  });

  it('is asked at once about the first word, and about what comes soon after it together', async () => {
    const clock = createFixedClock();
    await begin({}, {}, clock);
    const socket = await connected();
    let pings = 0;
    socket.ws.on('ping', () => (pings += 1));
    const count = (): number => open.told.filter(({ what }) => what === 'written').length;
    say(0);
    await eventually('the first word is known to have come', () => count() === 1);
    for (const word of [1, 2, 3]) say(word);
    for (let n = 0; n < 4; n += 1) await socket.next();
    expect([pings, count()]).to.deep.equal([1, 1]);
    clock.advance(250);
    await eventually('the others are, too', () => count() === 4);
    expect(pings).to.equal(2);
    socket.ws.close();
  });

  it('has everything when it answers the good-bye of a server that stops', async () => {
    await begin({}, {}, createFixedClock());
    const socket = await connected();
    for (const word of ['asked about at once', 'asked about later']) say(word);
    await socket.next();
    await open.carrier.close();
    expect(await socket.closed).to.equal(1000);
    expect(open.told.filter(({ what }) => what === 'written')).to.have.lengthOf(2);
  });

  it('has its session ended when more is on its way than may wait', async () => {
    await begin({ limits: { queuedEvents: 3 } });
    const broken = await connected();
    broken.ws.pause();
    for (let n = 0; n < 6; n += 1) say(n);
    expect(open.told.some(({ what }) => what === 'ended')).to.equal(false);
    say(6);
    await open.waitFor('ended', 'slow');
    broken.ws.terminate();
  });
});

describe('a Bayeux client that tries a stream while it polls, as browsers with Faye do', () => {
  const connect = { channel: '/meta/connect', advice: { timeout: 0 } };
  let open: TestCarrier;
  let clientId: string;
  let stream: Socket;
  let heard = '';

  async function openStream(): Promise<void> {
    heard = '';
    stream = connectSocket(open.port, '127.0.0.1').setEncoding('utf8');
    stream.on('data', (text) => (heard += text));
    stream.write(`GET /faye/${clientId} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    await eventually('a stream', () => heard.includes('retry:'));
  }

  beforeEach(async () => {
    open = await openTestCarrier({ timeoutMs: 2000, quietMs: 50 });
    clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
  });

  afterEach(async () => {
    stream.destroy();
    await open.close();
  });

  const polls = (id: string) => post(open.port, [{ ...connect, clientId, connectionType: 'long-polling', id }]);
  const settles = (id: string) => post(open.port, [{ ...connect, clientId, connectionType: 'eventsource', id }]);

  for (const order of ['opens it before', 'opens it after'] as const) {
    it(`hears by it from when it has settled on it, and by its polls until then: ${order} its first poll`, async () => {
      if (order === 'opens it before') await openStream();
      await polls('3');
      if (order === 'opens it after') await openStream();
      open.carrier.publish(eventFrame('/service/a', 'early'));
      expect((await polls('4')).map(({ data }) => data)).to.deep.equal([undefined, 'early']);
      expect(heard).to.not.include('early');
      open.carrier.publish(eventFrame('/service/a', 'between'));
      await settles('5');
      open.carrier.publish(eventFrame('/service/a', 'late'));
      await eventually('both', () => heard.includes('late'));
      expect(heard.match(/between|late/g)).to.deep.equal(['between', 'late']);
    });
  }

  it('hears by its poll when it gives its stream up, which is closed', async () => {
    await openStream();
    await polls('3');
    await settles('4');
    const closed = once(stream, 'close');
    open.carrier.publish(eventFrame('/service/a', 'by stream'));
    await eventually('an event', () => heard.includes('by stream'));
    await polls('5');
    open.carrier.publish(eventFrame('/service/a', 'by poll'));
    expect((await polls('6')).map(({ data }) => data)).to.deep.equal([undefined, 'by poll']);
    expect(heard).to.match(/\r\n0\r\n\r\n$/);
    stream.end();
    await closed;
  });
});

describe('a Bayeux client that stops reading its stream', () => {
  it('keeps no connection when its session has ended', async () => {
    const clock = createFixedClock();
    const open = await openTestCarrier({ limits: { bufferedBytes: 1, queuedEvents: 1 } }, {}, clock);
    const clientId = await handshake(open.port);
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    const raw = connectSocket(open.port, '127.0.0.1');
    const asked = once(open.server, 'request');
    raw.write(`GET /faye/${clientId} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    const [, response] = await asked;
    raw.pause();
    const long = 'x'.repeat(16 * 1024 * 1024);
    for (const words of [long, 'short', 'short']) open.carrier.publish(eventFrame('/service/a', words));
    await open.waitFor('ended', 'slow');
    const gone = once(response, 'close');
    clock.advance(2000);
    await gone;
    raw.destroy();
    await open.close();
  });
});

describe('a Bayeux client that subscribes while much is said', () => {
  it('is known to listen before anything reaches it', async () => {
    const speak = async (): Promise<void> => {
      for (let n = 0; n < 40; n += 1) {
        await undefined;
        open.carrier.publish(eventFrame('/service/a', n));
      }
    };
    const open = await openTestCarrier({}, { authorize: async () => void speak() });
    const clientId = await handshake(open.port);
    const socket = await openSocket(open.port);
    const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket', advice: { timeout: 0 } };
    socket.send([{ ...connect, id: '2' }]);
    await socket.next();
    socket.send([{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '3' }]);
    await open.waitFor('written');
    expect(open.told.map(({ what }) => what).slice(0, 3)).to.deep.equal(['opened', 'subscribed', 'written']);
    socket.ws.close();
    await open.close();
  });
});
