import { once } from 'node:events';
import { connect } from 'node:net';
import { createFixedClock, eventually, type FixedClock } from '@dragoman/core/testing';
import { encodeFrame, type Channel } from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';
import { openTestServer, type Changes, type TestServer } from './server.js';
import { http, polls, type PollBody } from './wire.js';

const topic = 'room:1';
const frame = (...elements: unknown[]): string => JSON.stringify(elements);
const joinFrame = frame('3', '3', topic, 'phx_join', {});

describe('a client that polls', () => {
  let house: TestServer;
  let clock: FixedClock;

  async function open(changes: Changes = {}): Promise<ReturnType<typeof polls>> {
    clock = createFixedClock();
    house = await openTestServer({ clock, ...changes });
    return polls(house.port);
  }

  /** The token of a session that has joined the topic, and has read so. */
  async function joined({ poll, post }: ReturnType<typeof polls>): Promise<string> {
    const { token } = await poll();
    await post(token, joinFrame);
    await poll(`token=${token}`);
    return token;
  }

  /** A poll that the server holds. */
  async function held({ poll }: ReturnType<typeof polls>, token: string): Promise<{ answer: Promise<PollBody> }> {
    const asked = once(house.http, 'request');
    const answer = poll(`token=${token}`);
    await asked;
    await afterTurns();
    return { answer };
  }

  const say = (text: string): void => {
    house.server.broadcast(encodeFrame({ topic, event: 'said', payload: { text } }));
  };

  const texts = ({ messages }: PollBody): readonly unknown[] => messages.map((text) => JSON.parse(text)[4].text);

  afterEach(() => house.close());

  it('gets a session, which each further answer names', async () => {
    const client = await open();
    const first = await client.poll();
    expect(first).to.include({ status: 410 });
    expect(first.messages).to.deep.equal([]);
    await client.post(first.token, joinFrame);
    const second = await client.poll(`token=${first.token}`);
    expect(second).to.include({ status: 200, token: first.token });
    expect(second.messages.map((text) => JSON.parse(text))).to.deep.equal([
      ['3', '3', topic, 'phx_reply', { status: 'ok', response: { welcome: topic } }],
    ]);
  });

  it('is answered with JSON for every page, never kept by a cache', async () => {
    await open();
    const { headers, status } = await http(house.port, '/socket/longpoll?vsn=2.0.0');
    expect(status).to.equal(200);
    expect(headers).to.include({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
  });

  it('may send whatever headers its browser asks about', async () => {
    await open();
    const headers = { 'access-control-request-headers': 'content-type,x-phoenix-authtoken' };
    const answer = await http(house.port, '/socket/longpoll', { method: 'OPTIONS', headers });
    expect(answer).to.include({ status: 200, body: '' });
    expect(answer.headers).to.include({
      'access-control-allow-headers': 'content-type,x-phoenix-authtoken',
      'access-control-allow-methods': 'get, post, options',
      'access-control-max-age': '3600',
      'access-control-allow-origin': '*',
    });
  });

  it('finds its session by the header, or by the last of several tokens', async () => {
    const client = await open();
    const token = await joined(client);
    say('one');
    expect(texts(await client.poll(`token=mine&token=${token}`))).to.deep.equal(['one']);
    say('two');
    const headers = { 'x-phoenix-longpoll-token': token };
    expect(texts(await client.poll('token=mine', { headers }))).to.deep.equal(['two']);
  });

  it('gets a session for a token of the application, and an error for one of ours that is gone', async () => {
    const client = await open({ pollSecret: 'one secret' });
    expect(await client.poll('token=mine')).to.include({ status: 410 });
    const token = await joined(client);
    await house.close();
    house = await openTestServer({ clock, pollSecret: 'one secret' }, house.port);
    expect(await client.poll(`token=${token}`)).to.deep.equal({ status: 500 });
    expect(await client.poll(`token=${token.slice(0, -2)}AA`)).to.include({ status: 410 });
  });

  it('hears at once what is said while it waits, in one answer for one moment', async () => {
    const client = await open();
    const token = await joined(client);
    const { answer } = await held(client, token);
    say('one');
    say('two');
    expect(texts(await answer)).to.deep.equal(['one', 'two']);
  });

  it('hears at its next poll what was said before', async () => {
    const client = await open();
    const token = await joined(client);
    say('one');
    say('two');
    expect(texts(await client.poll(`token=${token}`))).to.deep.equal(['one', 'two']);
  });

  it('is told after ten seconds that there is nothing', async () => {
    const client = await open();
    const token = await joined(client);
    const { answer } = await held(client, token);
    clock.advance(10_000);
    expect(await answer).to.deep.equal({ status: 204, token, messages: [] });
  });

  it('that polls twice is answered the first time with nothing', async () => {
    const client = await open();
    const token = await joined(client);
    const first = await held(client, token);
    const second = await held(client, token);
    expect(await first.answer).to.include({ status: 204 });
    say('one');
    expect(texts(await second.answer)).to.deep.equal(['one']);
  });

  it('loses nothing to a poll that it has given up', async () => {
    const client = await open();
    const token = await joined(client);
    const given = new AbortController();
    const asked = once(house.http, 'request');
    const lost = client.poll(`token=${token}`, { signal: given.signal }).catch(() => undefined);
    const [, response] = await asked;
    given.abort();
    await lost;
    await once(response, 'close');
    say('one');
    expect(texts(await client.poll(`token=${token}`))).to.deep.equal(['one']);
  });

  it('loses nothing of a long answer that broke off, also if it goes on in its session', async () => {
    const client = await open({ limits: { backlogBytes: 64 * 1024 * 1024 } });
    const token = await joined(client);
    const long = 'x'.repeat(16 * 1024 * 1024);
    say(long);
    const raw = connect(house.port, '127.0.0.1');
    raw.pause();
    const asked = once(house.http, 'request');
    raw.write(`GET /socket/longpoll?vsn=2.0.0&token=${token} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [, response] = await asked;
    await eventually('the answer is on its way', () => response.headersSent);
    raw.resetAndDestroy();
    await once(response, 'close');
    expect(texts(await client.poll(`token=${token}`))).to.deep.equal([long]);
  });

  it('may send joins that overtake each other: the newest is the one that counts', async () => {
    const client = await open();
    const { token } = await client.poll();
    await client.post(token, frame('10', '10', topic, 'phx_join', {}));
    await client.post(token, joinFrame);
    const { messages } = await client.poll(`token=${token}`);
    expect(messages.map((text) => JSON.parse(text)[1])).to.deep.equal(['10']);
  });

  it('that does not come back for 15 s is gone, and its channels end', async () => {
    const client = await open();
    const token = await joined(client);
    clock.advance(14_000);
    expect(house.told).to.not.include('ended room:1 disconnected');
    clock.advance(2000);
    expect(house.told).to.include('ended room:1 disconnected');
    expect(await client.poll(`token=${token}`)).to.deep.equal({ status: 500 });
  });

  it('for whom too much waits loses its session, and nobody else does', async () => {
    const client = await open({ limits: { backlogFrames: 2 } });
    const [slow, quick] = [await joined(client), await joined(client)];
    const { answer } = await held(client, quick);
    for (const text of ['one', 'two', 'three']) {
      say(text);
      if (text === 'one') expect(texts(await answer)).to.deep.equal(['one']);
    }
    expect(await client.poll(`token=${quick}`)).to.include({ status: 200 });
    expect(house.told).to.deep.equal(['joined room:1', 'joined room:1', 'ended room:1 disconnected']);
    expect((await client.poll(`token=${slow}`)).status).to.equal(500);
  });

  it('may push one frame in a body of any other type', async () => {
    const client = await open();
    const { token } = await client.poll();
    for (const headers of [{ 'content-type': 'application/json' }, { 'content-type': 'text/plain' }, {}]) {
      expect(await client.post(token, joinFrame, headers)).to.deep.equal({ status: 200 });
    }
    expect(house.joins).to.have.length(3);
  });

  it('may push lines of text and of base64, with any end of line', async () => {
    const client = await open();
    const token = await joined(client);
    const push = Buffer.concat([Buffer.from([0, 1, 1, 6, 5]), Buffer.from('38room:1other')]).toString('base64');
    const body = `${frame('3', '7', topic, 'echo', { n: 1 })}\r\n\n${push}\n`;
    const headers = { 'content-type': 'Application/X-NDJSON; charset=UTF-8' };
    expect(await client.post(token, body, headers)).to.deep.equal({ status: 200 });
    const { messages } = await client.poll(`token=${token}`);
    expect(messages.map((text) => JSON.parse(text))).to.deep.equal([
      ['3', '7', topic, 'phx_reply', { status: 'ok', response: { said: { n: 1 } } }],
      ['3', '8', topic, 'phx_reply', { status: 'error', response: { reason: 'unhandled event' } }],
    ]);
  });

  it('is answered to bytes with a refusal: its transport carries none', async () => {
    const client = await open();
    const token = await joined(client);
    const push = Buffer.concat([Buffer.from([0, 1, 1, 6, 4]), Buffer.from('38room:1echo')]).toString('base64');
    await client.post(token, push);
    const [text = ''] = (await client.poll(`token=${token}`)).messages;
    expect(JSON.parse(text)[4]).to.deep.equal({ status: 'error', response: { reason: 'binary not supported' } });
  });

  it('counts as written to when it polls again', async () => {
    const client = await open();
    const token = await joined(client);
    const written: Channel[] = [];
    const told = encodeFrame({ topic, event: 'said', payload: {}, written: (channel) => written.push(channel) });
    house.server.broadcast(told);
    await afterTurns();
    expect(written).to.deep.equal([]);
    await client.poll(`token=${token}`);
    await afterTurns();
    expect(written).to.deep.equal([]);
    await held(client, token);
    expect(written).to.deep.equal([...house.server.subscribers(topic)]);
  });

  it('counts as answered when it polls again', async () => {
    const client = await open();
    const token = await joined(client);
    await client.post(token, JSON.stringify(['3', '8', topic, 'tell-me', {}]));
    await afterTurns();
    expect(house.told).not.to.include(`answered ${topic}`);
    await client.poll(`token=${token}`);
    await afterTurns();
    expect(house.told).not.to.include(`answered ${topic}`);
    await held(client, token);
    await house.waitFor(`answered ${topic}`);
  });

  it('is told by its poll when the server goes, and finds no session meanwhile', async () => {
    const client = await open();
    const token = await joined(client);
    const { answer } = await held(client, token);
    const gone = house.server.close();
    expect(await answer).to.deep.equal({ status: 500 });
    await gone;
  });

  it('is kept, not sent away, when its address opens too many sessions', async () => {
    const client = await open({ limits: { handshakes: { perSecond: 1, burst: 1 }, waitingHandshakes: 0 } });
    await client.poll();
    expect(await client.poll()).to.deep.equal({ status: 204, token: '', messages: [] });
  });
});

/** Lets what has arrived be read. */
async function afterTurns(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
}
