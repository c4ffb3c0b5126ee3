import { EventEmitter, once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { createFixedClock, type FixedClock } from '@dragoman/core/testing';
import { anybody, encodeFrame, type Channel, type Knock } from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';
import type { Socket } from 'phoenix';
import { answerTo, connect } from './clients.js';
import { openTestServer, type Changes, type TestServer } from './server.js';
import { openWire, refusedUpgrade, type Wire } from './wire.js';

const topic = 'room:1';
const said = (payload: object): ReturnType<typeof encodeFrame> =>
  encodeFrame({ topic, event: 'said', payload: { ...payload } });

describe('a WebSocket', () => {
  let house: TestServer;
  let clock: FixedClock;
  const wires: Wire[] = [];

  async function open(changes: Changes = {}): Promise<void> {
    clock = createFixedClock();
    house = await openTestServer({ clock, ...changes });
  }

  async function joined(): Promise<Wire> {
    const wire = await openWire(house.port);
    wires.push(wire);
    wire.send(['3', '3', topic, 'phx_join', {}]);
    await wire.next();
    return wire;
  }

  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.ws.terminate();
    await house.close();
  });

  it('that is silent for a minute is closed with 1001, and its channels end', async () => {
    await open();
    const wire = await joined();
    wire.ws.pause(); // answers no ping
    clock.advance(60_000);
    await house.waitFor('ended room:1 disconnected');
    wire.ws.resume();
    expect(await wire.closed).to.equal(1001);
  });

  it('is asked every 25 s whether it lives, and stays while it answers', async () => {
    await open();
    const wire = await joined();
    for (let n = 0; n < 4; n++) {
      const pinged = once(wire.ws, 'ping');
      clock.advance(25_000);
      await pinged;
      wire.send([null, '9', 'phoenix', 'heartbeat', {}]); // behind the pong
      await wire.next();
    }
    expect(house.server.subscribers(topic).size).to.equal(1);
  });

  it('that does not take what it is sent is closed after 10 s, and nobody else notices', async () => {
    await open({ limits: { bufferedBytes: 1000, maxBufferedBytes: 100_000_000 } });
    const [slow, other] = [await joined(), await joined()];
    slow.ws.pause();
    const text = 'x'.repeat(1_000_000);
    for (let n = 0; n < 30; n++) house.server.broadcast(said({ text }));
    for (let n = 0; n < 30; n++) await other.next();
    await afterTurns();
    clock.advance(1000);
    clock.advance(10_000);
    await house.waitFor('ended room:1 disconnected');
    expect(house.server.subscribers(topic).size).to.equal(1);
    clock.advance(2000);
    slow.ws.resume();
    expect([1006, 1013]).to.include(await slow.closed);
  });

  it('is closed at once above the most unsent bytes', async () => {
    await open({ limits: { maxBufferedBytes: 1_000_000 } });
    const slow = await joined();
    slow.ws.pause();
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 100; n++) house.server.broadcast(said({ text }));
    expect(house.told).to.include('ended room:1 disconnected');
  });

  it('that breaks off ends its channels', async () => {
    await open();
    const wire = await joined();
    wire.ws.terminate();
    await house.waitFor('ended room:1 disconnected');
    expect(house.server.subscribers(topic).size).to.equal(0);
  });

  it('has an event when it has answered the ping behind it, once for each channel', async () => {
    await open();
    const [one, two] = [await joined(), await joined()];
    const written: Channel[] = [];
    const frame = encodeFrame({ topic, event: 'said', payload: {}, written: (channel) => written.push(channel) });
    house.server.broadcast(frame);
    expect(await one.next()).to.deep.equal(await two.next());
    expect(written).to.deep.equal([]);
    for (const wire of [one, two]) {
      wire.send([null, '9', 'phoenix', 'heartbeat', {}]); // behind the pong
      await wire.next();
    }
    expect(written).to.have.members([...house.server.subscribers(topic)]);
  });

  it('has not what was on the way when it broke off', async () => {
    await open();
    const wire = await joined();
    wire.ws.pause();
    const written: string[] = [];
    for (const n of ['one', 'two']) {
      house.server.broadcast(encodeFrame({ topic, event: 'said', payload: {}, written: () => written.push(n) }));
      await afterTurns();
    }
    wire.ws.terminate();
    await house.waitFor('ended room:1 disconnected');
    expect(written).to.deep.equal([]);
  });

  it('is asked once about all that it was written in a turn, and about more when it has answered', async () => {
    await open();
    const wire = await joined();
    const seen: string[] = [];
    wire.ws.on('ping', () => seen.push('ping'));
    wire.ws.on('message', (data: Buffer) => seen.push(JSON.parse(data.toString('utf8'))[4].n));
    const say = (n: string): Promise<void> =>
      new Promise((written) =>
        house.server.broadcast(encodeFrame({ topic, event: 'said', payload: { n }, written: () => written() })),
      );
    await Promise.all(['1', '2', '3'].map(say));
    await say('4');
    expect(seen).to.deep.equal(['1', '2', '3', 'ping', '4', 'ping']);
  });

  it('that answers the close with the same code has all that came before it', async () => {
    await open();
    const wire = await joined();
    const said = new Promise<void>((written) =>
      house.server.broadcast(encodeFrame({ topic, event: 'said', payload: {}, written: () => written() })),
    );
    const gone = house.server.close();
    await said;
    await gone;
    expect(await wire.closed).to.equal(1012);
  });

  it('tells when an answer has come, also of one that nobody waits for', async () => {
    await open();
    const wire = await joined();
    wire.send(['3', '8', topic, 'tell-me', {}]);
    await wire.next();
    await house.waitFor(`answered ${topic}`);
    wire.send(['3', null, topic, 'tell-me', {}]);
    await house.waitFor(`answered ${topic}`, 2);
  });

  it('carries bytes to a client that has sent bytes, and to no other', async () => {
    await open();
    const wire = await joined();
    const [channel] = house.server.subscribers(topic);
    expect(channel?.push('bytes', Uint8Array.of(1))).to.equal(false);
    const push = Buffer.concat([Buffer.from([0, 1, 1, 6, 4]), Buffer.from('38room:1echo'), Buffer.from([1, 2, 255])]);
    wire.send(push);
    const reply = Buffer.concat([Buffer.from([1, 1, 1, 6, 2]), Buffer.from('38room:1ok'), Buffer.from([1, 2, 255])]);
    expect(await wire.nextBytes()).to.deep.equal(reply);
    expect(channel?.push('bytes', Uint8Array.of(1))).to.equal(true);
    expect((await wire.nextBytes()).at(-1)).to.equal(1);
  });

  it('may join again under whatever ref it likes, and the later join wins', async () => {
    await open();
    const wire = await joined();
    wire.send(['2', '2', topic, 'phx_join', {}]);
    expect(await wire.next()).to.have.nested.property('[4].status', 'ok');
    expect(await wire.next()).to.deep.equal(['3', '3', topic, 'phx_close', {}]);
  });

  it('hears of a channel no more once it has left', async () => {
    await open();
    const wire = await joined();
    const [channel] = house.server.subscribers(topic);
    wire.send(['3', '4', topic, 'phx_leave', {}]);
    await wire.next();
    expect(channel?.isJoined).to.equal(false);
    expect(channel?.push('said', {})).to.equal(false);
    expect(channel?.send(said({}))).to.equal(false);
  });

  it('may not be given a frame of another topic', async () => {
    await open();
    await joined();
    const [channel] = house.server.subscribers(topic);
    expect(() => channel?.send(encodeFrame({ topic: 'room:2', event: 'said', payload: {} }))).to.throw(TypeError);
  });

  it('is closed with 1012 when the server goes, one after the other, and new ones are refused', async () => {
    await open();
    const [one, two] = [await joined(), await joined()];
    const gone = house.server.close({ overMs: 1000 });
    expect(await one.closed).to.equal(1012);
    expect(await refusedUpgrade(house.port, '/socket/websocket?vsn=2.0.0')).to.equal(503);
    expect(two.ws.readyState).to.equal(two.ws.OPEN);
    clock.advance(500);
    expect(await two.closed).to.equal(1012);
    await afterTurns();
    clock.advance(500);
    await gone;
  });

  it('is answered what was being done when the server goes, and nothing that came after', async () => {
    await open();
    const wire = await joined();
    wire.send(['3', '8', topic, 'late', {}]);
    wire.send(['3', '9', topic, 'echo', {}]);
    await house.waitFor('asked late');
    const gone = house.server.close();
    house.release();
    expect(await wire.next()).to.deep.equal(['3', '8', topic, 'phx_reply', { status: 'ok', response: {} }]);
    expect(await wire.closed).to.equal(1012);
    await gone;
  });

  it('does not hold up the end of the server by never saying good-bye', async () => {
    await open();
    const wire = await joined();
    wire.ws.pause();
    const gone = house.server.close();
    await afterTurns();
    clock.advance(2000);
    await gone;
  });

  it('is kept waiting when one address opens too many', async () => {
    let from = 0;
    const addressOf = (): string => `2001:db8::${(from += 1)}`;
    await open({ addressOf, limits: { handshakes: { perSecond: 1, burst: 1 }, waitingHandshakes: 1 } });
    await joined();
    const late = openWire(house.port);
    await untilWaiting(clock, 2);
    expect(await refusedUpgrade(house.port, '/socket/websocket?vsn=2.0.0')).to.equal(429);
    clock.advance(1000);
    wires.push(await late);
  });

  it('is refused above the number of connections', async () => {
    await open({ limits: { connections: 1 } });
    await joined();
    expect(await refusedUpgrade(house.port, '/socket/websocket?vsn=2.0.0')).to.equal(503);
  });

  it('that goes away while it is asked about leaves nothing', async () => {
    const asked = new EventEmitter();
    let decide: () => void = () => {};
    await open({
      connect: () => {
        asked.emit('asked');
        return new Promise((done) => (decide = () => done(anybody())));
      },
    });
    const stream = connectTcp(house.port, '127.0.0.1');
    const head = 'GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    stream.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
    await once(asked, 'asked');
    stream.resetAndDestroy();
    await once(stream, 'close');
    await afterTurns();
    decide();
    await afterTurns();
    await house.server.close(); // would wait for a connection that never ends
  });
});

describe('who connects', () => {
  it('is known by the params and the token of a client of 1.8', async () => {
    const knocks: Knock[] = [];
    const house = await openTestServer({
      connect: (request) => {
        knocks.push(request);
        return { ok: true, assigns: undefined };
      },
    });
    const sockets: Socket[] = [];
    for (const transport of ['websocket', 'longpoll'] as const) {
      const socket = connect(house.port, { transport, authToken: 'tök~?>en', params: { user: { name: 'ada' } } });
      sockets.push(socket);
      await answerTo(socket.channel(topic, {}).join());
    }
    const socket = connect(house.port, { params: { token: 'param' }, version: '1.5.9' });
    sockets.push(socket);
    await answerTo(socket.channel(topic, {}).join());
    const read = knocks.map(({ authToken, params, transport }) => [transport, authToken, params.get('user[name]')]);
    expect(read).to.deep.equal([
      ['websocket', 'tök~?>en', 'ada'],
      ['longpoll', 'tök~?>en', 'ada'],
      ['websocket', 'param', undefined],
    ]);
    for (const one of sockets) one.disconnect();
    await house.close();
  });

  it('is answered with the protocol alone, never with its token', async () => {
    const house = await openTestServer();
    const protocols = ['phoenix', 'base64url.bearer.phx.c2VjcmV0'];
    const wire = await openWire(house.port, { protocols });
    expect(wire.ws.protocol).to.equal('phoenix');
    wire.ws.terminate();
    await house.close();
  });
});

/** Lets what has arrived be read. */
async function afterTurns(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
}

async function untilWaiting(clock: FixedClock, more: number): Promise<void> {
  const before = clock.waiting;
  while (clock.waiting < before + more - 1) await new Promise((resolve) => setImmediate(resolve));
}
