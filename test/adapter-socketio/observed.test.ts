import { happychatAdapter, socketioCarrier, ticketsAdapter, tokenAuthenticator } from '@dragoman/adapter-socketio';
import { createCore } from '@dragoman/core';
import { createLookout, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { verify } from './happychat-service.js';
import { openListener } from './listener.js';

/** Both dialects on one server, and a client that is nothing but a WebSocket. */
async function scene() {
  const lookout = createLookout();
  const core = await createCore({ observe: lookout.observe });
  const web = await openListener();
  const carrier = socketioCarrier({ listener: web.listener });
  const byToken = tokenAuthenticator(verify);
  const authenticators = { customer: byToken, operator: byToken, agent: byToken };
  const adapters = [
    happychatAdapter(carrier, { workspaceId: 'default', authenticators }),
    ticketsAdapter(carrier, { workspaceId: 'default', verify }),
  ];
  for (const adapter of adapters) await adapter.start(core);
  const socket = new WebSocket(`${web.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  return {
    ...lookout,
    socket,
    received,
    heard: (start: string) => eventually(start, () => received.some((packet) => packet.startsWith(start))),
    async close() {
      socket.terminate();
      for (const adapter of adapters) await adapter.stop();
      await core.stop();
      await web.close();
    },
  };
}

describe('an observer of a Socket.IO server', () => {
  let stage: Awaited<ReturnType<typeof scene>>;

  beforeEach(async () => (stage = await scene()));
  afterEach(() => stage.close());

  it('sees each packet once, by dialect, though both share a connection', async () => {
    const { socket, received, heard, frames, of } = stage;
    await heard('0{');
    const sent: string[] = [];
    const say = (packet: string): void => {
      sent.push(packet);
      socket.send(packet);
    };
    say('40/customer,');
    await heard('42/customer,0["token"');
    say('43/customer,0[{"jwt":"customer:joe"}]');
    await heard('42/customer,["init"');
    say('42/customer,["message",{"id":"m-1","text":"Hello"}]');
    await heard('42/customer,["message"');
    say('40');
    await heard('40{');
    say('42["authenticate",{"accessToken":"customer:ada"}]');
    await heard('42["authenticated"');
    const packets = received.filter((packet) => packet.startsWith('4'));
    expect(frames('in')).to.deep.equal(sent);
    expect(frames('out')).to.deep.equal(packets);
    const spaces = new Set(of('frame').map(({ space, data }) => [space, String(data).includes('/customer')].join()));
    expect(spaces).to.deep.equal(new Set(['happychat,true', 'tickets,false']));
    expect(of('connection-opened').map(({ space, client, transport }) => ({ space, client, transport }))).to.deep.equal(
      [
        { space: 'happychat', client: 'Engine.IO 4', transport: 'websocket' },
        { space: 'tickets', client: 'Engine.IO 4', transport: 'websocket' },
      ],
    );
    socket.close();
    await eventually('both hear of the end', () => of('connection-closed').length === 2);
    const sessions = of('session-opened').filter(({ role }) => role === 'customer');
    expect(sessions.map(({ connectionId }) => connectionId)).to.deep.equal(
      of('connection-opened').map(({ connectionId }) => connectionId),
    );
  });
});
