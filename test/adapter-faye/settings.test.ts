import { eventFrame } from '@dragoman/adapter-faye';
import type { Command, Session } from '@dragoman/core';
import { expect } from 'chai';
import { openTestCarrier } from './carrier.js';
import { box } from './faye-client.js';
import { manager, openHouse, visitor, type Body, type House, type MessageBody } from './house.js';
import { handshake, handshakeMessage, http, openSocket, parse, post } from './wire.js';

const roster = [{ id: '7', name: 'Ann' }];

describe('a house with settings of its own', () => {
  let house: House;

  afterEach(() => house.close());

  async function openChat(id: string): Promise<number> {
    return (await house.api(`/chat/service/${id}`, visitor(id))).json.conversation?.id ?? 0;
  }

  async function say(number: number, content: string): Promise<number> {
    const { json } = await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content });
    return json.message?.id ?? 0;
  }

  async function history(number: number, params: object = {}): Promise<{ contents: string; hasMore: unknown }> {
    const { body, headers } = await house.api(`/chat/conversation/${number}/messages`, params);
    const list: readonly MessageBody[] = JSON.parse(body);
    return { contents: list.map(({ content }) => content).join(''), hasMore: headers['x-has-more'] };
  }

  it('says its own words when nobody is on duty', async () => {
    house = await openHouse({ offlineMessage: 'Мы спим до девяти' });
    const { status, json } = await house.api('/chat/service/v1', visitor('v1'));
    expect([status, json.error, json.message]).to.deep.equal([422, 'chat_offline_message', 'Мы спим до девяти']);
  });

  it('gives so many messages to who names no count, and clamps who names too many', async () => {
    house = await openHouse({ roster, maxMessagesCount: 2, maxCount: 3 });
    const number = await openChat('v1');
    for (const content of ['a', 'b', 'c', 'd']) await say(number, content);
    expect(await history(number)).to.deep.equal({ contents: 'dc', hasMore: 'true' });
    expect(await history(number, { count: 100 })).to.deep.equal({ contents: 'dcb', hasMore: 'true' });
  });

  it('clamps nobody where there is no limit', async () => {
    house = await openHouse({ roster, maxCount: 0 });
    const number = await openChat('v1');
    for (const content of ['a', 'b', 'c']) await say(number, content);
    expect(await history(number, { count: 1_000_000 })).to.deep.equal({ contents: 'cba', hasMore: 'false' });
  });

  it('gives the history of a visitor over all his conversations, and of no other visitor', async () => {
    house = await openHouse({ roster });
    const first = await openChat('v1');
    await say(first, 'a');
    await house.api(`/chat/conversation/${await openChat('v2')}`, { ...visitor('v2'), content: 'not his' });
    await close(house, first);
    const second = await openChat('v1');
    expect(second).not.to.equal(first);
    const since = await say(second, 'b');
    await say(second, 'c');
    for (const number of [first, second]) expect((await history(number)).contents).to.equal('cba');
    expect((await history(first, { since_id: since })).contents).to.equal('ba');
    expect((await history(first, { since_id: since - 1 })).contents).to.equal('a');
  });

  it('publishes nothing of what was read where it is told not to', async () => {
    house = await openHouse({ roster, publishReadUpdates: false });
    const number = await openChat('v1');
    const heard = box<Body>();
    const widget = house.client();
    await widget.subscribe('/service/v1', () => undefined);
    await widget.subscribe(`/conversations/${number}`, (data) => heard.put(data as Body));
    const { json } = await house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'one' });
    await heard.next();
    const marked = await house.api(`/chat/conversation/${number}/message/${json.message?.id}/mark_read`);
    expect(marked.json.message?.read).to.equal(true);
    await house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'two' });
    expect((await heard.next()).message?.content).to.equal('two');
  });

  it('serves below a mount and a prefix of its own, and nowhere else', async () => {
    house = await openHouse({ roster, mount: '/bayeux', apiPrefix: '/support' });
    expect((await house.api('/support/chat/service/v1', visitor('v1'))).status).to.equal(201);
    const body = JSON.stringify([handshakeMessage()]);
    const headers = { 'content-type': 'application/json' };
    expect(parse((await http(house.port, '/bayeux', { body, headers })).body)[0]?.successful).to.equal(true);
    for (const path of ['/faye', '/chat/service/v1']) {
      expect((await http(house.port, path, { body, headers })).status).to.equal(404);
    }
  });

  it('lets only listed pages read what the API answers', async () => {
    house = await openHouse({ roster, allowedOrigins: ['https://shop.example'] });
    const origin = async (from: string) =>
      (await house.api('/chat/service/v1', visitor('v1'), { origin: from })).headers['access-control-allow-origin'];
    expect(await origin('https://shop.example')).to.equal('https://shop.example');
    expect(await origin('https://evil.example')).to.equal(undefined);
  });
});

/** Ends a conversation as an operator of another protocol would. */
async function close({ core }: House, number: number): Promise<void> {
  const who = { workspaceId: 'default', space: 'other', side: 'operator', role: 'operator', realm: '' } as const;
  const closer: Session = await core.connect(
    { ...who, externalId: 'olga', idType: 'string', name: 'Olga' },
    { scope: 'all', echo: 'all', away: null, chats: 'mine', mode: 'claim' },
    () => undefined,
  );
  const chat = await core.find(closer, { publicNumber: number });
  const command: Command = { type: 'CloseChat', to: { chatId: chat?.id ?? '' }, reason: 'operator' };
  expect((await core.dispatch(closer, command)).ok).to.equal(true);
  await closer.end();
}

describe('a Bayeux mount with settings of its own', () => {
  it('without JSON-P neither offers nor answers it', async () => {
    const open = await openTestCarrier({ offersJsonp: false });
    const [answer] = await post(open.port, [handshakeMessage()]);
    expect(answer?.supportedConnectionTypes).not.to.include('callback-polling');
    const message = encodeURIComponent(JSON.stringify([handshakeMessage()]));
    expect((await http(open.port, `/faye?message=${message}&jsonp=a`, { method: 'GET' })).status).to.equal(400);
    await open.close();
  });

  it('holds no connect for longer than its own time, whatever the client wishes', async () => {
    const open = await openTestCarrier({ timeoutMs: 60 });
    const clientId = await handshake(open.port);
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
    for (const timeout of [1e12, -5, '1', null]) {
      const [answer] = await post(open.port, [{ ...connect, advice: { timeout } }]);
      expect(answer?.advice).to.deep.equal({ reconnect: 'retry', interval: 0, timeout: 60 });
    }
    await open.close();
  });
});

describe('a WebSocket', () => {
  it('takes binary frames that hold JSON, as stock faye does', async () => {
    const open = await openTestCarrier();
    const socket = await openSocket(open.port);
    socket.ws.send(Buffer.from(JSON.stringify([handshakeMessage()])), { binary: true });
    expect((await socket.next())[0]?.successful).to.equal(true);
    socket.ws.close();
    await open.close();
  });

  it('carries events of every length and alphabet', async () => {
    const open = await openTestCarrier();
    const clientId = await handshake(open.port);
    const socket = await openSocket(open.port);
    socket.send([{ channel: '/meta/subscribe', clientId, subscription: '/service/a' }]);
    await socket.next();
    socket.send([{ channel: '/meta/connect', clientId, connectionType: 'websocket', advice: { timeout: 0 } }]);
    await socket.next();
    const around = JSON.stringify([{ channel: '/service/a', data: '' }]).length;
    for (const length of [around, 125, 126, 65_535, 65_536, 200_000]) {
      const data = 'x'.repeat(length - around);
      open.carrier.publish(eventFrame('/service/a', data));
      expect(await socket.next()).to.deep.equal([{ channel: '/service/a', data }]);
    }
    const data = 'Ça 你好 👩‍👩‍👧 \uD800';
    open.carrier.publish(eventFrame('/service/a', data));
    expect(await socket.next()).to.deep.equal([{ channel: '/service/a', data }]);
    socket.ws.close();
    await open.close();
  });
});
