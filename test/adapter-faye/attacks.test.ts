import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { eventFrame } from '@dragoman/adapter-faye';
import { expect } from 'chai';
import { openTestCarrier, type TestCarrier } from './carrier.js';
import { handshake, handshakeMessage, http, openSocket, parse, post, type WireMessage } from './wire.js';

/** Numbers are those of the attack table in docs/dialects/convead.md. */
describe('a hostile Bayeux client', () => {
  let open: TestCarrier;

  beforeEach(async () => {
    open = await openTestCarrier({
      timeoutMs: 500,
      limits: { subscriptions: 3, badFrames: 3, handshakes: { perSecond: 1, burst: 5 } },
    });
  });

  afterEach(async () => {
    await post(open.port, [{ channel: '/meta/connect', clientId: 'x', connectionType: 'websocket' }]);
    await open.close();
  });

  const ask = async (message: object): Promise<WireMessage | undefined> => (await post(open.port, [message]))[0];

  for (const name of ['/**', '/*', '/service/**', '/meta/connect', '/other/1']) {
    it(`1: is refused the channel ${name}`, async () => {
      const clientId = await handshake(open.port);
      const answer = await ask({ channel: '/meta/subscribe', clientId, subscription: name, id: '2' });
      expect(answer).to.deep.equal({
        id: '2',
        clientId,
        channel: '/meta/subscribe',
        successful: false,
        subscription: name,
        error: `403:${name}:Forbidden channel`,
      });
    });
  }

  it('2: gets nothing of a list that holds one forbidden channel', async () => {
    const clientId = await handshake(open.port);
    const subscription = ['/service/mine', '/**'];
    const answer = await ask({ channel: '/meta/subscribe', clientId, subscription, id: '2' });
    expect(answer).to.include({ successful: false, error: '403:/**:Forbidden channel' });
    open.carrier.publish(eventFrame('/service/mine', 'secret'));
    const answers = await post(open.port, [
      { channel: '/meta/connect', clientId, connectionType: 'long-polling', advice: { timeout: 0 } },
    ]);
    expect(answers).to.have.lengthOf(1);
  });

  it('3, 4: publishes nothing, with whatever client id and fields', async () => {
    const forged = { channel: '/conversations/1', data: 'x', id: '7', ext: {}, advice: { reconnect: 'none' } };
    expect(await ask({ ...forged, clientId: 'stolen' })).to.deep.equal({
      id: '7',
      clientId: 'stolen',
      channel: '/conversations/1',
      successful: false,
      error: '403:/conversations/1:Forbidden channel',
    });
    expect(await ask({ channel: '/service/*', data: 1 })).to.include({ error: '405:/service/*:Invalid channel' });
  });

  for (const clientId of ['__proto__', 'toString', 'constructor']) {
    it(`7: named ${clientId} is an unknown client on every transport`, async () => {
      const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket', id: '1' };
      expect(await ask(connect)).to.include({ error: `401:${clientId}:Unknown client` });
      const socket = await openSocket(open.port);
      socket.send([connect]);
      expect((await socket.next())[0]).to.include({ error: `401:${clientId}:Unknown client` });
      socket.ws.close();
      const stream = await http(open.port, `/faye/${clientId}`, {
        method: 'GET',
        headers: { accept: 'text/event-stream' },
      });
      expect(stream.status).to.equal(404);
    });
  }

  for (const path of ['//', '/faye//', '/faye/%', '/faye/../..', '/faye?message=%', 'http://']) {
    it(`8: does not harm the process with GET ${path}`, async () => {
      const answer = await http(open.port, path, { method: 'GET' });
      expect(answer.status).to.be.oneOf([400, 404]);
    });
  }

  it('9: gets an error for arrays and objects in place of names', async () => {
    expect(await ask({ channel: ['/foo'], data: 1, id: 'a' })).to.deep.equal({
      id: 'a',
      successful: false,
      error: '405::Invalid channel',
    });
    expect(await ask({ channel: '/meta/connect', clientId: {}, connectionType: 'websocket' })).to.include({
      error: '402:clientId:Missing required parameter',
    });
    const clientId = await handshake(open.port);
    expect(await ask({ channel: '/meta/connect', clientId, connectionType: ['x'], advice: [] })).to.include({
      error: '402:connectionType:Missing required parameter',
    });
    expect(await ask({ channel: '/meta/subscribe', clientId, subscription: [{}], id: '3' })).to.include({
      error: '405::Invalid channel',
    });
  });

  it('10: gets no time for a channel of thousands of segments or a batch of thousands', async () => {
    const clientId = await handshake(open.port);
    const subscription = '/a'.repeat(3000);
    const answer = await ask({ channel: '/meta/subscribe', clientId, subscription, id: '2' });
    expect(answer).to.include({ error: `405:${'/a'.repeat(32)}:Invalid channel` });
    const batch = JSON.stringify(Array.from({ length: 65 }, () => ({ channel: '/meta/connect' })));
    const refused = await http(open.port, '/faye', { body: batch, headers: { 'content-type': 'application/json' } });
    expect([refused.status, refused.body]).to.deep.equal([400, 'Bad request']);
  });

  it('11: cannot send a body or a frame above 64 KiB', async () => {
    const body = JSON.stringify([{ channel: '/x', data: 'x'.repeat(70_000) }]);
    const refused = await http(open.port, '/faye', { body, headers: { 'content-type': 'application/json' } });
    expect(refused.status).to.equal(413);
    const socket = await openSocket(open.port);
    socket.ws.on('error', () => undefined);
    socket.sendText(body);
    expect(await socket.closed).to.equal(1009);
  });

  it('11: cannot send a body above 64 KiB in pieces of unannounced length', async () => {
    const raw = connectSocket(open.port, '127.0.0.1');
    raw.on('error', () => undefined);
    raw.write('POST /faye HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let n = 0; n < 9; n += 1) raw.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`);
    const [head] = await once(raw, 'data');
    expect(String(head)).to.match(/^HTTP\/1\.1 413 /);
    raw.destroy();
  });

  it('12: opens no more sessions with a list of handshakes than with as many requests', async () => {
    const body = JSON.stringify(Array.from({ length: 6 }, () => handshakeMessage()));
    const refused = await http(open.port, '/faye', { body, headers: { 'content-type': 'application/json' } });
    expect([refused.status, open.told]).to.deep.equal([429, []]);
  });

  it('12: is told to come back later when it shakes hands too often', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify([handshakeMessage()]);
    for (let n = 0; n < 5; n += 1) await handshake(open.port);
    const refused = await http(open.port, '/faye', { body, headers });
    expect(refused.status).to.equal(429);
    expect(refused.headers['retry-after']).to.equal('5');
    const socket = await openSocket(open.port);
    socket.send([handshakeMessage()]);
    const [answer] = await socket.next();
    expect(answer).to.include({ successful: false, error: '503::Try again later' });
    expect(answer?.advice).to.deep.equal({ reconnect: 'handshake', interval: 5000 });
    socket.ws.close();
  });

  it('13: cannot hold more subscriptions than a session may', async () => {
    const clientId = await handshake(open.port);
    const subscription = ['/service/a', '/service/b', '/service/c'];
    expect(await ask({ channel: '/meta/subscribe', clientId, subscription })).to.include({ successful: true });
    expect(await ask({ channel: '/meta/subscribe', clientId, subscription: '/service/d' })).to.include({
      error: '403::Too many subscriptions',
    });
    expect(await ask({ channel: '/meta/subscribe', clientId, subscription: '/service/a' })).to.include({
      successful: true,
    });
  });

  it('15: cannot make the JSON-P callback anything but a name', async () => {
    const message = encodeURIComponent(JSON.stringify([handshakeMessage()]));
    const evil = await http(open.port, `/faye?message=${message}&jsonp=alert(1)`, { method: 'GET' });
    expect(evil.status).to.equal(400);
    const good = await http(open.port, `/faye?message=${message}&jsonp=a.b`, { method: 'GET' });
    expect(good.body).to.match(/^\/\*\*\/a\.b\(\[.*\]\);$/);
    expect(good.headers).to.include({
      'x-content-type-options': 'nosniff',
      'content-disposition': 'attachment; filename=f.txt',
    });
  });

  it('18: is cut off after too many unreadable frames', async () => {
    const socket = await openSocket(open.port);
    for (const text of ['{', '5', 'null']) socket.sendText(text);
    expect(await socket.closed).to.equal(1008);
  });

  for (const body of ['', '{', '5', '"x"', 'null', '[1]', '[[]]']) {
    it(`gets "Bad request" for the body ${JSON.stringify(body)}`, async () => {
      const refused = await http(open.port, '/faye', { body, headers: { 'content-type': 'application/json' } });
      expect([refused.status, refused.body]).to.deep.equal([400, 'Bad request']);
    });
  }

  it('gets empty answers for empty requests', async () => {
    expect(await post(open.port, [])).to.deep.equal([]);
    expect(await post(open.port, [null])).to.deep.equal([]);
    const socket = await openSocket(open.port);
    socket.send([]);
    expect(await socket.next()).to.deep.equal([]);
    socket.ws.close();
  });

  it('reads what is missing in a message from the error, with advice that spares the server', async () => {
    const handshakeAdvice = { reconnect: 'handshake', interval: 5000 };
    const cases: readonly [object, string, object | undefined][] = [
      [
        { channel: '/meta/handshake', supportedConnectionTypes: ['websocket'] },
        '402:version:Missing required parameter',
        handshakeAdvice,
      ],
      [{ channel: '/meta/handshake' }, '402:supportedConnectionTypes:Missing required parameter', handshakeAdvice],
      [
        { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['iframe', 'flash'] },
        '301:iframe,flash:Connection types not supported',
        handshakeAdvice,
      ],
      [{ channel: '/meta/subscribe', clientId: 'none', subscription: '/a' }, '401:none:Unknown client', undefined],
      [{ channel: '/meta/subscribe', subscription: '/a' }, '402:clientId:Missing required parameter', undefined],
      [{ channel: '/meta/subscribe', subscription: '' }, '402:subscription:Missing required parameter', undefined],
      [{ channel: '/meta/disconnect', clientId: 'none' }, '401:none:Unknown client', undefined],
      [{ channel: '/meta/other' }, '403:/meta/other:Forbidden channel', undefined],
    ];
    for (const [message, error, advice] of cases) {
      const answer = await ask(message);
      expect(answer?.error).to.equal(error);
      expect(answer?.advice).to.deep.equal(advice);
    }
  });

  it('reads a preflight that lets any page send its credentials along', async () => {
    const answer = await http(open.port, '/faye', { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
    expect(answer.status).to.equal(200);
    expect(answer.headers).to.include({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST, GET',
    });
  });

  it('16: may not connect from a page that is not listed', async () => {
    await open.close();
    open = await openTestCarrier({ allowedOrigins: ['https://shop.example'] });
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
    expect((await http(open.port, '/faye', { body: '[]', headers })).status).to.equal(403);
    const allowed = { ...headers, origin: 'https://shop.example' };
    expect((await http(open.port, '/faye', { body: '[]', headers: allowed })).body).to.equal('[]');
  });

  it('finds the browser client under its known names alone', async () => {
    const script = await http(open.port, '/faye/client.js', { method: 'GET' });
    expect(script.body).to.contain('Faye');
    const again = await http(open.port, '/faye.js', {
      method: 'GET',
      headers: { 'if-none-match': script.headers.etag ?? '' },
    });
    expect(again.status).to.equal(304);
    expect((await http(open.port, '/faye/made-up.js', { method: 'GET' })).status).to.equal(400);
  });

  it('lets a page of elsewhere read why it is refused', async () => {
    const origin = 'https://shop.example';
    const refusals = [
      ['{', 400],
      ['x'.repeat(70_000), 413],
    ] as const;
    for (const [body, status] of refusals) {
      const answer = await http(open.port, '/faye', { body, headers: { origin } });
      expect(answer.status).to.equal(status);
      expect(answer.headers['access-control-allow-origin']).to.equal(origin);
      expect(answer.headers['access-control-allow-credentials']).to.equal('true');
    }
  });

  it('is heard by cross-origin and callback polling and by an event stream alike', async () => {
    const form = await http(open.port, '/faye', {
      body: `message=${encodeURIComponent(JSON.stringify([handshakeMessage()]))}`,
      headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
    });
    const clientId = parse(form.body)[0]?.clientId ?? '';
    await post(open.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/a', id: '2' }]);
    const [advice] = await post(open.port, [{ channel: '/meta/connect', clientId, connectionType: 'eventsource' }]);
    expect(advice?.advice).to.deep.equal({ reconnect: 'retry', interval: 500, timeout: 0 });
    const raw = connectSocket(open.port, '127.0.0.1');
    raw.write(`GET /faye/${clientId} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    await once(raw, 'data');
    open.carrier.publish(eventFrame('/service/a', 'streamed'));
    const [chunk] = await once(raw, 'data');
    expect(String(chunk)).to.contain('data: [{"channel":"/service/a","data":"streamed"}]\r\n\r\n');
    raw.destroy();
  });
});

describe('a Bayeux client whose handshake fails inside', () => {
  it('is told to wait before it tries again', async () => {
    const fails = (): never => {
      throw new TypeError('a mistake of ours');
    };
    const open = await openTestCarrier({}, { admit: fails });
    const [answer] = await post(open.port, [handshakeMessage()]);
    expect(answer).to.include({ successful: false, error: '500::Internal server error' });
    expect(answer?.advice).to.deep.equal({ reconnect: 'handshake', interval: 5000 });
    await open.close();
  });
});
