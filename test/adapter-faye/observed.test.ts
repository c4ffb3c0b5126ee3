import { createLookout, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { openHouse, visitor, type House } from './house.js';
import { http } from './wire.js';

const handshake = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'], id: '1' };

describe('an observer of Convead', () => {
  const { observe, of, frames } = createLookout();
  let house: House;

  before(async () => (house = await openHouse({ roster: [{ id: '1', name: 'Mia' }] }, { observe })));
  after(() => house.close());

  it('sees each frame of a WebSocket once, events among them', async () => {
    const socket = new WebSocket(`${house.url.replace('http', 'ws')}/faye`);
    const received: string[] = [];
    socket.on('message', (data) => received.push(String(data)));
    await once(socket, 'open');
    const sent: string[] = [];
    const say = (message: object): void => {
      sent.push(JSON.stringify([message]));
      socket.send(JSON.stringify([message]));
    };
    say(handshake);
    await eventually('the handshake is answered', () => received.length === 1);
    const clientId: string = JSON.parse(received[0] ?? '')[0].clientId;
    say({ channel: '/meta/subscribe', clientId, subscription: '/service/v-1', id: '2', ext: visitor('v-1') });
    say({ channel: '/meta/connect', clientId, connectionType: 'websocket', id: '3' });
    await eventually('the subscription is answered', () => received.length === 2);
    await house.api('/chat/service/v-1', visitor('v-1'));
    await eventually('the conversation is told', () => received.length >= 3);
    const mine = of('frame').filter(({ connectionId, data }) => connectionId !== null || String(data).startsWith('['));
    expect(mine.filter(({ way }) => way === 'in').map(({ data }) => data)).to.deep.equal(sent);
    expect(mine.filter(({ way }) => way === 'out').map(({ data }) => data)).to.deep.equal(received);
    expect(of('connection-opened')).to.have.length(1);
    expect(of('connection-opened')[0]).to.include({ space: 'convead', connectionId: clientId });
    socket.close();
  });

  it('knows by the trace of a request what came of it', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { json } = await house.api('/chat/service/v-3', visitor('v-3'));
    const said = { ...visitor('v-3'), content: 'traced' };
    await house.api(`/chat/conversation/${json.conversation?.id}`, said, { traceparent });
    const traces = of('delivery').flatMap(({ event }) =>
      event.type === 'MessagePosted' ? [house.core.traceparent?.(event.commandId)] : [],
    );
    expect(new Set(traces)).to.deep.equal(new Set([traceparent]));
  });

  it('sees requests of the HTTP API and of clients that poll, with their answers', async () => {
    const [ins, outs] = [frames('in').length, frames('out').length];
    const answer = await house.api('/chat/service/v-2', visitor('v-2'));
    const body = JSON.stringify([{ ...handshake, supportedConnectionTypes: ['long-polling'] }]);
    const polled = await http(house.port, '/faye', { body, headers: { 'content-type': 'application/json' } });
    expect(frames('in').slice(ins)).to.deep.equal([
      `POST /chat/service/v-2\n\n${JSON.stringify(visitor('v-2'))}`,
      body,
    ]);
    expect(frames('out').slice(outs)).to.deep.equal([`201\n\n${answer.body}`, polled.body]);
  });
});
