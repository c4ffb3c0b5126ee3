import { createLookout, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openHouse, type House } from './clustaar-house.js';
import { openWire } from './wire.js';

const params = { bot_id: 'b1', interlocutor_id: 'ada', socket_token: 'token-ada' };

describe('an observer of Clustaar', () => {
  let house: House;

  afterEach(() => house.close());

  it('sees each frame of a page once, and which session its connection has', async () => {
    const { observe, of, frames } = createLookout();
    house = await openHouse({ core: { observe } });
    const page = await openWire(house.port);
    const received: string[] = [];
    page.ws.on('message', (data) => received.push(String(data)));
    const sent = [
      ['1', '1', 'interlocutor:ada', 'phx_join', params],
      [
        '1',
        '2',
        'interlocutor:ada',
        'interlocutor_reply',
        { bot_token: 'k9', interaction: { type: 'text', message: 'Hi' } },
      ],
      [null, '3', 'phoenix', 'heartbeat', {}],
    ].map((frame) => JSON.stringify(frame));
    for (const frame of sent) page.send(frame);
    await eventually('all are answered', () => received.length >= 3);
    expect(frames('in')).to.deep.equal(sent);
    expect(frames('out')).to.deep.equal(received);
    const [connection] = of('connection-opened');
    expect(connection).to.include({ space: 'clustaar', transport: 'websocket', client: 'vsn 2.0.0' });
    page.ws.close();
    await eventually('it is told that the connection closed', () => of('connection-closed').length === 1);
    const ids = [
      ...of('frame'),
      ...of('connection-closed'),
      ...of('session-opened').filter(({ role }) => role === 'customer'),
    ];
    expect(new Set(ids.map(({ connectionId }) => connectionId))).to.deep.equal(new Set([connection?.connectionId]));
  });

  it('sees what a page that polls is handed in one answer frame by frame', async () => {
    const { observe, of, frames } = createLookout();
    house = await openHouse({ core: { observe } });
    const poll = async (method: string, token = '', body?: string) => {
      const url = `http://127.0.0.1:${house.port}/socket/longpoll?vsn=2.0.0&token=${encodeURIComponent(token)}`;
      const answer = await fetch(url, { method, ...(body !== undefined && { body }) });
      return (await answer.json()) as { readonly token: string; readonly messages?: readonly string[] };
    };
    const { token } = await poll('GET');
    const join = JSON.stringify(['1', '1', 'interlocutor:ada', 'phx_join', params]);
    await poll('POST', token, join);
    const { messages } = await poll('GET', token);
    expect(frames('in')).to.deep.equal([join]);
    expect(frames('out')).to.deep.equal(messages);
    expect(of('connection-opened')[0]?.transport).to.equal('longpoll');
  });
});
