import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Fault } from '@dragoman/core';
import { createCollectingLog, eventually } from '@dragoman/core/testing';
import { createListener, serveHealth, type Listener, type ListenerOptions } from '@dragoman/gateway';
import { expect } from 'chai';

describe('the listener', () => {
  const log = createCollectingLog();
  const open: Listener[] = [];

  async function started(options: Partial<ListenerOptions> = {}): Promise<Listener> {
    const listener = createListener({ port: 0, log, ...options });
    open.push(listener);
    await listener.start();
    return listener;
  }

  function dial(listener: Listener): Socket {
    return connect(Number(new URL(listener.url ?? '').port), '127.0.0.1');
  }

  async function wholeAnswer(listener: Listener, text: string): Promise<string> {
    const socket = dial(listener);
    socket.end(text);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const upgrade = (target: string): string =>
    `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

  function claimed(listener: Listener, ...prefixes: string[]): void {
    listener.claim(prefixes, { request: (_, response) => response.end(prefixes[0]) });
  }

  afterEach(async () => {
    await Promise.all(open.splice(0).map((listener) => listener.stop(0)));
  });

  it('answers 404 in JSON where nobody claims the path', async () => {
    const listener = await started();
    const response = await fetch(`${listener.url}/nothing/here?x=1`);
    expect(response.status).to.equal(404);
    expect(response.headers.get('content-type')).to.match(/^application\/json/);
    expect(await response.json()).to.have.property('error', 'not_found');
  });

  it('gives a path to the longest claim that covers whole segments of it', async () => {
    const listener = await started();
    claimed(listener, '/chat');
    claimed(listener, '/chat/service/');
    claimed(listener, '/socket');
    const body = async (path: string): Promise<string> => (await fetch(`${listener.url}${path}`)).text();
    expect(await body('/chat')).to.equal('/chat');
    expect(await body('/chat/services')).to.equal('/chat');
    expect(await body('/chat/service')).to.equal('/chat/service/');
    expect(await body('/chat/service/7?x')).to.equal('/chat/service/');
    expect(await body('/socket.io/?EIO=4')).to.contain('not_found');
  });

  for (const target of ['//', '///a', '/%', '/../..', '*', 'http://', 'http://[', '/\\', '/x//y']) {
    it(`survives the request target ${target} and its upgrade`, async () => {
      const listener = await started();
      claimed(listener, '/faye');
      expect(await wholeAnswer(listener, get(target))).to.match(/^HTTP\/1\.1 404 /);
      expect(await wholeAnswer(listener, upgrade(target))).to.match(/^HTTP\/1\.1 404 /);
      expect((await fetch(`${listener.url}/faye`)).status).to.equal(200);
    });
  }

  it('refuses an upgrade nobody claims with 404 and closes its socket', async () => {
    const listener = await started();
    claimed(listener, '/only-requests');
    const socket = dial(listener);
    socket.write(upgrade('/only-requests'));
    socket.resume();
    await once(socket, 'end');
    const other = await wholeAnswer(listener, upgrade('/else'));
    expect(other).to.equal('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  it('hands a claimed upgrade over with everything that came behind it', async () => {
    const listener = await started();
    listener.claim(['/ws'], {
      upgrade: (request, socket, head) => socket.end(`${request.url} ${Buffer.from(head).toString()}`),
    });
    expect(await wholeAnswer(listener, `${upgrade('/ws/a')}first bytes`)).to.equal('/ws/a first bytes');
  });

  it('lives on when an upgraded connection breaks off', async () => {
    const listener = await started();
    const arrived = new Promise<Duplex>((resolve) => {
      listener.claim(['/ws'], { upgrade: (_, socket) => resolve(socket) });
    });
    const client = dial(listener);
    client.write(upgrade('/ws'));
    const socket = await arrived;
    client.resetAndDestroy();
    const [error] = await once(socket.resume(), 'error');
    expect(error).to.have.property('code', 'ECONNRESET');
    expect((await fetch(`${listener.url}/`)).status).to.equal(404);
  });

  it('refuses two claims on one path and keeps the first', async () => {
    const listener = await started();
    claimed(listener, '/a', '/b');
    expect(() => claimed(listener, '/c', '/b/')).to.throw(Fault, 'two adapters claim the path /b');
    expect((await fetch(`${listener.url}/c`)).status).to.equal(404);
    expect(await (await fetch(`${listener.url}/b`)).text()).to.equal('/a');
  });

  it('frees a path when its claim is given back', async () => {
    const listener = await started();
    listener.claim(['/a'], { request: (_, response) => response.end() })();
    expect((await fetch(`${listener.url}/a`)).status).to.equal(404);
    claimed(listener, '/a');
    expect((await fetch(`${listener.url}/a`)).status).to.equal(200);
  });

  it('takes only paths as claims', async () => {
    const listener = await started();
    for (const prefix of ['', 'a', '/a?b', '/a b']) {
      expect(() => claimed(listener, prefix), prefix).to.throw(TypeError, 'not a path');
    }
  });

  it('answers 500 and logs once when an adapter fails, and goes on', async () => {
    const listener = await started();
    listener.claim(['/bad'], {
      request: () => {
        throw new Error('broken adapter');
      },
      upgrade: () => {
        throw new Error('broken adapter');
      },
    });
    const before = log.lines.length;
    expect((await fetch(`${listener.url}/bad`)).status).to.equal(500);
    expect(await wholeAnswer(listener, upgrade('/bad'))).to.match(/^HTTP\/1\.1 500 /);
    expect(log.lines.slice(before).map(({ level }) => level)).to.deep.equal(['error', 'error']);
  });

  it('answers what it cannot read: 400, 431 for too many headers, 408 for a request that never ends', async () => {
    const listener = await started({ maxHeaderBytes: 2048, requestMs: 40 });
    expect(await wholeAnswer(listener, 'hello\r\n\r\n')).to.match(/^HTTP\/1\.1 400 /);
    expect(await wholeAnswer(listener, get('?'))).to.match(/^HTTP\/1\.1 400 /);
    const large = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(4096)}\r\n\r\n`;
    expect(await wholeAnswer(listener, large)).to.match(/^HTTP\/1\.1 431 /);
    const slow = dial(listener);
    slow.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const [answer] = await once(slow, 'data');
    expect(String(answer)).to.match(/^HTTP\/1\.1 408 /);
  });

  it('closes the connections above its limit at once', async () => {
    const listener = await started({ maxConnections: 1 });
    const first = dial(listener);
    await once(first, 'connect');
    const second = dial(listener);
    second.resume();
    await once(second, 'close');
    expect(log.lines.at(-1)).to.deep.include({ level: 'warn', facts: { maxConnections: 1 } });
    first.destroy();
  });

  it('answers 429 to an address that has too many connections, until one of them ends', async () => {
    const listener = await started({ connectionsPerAddress: 1 });
    claimed(listener, '/a');
    const first = dial(listener);
    await once(first, 'connect');
    for (const text of [get('/a'), upgrade('/a')]) {
      expect(await wholeAnswer(listener, text)).to.match(/^HTTP\/1\.1 429 Too Many Requests\r\nRetry-After: 5\r\n/);
    }
    expect(log.lines.at(-1)).to.deep.include({ level: 'warn', facts: { connectionsPerAddress: 1 } });
    first.destroy();
    await eventually('a place is free', async () => / 200 /.test(await wholeAnswer(listener, get('/a'))));
  });

  it('counts for whom a trusted proxy asks, and not the proxy', async () => {
    const listener = await started({ connectionsPerAddress: 1, trustedProxies: ['127.0.0.1'] });
    const sockets: Duplex[] = [];
    listener.claim(['/ws'], {
      request: (_, response) => response.end('polled'),
      upgrade: (_, socket) => sockets.push(socket) && socket.write('in'),
    });
    const over = (text: string, address: string): string =>
      text.replace('Host: x', `Host: x\r\nX-Forwarded-For: ${address}`);
    const open = async (address: string): Promise<string> => {
      const socket = dial(listener);
      socket.write(over(upgrade('/ws'), address));
      return String((await once(socket, 'data'))[0]).split('\r\n', 1)[0] ?? '';
    };
    expect(await open('198.51.100.1')).to.equal('in');
    expect(await open('198.51.100.1')).to.equal('HTTP/1.1 429 Too Many Requests');
    expect(await open('198.51.100.2')).to.equal('in');
    const poll = (address: string): Promise<string> => wholeAnswer(listener, over(get('/ws'), address));
    expect(await poll('198.51.100.1')).to.match(/^HTTP\/1\.1 429 .*content-length: 0\r\n.*\r\n\r\n$/s);
    for (let round = 0; round < 3; round += 1) expect(await poll('198.51.100.3')).to.match(/polled$/);
    expect(await open('2001:db8::1')).to.equal('in');
    expect(await poll('2001:db8::2')).to.match(/^HTTP\/1\.1 429 /);
    expect(await poll('2001:db8:0:1::1')).to.match(/polled$/);
    sockets[0]?.destroy();
    await eventually('a place is free', async () => (await poll('198.51.100.1')).endsWith('polled'));
  });

  it('says which port is in use', async () => {
    const listener = await started();
    const port = Number(new URL(listener.url ?? '').port);
    const error = await started({ port }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Fault).with.property('code', 'PORT_IN_USE');
    expect(error).to.have.property('message').that.contains(`127.0.0.1:${port}`);
  });

  it('says which address this machine does not have', async () => {
    const error = await started({ host: '192.0.2.1' }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Fault).with.property('code', 'CONFIG_INVALID');
  });

  it('serves requests while it drains, each on its last connection, and opens no WebSocket', async () => {
    const listener = await started();
    listener.claim(['/poll'], { request: (_, response) => response.end('polled'), upgrade: () => expect.fail() });
    listener.drain();
    const polled = await fetch(`${listener.url}/poll`);
    expect([await polled.text(), polled.headers.get('connection')]).to.deep.equal(['polled', 'close']);
    expect(await wholeAnswer(listener, upgrade('/poll'))).to.match(/^HTTP\/1\.1 503 /);
    await listener.stop(0);
  });

  it('tells who comes to what is gone while it drains to come again, and lets an event source do so by itself', async () => {
    const listener = await started();
    listener.claim(['/slow'], { request: () => expect.fail() });
    listener.drain();
    const gone = await fetch(`${listener.url}/v1/chats`);
    // With a body that is not its own a Phoenix client would give up for ever.
    expect([gone.status, gone.headers.get('retry-after'), await gone.text()]).to.deep.equal([503, '5', '']);
    const stream = fetch(`${listener.url}/v1/events`, { headers: { accept: 'text/event-stream' } });
    // With a status it would give up for ever.
    expect(await stream.catch(() => 'cut')).to.equal('cut');
    await listener.stop(0);
  });

  it('lets connections in at its rate and the others wait, with what they sent', async () => {
    const listener = await started({ acceptsPerSecond: 20 });
    const times: number[] = [];
    listener.claim(['/'], {
      request(_, response) {
        times.push(performance.now());
        response.end('in');
      },
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => wholeAnswer(listener, get('/'))));
    expect(answers.every((answer) => answer.endsWith('in'))).to.equal(true);
    // Two at once, then one each 50 ms: timers may be late, never early.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).to.be.greaterThan(270);
    await listener.stop(0);
  });

  it('cuts whoever would wait for longer than a client has patience', async () => {
    const listener = await started({ acceptsPerSecond: 1 });
    listener.claim(['/'], { request: (_, response) => response.end('in') });
    const [first, ...waiting] = Array.from({ length: 6 }, () => dial(listener));
    first?.end(get('/'));
    await Promise.all(waiting.map((socket) => once(socket, 'connect')));
    const late = dial(listener).resume();
    await once(late, 'close');
    for (const socket of waiting) socket.destroy();
    await listener.stop(0);
  });

  it('drains: takes nobody new, lets a running answer end, then cuts what stays', async () => {
    const listener = await started();
    let finish = (): void => expect.fail('no request came');
    const arrived = new Promise<void>((resolve) => {
      listener.claim(['/slow'], {
        request: (_, response) => {
          finish = () => response.end('done');
          resolve();
        },
        upgrade: () => resolve(),
      });
    });
    const idle = dial(listener);
    await once(idle, 'connect');
    idle.resume();
    const running = fetch(`${listener.url}/slow`);
    await arrived;
    const { url } = listener;
    const stopped = listener.stop(60_000);
    expect(await fetch(`${url}/`).catch(() => 'refused')).to.equal('refused');
    finish();
    expect(await (await running).text()).to.equal('done');
    idle.destroy();
    await stopped;
  });

  it('cuts an upgraded connection when its patience ends', async () => {
    const listener = await started();
    const arrived = new Promise<void>((resolve) => listener.claim(['/ws'], { upgrade: () => resolve() }));
    const socket = dial(listener);
    socket.write(upgrade('/ws'));
    await arrived;
    const closed = once(socket.resume(), 'close');
    await listener.stop(5);
    await listener.stop(5);
    await closed;
  });

  it('stops without ever having started', async () => {
    await createListener({ port: 0, log }).stop(60_000);
  });
});

describe('health', () => {
  it('is live whenever it answers, ready only when nothing speaks against it', async () => {
    const listener = createListener({ port: 0, log: createCollectingLog() });
    let reasons = ['the store does not answer'];
    const store = { name: 'store', isAdapter: false };
    serveHealth(listener, async () => [{ ...store, reasons }]);
    await listener.start();
    const ask = async (path: string, method = 'GET'): Promise<[number, unknown]> => {
      const response = await fetch(`${listener.url}/health/${path}`, { method });
      return [response.status, await response.json()];
    };
    expect(await ask('live')).to.deep.equal([200, { status: 'live' }]);
    expect(await ask('ready')).to.deep.equal([503, { status: 'not ready', reasons, parts: { store: 'not ready' } }]);
    reasons = [];
    expect(await ask('ready?probe=1')).to.deep.equal([200, { status: 'ready', reasons, parts: { store: 'ready' } }]);
    expect((await ask('else'))[0]).to.equal(404);
    expect((await ask('ready', 'POST'))[0]).to.equal(405);
    await listener.stop(0);
  });

  it('is told of one adapter and what all need, for balancers that know where each protocol works', async () => {
    const listener = createListener({ port: 0, log: createCollectingLog() });
    const state = (name: string, isAdapter: boolean, ...reasons: string[]) => ({ name, isAdapter, reasons });
    serveHealth(listener, async () => [state('store', false), state('web', true), state('desk', true, 'no broker')]);
    await listener.start();
    const ask = async (path: string): Promise<number> => (await fetch(`${listener.url}/health/ready${path}`)).status;
    expect(await Promise.all(['', '/web', '/desk', '/store', '/else'].map(ask))).to.deep.equal([
      503, 200, 503, 404, 404,
    ]);
    await listener.stop(0);
  });

  it('asks once however many wait to be told, and takes a failure for a no', async () => {
    const listener = createListener({ port: 0, log: createCollectingLog() });
    const answers: ((error: Error) => void)[] = [];
    serveHealth(listener, () => new Promise((_, reject) => answers.push(reject)));
    await listener.start();
    const socket = connect(Number(new URL(listener.url ?? '').port), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += String(chunk)));
    socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
    await eventually('the first question', () => answers.length > 0);
    answers[0]?.(new Error('broken'));
    await eventually('three answers', () => heard.split('HTTP/1.1 503').length === 4);
    expect(answers).to.have.length(1);
    socket.destroy();
    await listener.stop(0);
  });
});
