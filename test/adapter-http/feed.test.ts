import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { createMemoryStore } from '@dragoman/core';
import { createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import { troubled, type TroubledStore } from '../core/runtime/troubled-store.js';
import { judgeOf } from './document.js';
import { fullKey, listenerOn, openHouse, type House } from './house.js';

const joe = { side: 'customer', id: 'joe', name: 'Joe' } as const;
const ann = { side: 'operator', id: 'ann', name: 'Ann' } as const;
const text = (words: string) => ({ kind: 'text', text: words }) as const;
const authorization = `Bearer ${fullKey}`;

/** An envelope as tests read it. */
interface Told {
  readonly id: string;
  readonly type: string;
  readonly sequence?: string;
  readonly data: { readonly message?: { readonly body: { readonly text: string } } };
}

const wordsIn = (told: readonly Told[]): readonly string[] => told.flatMap(({ data }) => data.message?.body.text ?? []);

describe('the event feed', () => {
  let house: House;
  let store: TroubledStore;
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    store = troubled(createMemoryStore());
    house = await openHouse({ core: { store } });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await house.close();
  });

  async function openChat(as: object = joe): Promise<string> {
    const { body } = await house.ask('POST', '/chats', { as, message: text('Hello') });
    return String(body['chat']?.['id']);
  }

  const say = (chatId: string, words: string, as: object = joe) =>
    house.ask('POST', `/chats/${chatId}/messages`, { as, body: text(words) });

  /** The npm library, which comes back by itself. */
  function listen(query: string, told: Told[] = []): { readonly told: Told[]; readonly source: EventSource } {
    const source = new EventSource(`${house.url}/events${query}`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization } }),
    });
    source.addEventListener('message', ({ data }) => void told.push(JSON.parse(data)));
    open.push(source);
    return { told, source };
  }

  async function socket(query: string, protocols: readonly string[] = []): Promise<{ told: Told[]; ws: WebSocket }> {
    const ws = new WebSocket(`${house.url.replace('http', 'ws')}/events${query}`, [...protocols], {
      headers: { authorization },
    });
    const told: Told[] = [];
    ws.on('message', (data) => void told.push(JSON.parse(String(data))));
    open.push(ws);
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    return { told, ws };
  }

  it('tells everything that was and will be, in envelopes as described', async () => {
    const judge = await judgeOf(house);
    const chatId = await openChat();
    const { told } = listen('?after=0');
    await eventually('what was is told', () => wordsIn(told).length === 1);
    await house.ask('PUT', '/duties/ann', { name: 'Ann' });
    await say(chatId, 'Hi', ann);
    await house.ask('POST', `/chats/${chatId}/receipts`, { as: joe, state: 'read', upToSeq: 2 });
    await house.ask('POST', `/chats/${chatId}/close`, { as: ann });
    await eventually('what comes is told', () => told.at(-1)?.type === 'dragoman.ChatClosed');
    expect(wordsIn(told)).to.deep.equal(['Hello', 'Hi']);
    for (const event of told) {
      expect(judge.faultsOf(event.type.replace('dragoman.', ''), event), event.type).to.deep.equal([]);
    }
    expect(told.map(({ sequence }) => sequence)).to.deep.equal(told.map(({ sequence }) => sequence).toSorted());
  });

  it('begins with what comes next, unless asked for what was', async () => {
    const chatId = await openChat();
    const { told, source } = listen('');
    await new Promise((resolve) => source.addEventListener('open', resolve));
    await say(chatId, 'new');
    await eventually('it is told', () => told.length > 0);
    expect(wordsIn(told)).to.deep.equal(['new']);
  });

  it('tells who did what with which key', async () => {
    await openChat();
    const { told } = listen('?after=0&type=ChatOpened');
    await eventually('it is told', () => told.length === 1);
    expect(told[0]?.data).to.have.property('by').that.deep.includes({ keyId: 'full' });
  });

  it('has no gap and nothing twice for a reader who was away', async () => {
    const chatId = await openChat();
    const first = listen('?after=0&type=MessagePosted');
    await eventually('the first is told', () => first.told.length === 1);
    first.source.close();
    for (const words of ['one', 'two']) await say(chatId, words);
    const back = await fetch(`${house.url}/events?type=MessagePosted`, {
      headers: { authorization, 'last-event-id': first.told[0]?.sequence ?? '' },
    });
    const reader = back.body?.getReader();
    let read = '';
    while (!read.includes('two')) read += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect([...read.matchAll(/"text":"(\w+)"/g)].map(([, words]) => words)).to.deep.equal(['one', 'two']);
  });

  it('refuses a place that the log has not reached, as after an older backup was laid back', async () => {
    await openChat();
    const { body } = await house.ask('GET', '/events?after=9000');
    expect(body).to.deep.include({ status: 400, code: 'BAD_REQUEST' });
    expect(body['problems']?.[0]?.path).to.equal('query/after');
    const { status } = await house.ask('GET', '/events', undefined, { 'last-event-id': '0000000000009000' });
    expect(status).to.equal(400);
  });

  it('says that it is busy while the store cannot be read', async () => {
    const chatId = await openChat();
    store.failCalls('readStream', 1);
    const { status, body } = await house.ask('GET', `/chats/${chatId}/messages`);
    expect([status, body['code'], body['canRetry']]).to.deep.equal([503, 'BUSY', true]);
    expect((await house.ask('GET', `/chats/${chatId}/messages`)).status).to.equal(200);
  });

  it('speaks WebSocket as CloudEvents have it', async () => {
    const chatId = await openChat();
    const { told, ws } = await socket('?after=0&type=MessagePosted', ['cloudevents.json']);
    expect(ws.protocol).to.equal('cloudevents.json');
    await say(chatId, 'more');
    await eventually('all is told', () => told.length === 2);
    expect(wordsIn(told)).to.deep.equal(['Hello', 'more']);
  });

  it('tells of types, chats and sides alone to who asks for them', async () => {
    const [mine, other] = [await openChat(), await openChat({ ...joe, id: 'eve' })];
    await house.ask('PUT', '/duties/ann', { name: 'Ann' });
    await say(mine, 'from the desk', ann);
    const byType = listen('?after=0&type=ChatOpened,ChatQueued').told;
    const byChat = listen(`?after=0&chatId=${other}&type=MessagePosted`).told;
    const bySide = listen('?after=0&side=desk&type=MessagePosted').told;
    await eventually('all are told', () => byType.length === 4 && byChat.length === 1 && bySide.length === 1);
    expect(wordsIn(bySide)).to.deep.equal(['from the desk']);
    expect(new Set(byType.map(({ type }) => type))).to.deep.equal(
      new Set(['dragoman.ChatOpened', 'dragoman.ChatQueued']),
    );
  });

  it('tells who types and who is there to those who listen for it, without a place in the log', async () => {
    const judge = await judgeOf(house);
    const chatId = await openChat();
    await house.ask('PUT', '/duties/ann', { name: 'Ann' });
    await say(chatId, 'Hi', ann);
    const { told } = await socket('?signals=true');
    await house.ask('POST', `/chats/${chatId}/typing`, { as: joe, isOn: true, preview: 'My inv' });
    await house.ask('PUT', '/duties/bert', { name: 'Bert' });
    const of = (type: string) => told.filter((event) => event.type === `dragoman.${type}`);
    await eventually('both are told', () => of('TypingChanged').length > 0 && of('OperatorChanged').length > 0);
    expect(of('TypingChanged')[0]?.data).to.include({ preview: 'My inv', isOn: true });
    for (const event of told) {
      expect(judge.faultsOf(event.type.replace('dragoman.', ''), event), event.type).to.deep.equal([]);
      expect(event).to.not.have.property('sequence');
    }
  });

  it('keeps what is for bots alone from who may not act as one', async () => {
    const chatId = await openChat();
    await house.ask('POST', `/chats/${chatId}/messages`, { as: joe, body: text('for the bot'), visibility: 'bot' });
    await say(chatId, 'for all');
    const told: Told[] = [];
    const source = new EventSource(`${house.url}/events?after=0&type=MessagePosted`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization: 'Bearer dgm_hearer' } }),
    });
    source.addEventListener('message', ({ data }) => void told.push(JSON.parse(data)));
    open.push(source);
    const { told: byBot } = listen('?after=0&type=MessagePosted');
    await eventually('both have heard the last', () => [told, byBot].every((one) => wordsIn(one).includes('for all')));
    expect([wordsIn(told), wordsIn(byBot)]).to.deep.equal([
      ['Hello', 'for all'],
      ['Hello', 'for the bot', 'for all'],
    ]);
  });

  it('can be read with curl alone', async () => {
    await openChat();
    const curl = spawn('curl', ['-sN', '-H', `authorization: ${authorization}`, `${house.url}/events?after=0`]);
    let stdout = '';
    for await (const some of curl.stdout) {
      stdout += String(some);
      if (stdout.includes('"specversion"')) break;
    }
    curl.kill();
    expect(stdout).to.match(/^retry: \d{4}\nid: 0{16}\n\nid: \d{16}\ndata: \{"specversion":"1.0"/m);
  });

  it('refuses an upgrade as it refuses a request', async () => {
    const refused = (query: string, key: string) =>
      new Promise<IncomingMessage>((resolve) => {
        const ws = new WebSocket(`${house.url.replace('http', 'ws')}/events${query}`, {
          headers: { authorization: `Bearer ${key}` },
        });
        ws.on('error', () => {}).on('unexpected-response', (_request, answer) => resolve(answer));
      });
    const stranger = await refused('', 'dgm_wrong');
    expect([stranger.statusCode, stranger.headers['www-authenticate']]).to.deep.equal([401, 'Bearer realm="dragoman"']);
    expect((await refused('', 'dgm_reader')).statusCode).to.equal(403);
    expect((await refused('?type=Nothing', fullKey)).statusCode).to.equal(400);
    let hasty = stranger;
    while (hasty.statusCode === 401) hasty = await refused('', 'dgm_wrong');
    expect(hasty.statusCode).to.equal(429);
    expect(Number(hasty.headers['retry-after'])).to.be.within(1, 2);
  });
});

/** A connection of which the test decides how long it takes what is written: until it emits `stop`. */
function lineThatStops(): readonly [taken: readonly string[], line: Duplex] {
  const taken: string[] = [];
  let isTaking = true;
  const line = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      taken.push(String(chunk));
      if (isTaking) done();
    },
  });
  line.on('stop', () => (isTaking = false));
  return [taken, line];
}

describe('a reader of the event feed', () => {
  /** Opens a feed, and stops reading at its first bytes. */
  const stalling: Readonly<Record<string, (house: House) => Promise<() => void>>> = {
    async 'by Server-Sent Events'(house) {
      const { hostname, port } = new URL(house.url);
      const slow = connectTcp(Number(port), hostname).on('error', () => {});
      slow.write(`GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
      await new Promise((resolve) => slow.once('readable', resolve));
      return () => void slow.destroy();
    },
    async 'over a WebSocket'(house) {
      const url = `${house.url.replace('http', 'ws')}/events?after=0&signals=true`;
      const slow = new WebSocket(url, { headers: { authorization } }).on('error', () => {});
      await new Promise((resolve) => slow.once('message', resolve));
      slow.pause();
      return () => slow.terminate();
    },
  };

  for (const [how, stall] of Object.entries(stalling)) {
    it(`who does not read ${how} is paused, then cut off, and nobody waits for him`, async () => {
      const rate = { perSecond: 10_000, burst: 10_000 };
      const house = await openHouse({
        settings: { limits: { feedStallMs: 200, feeds: 1 } },
        core: { limits: { rates: { customer: rate, operator: rate } } },
      });
      const { body } = await house.ask('POST', '/chats', { as: joe, message: text('Hello') });
      const path = `/chats/${String(body['chat']?.['id'])}/messages`;
      const hangUp = await stall(house);
      /** A key has one feed here: there is room again when the other is gone. */
      const isCut = async (): Promise<boolean> => {
        const answer = await fetch(`${house.url}/events`, { headers: { authorization } });
        await answer.body?.cancel();
        return answer.status === 200;
      };
      expect(await isCut()).to.equal(false);
      // The buffers of both ends of a socket take some megabytes before anybody notices.
      let hasRoom = false;
      for (let sent = 0; sent < 1_000 && !hasRoom; sent += 1) {
        const said = await house.ask('POST', path, { as: joe, body: text('x'.repeat(60_000)) });
        expect(said.status).to.equal(201);
        hasRoom = sent % 10 === 9 && (await isCut());
      }
      expect(hasRoom).to.equal(true);
      hangUp();
      await house.close();
    });
  }

  it('who takes nothing any more is given up although little waits for him', async () => {
    const clock = createFixedClock();
    const server = createServer();
    const house = await openHouse({
      core: { clock },
      settings: { listener: listenerOn(server), limits: { feeds: 1 } },
    });
    const [taken, line] = lineThatStops();
    server.emit('connection', line);
    line.push(`GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
    await eventually('it begins', () => taken.some((text) => text.includes('id: ')));
    line.emit('stop');
    clock.advance(15_000);
    clock.advance(59_999);
    expect(line.destroyed).to.equal(false);
    clock.advance(1);
    await eventually('its line is cut', () => line.destroyed);
    await house.close();
  });

  it('is told of a quiet feed that it is alive, and how far it has come', async () => {
    const house = await openHouse({ settings: { limits: { heartbeatMs: 20 } } });
    await house.ask('POST', '/chats', { as: joe, message: text('Hello') });
    const answer = await fetch(`${house.url}/events?after=0&type=ChatClosed`, { headers: { authorization } });
    const reader = answer.body?.getReader();
    let read = '';
    while (!/id: 0{15}[1-9]\n\n/.test(read)) read += new TextDecoder().decode((await reader?.read())?.value);
    expect(read).to.not.include('data:');
    await reader?.cancel();
    await house.close();
  });

  it('is sent away when the gateway stops, and may come back', async () => {
    const house = await openHouse();
    const ws = new WebSocket(`${house.url.replace('http', 'ws')}/events`, { headers: { authorization } });
    const closed = new Promise((resolve) => ws.once('close', (code, reason) => resolve([code, String(reason)])));
    await new Promise((resolve) => ws.once('open', resolve));
    const stream = await fetch(`${house.url}/events`, { headers: { authorization } });
    await house.adapter.stop();
    expect(await closed).to.deep.equal([1001, 'SHUTDOWN']);
    expect(await stream.text()).to.match(/^retry: \d{4}\n/);
    await house.close();
  });

  it('that was told nothing yet comes back to where it began', async () => {
    const house = await openHouse();
    const first = await fetch(`${house.url}/events`, { headers: { authorization } });
    const reader = first.body?.getReader();
    const said = new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    await house.ask('POST', '/chats', { as: joe, message: text('Meanwhile') });
    const [, place = ''] = /^id: (\d{16})$/m.exec(said) ?? [];
    const again = await fetch(`${house.url}/events`, { headers: { authorization, 'last-event-id': place } });
    const back = again.body?.getReader();
    let heard = '';
    while (!heard.includes('Meanwhile')) heard += new TextDecoder().decode((await back?.read())?.value);
    await back?.cancel();
    await house.close();
  });

  it('ends one after the other over the time of a stop, and says to each when to be back', async () => {
    const house = await openHouse();
    const ends: number[] = [];
    const listening = await Promise.all(
      [1, 2, 3, 4].map(() => fetch(`${house.url}/events`, { headers: { authorization } })),
    );
    const read = listening.map(async (stream) => {
      const said = await stream.text();
      ends.push(performance.now());
      return said;
    });
    const from = performance.now();
    const stopped = house.adapter.stop({ reason: 'SHUTDOWN', overMs: 400 });
    // Who comes meanwhile is not refused: an event source would give up for ever.
    expect((await house.ask('GET', '/chats')).status).to.equal(200);
    const late = await fetch(`${house.url}/events`, { headers: { authorization } });
    const backMs = [await late.text(), ...(await Promise.all(read))].map((said) =>
      Number(/(\d+)\n\n$/.exec(said)?.[1]),
    );
    expect(late.status).to.equal(200);
    for (const ms of backMs) expect(ms).to.be.within(1400, 3400);
    expect(new Set(backMs).size).to.be.greaterThan(1);
    ends.forEach((at, index) => expect(at - from).to.be.at.least(index * 100 - 1));
    await stopped;
    expect((await house.ask('GET', '/chats')).status).to.equal(404);
    await house.close();
  });
});
