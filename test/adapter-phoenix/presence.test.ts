import { EventEmitter, once } from 'node:events';
import { createPresence, type ChannelRoute, type Presence } from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';
import type { Socket } from 'phoenix';
import { allVersions, answerTo, connect, phoenixOf } from './clients.js';
import { openTestServer, type TestServer } from './server.js';
import { openWire } from './wire.js';

const topic = 'chat:42';

describe('presence', () => {
  let house: TestServer;
  let presence: Presence;

  beforeEach(async () => {
    let refs = 0;
    const route: ChannelRoute<undefined> = {
      topic: 'chat:*',
      join: ({ channel, params }) => ({
        ok: true,
        handler: {
          joined: () => presence.track(channel, who(params['name'])),
          ended: () => presence.untrack(channel),
          push({ event }) {
            presence.update(channel, { status: event });
            return { ok: true };
          },
        },
      }),
    };
    house = await openTestServer({ routes: [route] });
    presence = createPresence(house.server, () => `F${++refs}`);
  });

  afterEach(() => house.close());

  const who = (name: unknown) => (typeof name === 'string' ? { key: `agent:${name}`, meta: { name } } : undefined);

  it('is a state for who comes, and what changes for the others', async () => {
    const [lea, max] = [await openWire(house.port), await openWire(house.port)];
    lea.send(['3', '3', topic, 'phx_join', { name: 'lea' }]);
    await lea.next();
    const leaThere = { metas: [{ name: 'lea', phx_ref: 'F1' }] };
    expect(await lea.next()).to.deep.equal(['3', null, topic, 'presence_state', { 'agent:lea': leaThere }]);
    max.send(['5', '5', topic, 'phx_join', { name: 'max' }]);
    await max.next();
    const maxThere = { metas: [{ name: 'max', phx_ref: 'F2' }] };
    const both = { 'agent:lea': leaThere, 'agent:max': maxThere };
    expect(await max.next()).to.deep.equal(['5', null, topic, 'presence_state', both]);
    const diff = (joins: object, leaves: object): unknown => [null, null, topic, 'presence_diff', { joins, leaves }];
    expect(await lea.next()).to.deep.equal(diff({ 'agent:max': maxThere }, {}));
    max.send(['5', '6', topic, 'away', {}]);
    const away = { metas: [{ status: 'away', phx_ref: 'F3', phx_ref_prev: 'F2' }] };
    expect(await lea.next()).to.deep.equal(diff({ 'agent:max': away }, { 'agent:max': maxThere }));
    max.ws.terminate();
    const gone = { metas: [{ status: 'away', phx_ref: 'F3' }] };
    expect(await lea.next()).to.deep.equal(diff({}, { 'agent:max': gone }));
    lea.ws.terminate();
  });

  it('takes no key that would crash clients', () => {
    const channel = { topic, isJoined: true, push: () => true, send: () => true, close() {}, crash() {} };
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(() => presence.track(channel, { key, meta: {} }), key).to.throw(TypeError);
    }
  });

  for (const version of allVersions.filter((each) => each !== '1.3.5')) {
    it(`is shown by phoenix ${version}: who comes, who goes, nobody twice`, async () => {
      const sockets: Socket[] = [connect(house.port, { version }), connect(house.port, { version })];
      const [mine, other] = sockets;
      const channel = mine?.channel(topic, { name: 'lea' });
      const second = other?.channel(topic, { name: 'max' });
      if (channel === undefined || second === undefined) throw new Error('no client');
      const shown = new (phoenixOf(version).Presence)(channel);
      const synced = new EventEmitter();
      shown.onSync(() => synced.emit('sync'));
      const until = async (people: readonly string[]): Promise<void> => {
        const list = (): readonly string[] => shown.list((key, { metas }) => `${key} ${metas.length}`).sort();
        while (JSON.stringify(list()) !== JSON.stringify(people)) await once(synced, 'sync');
      };
      await answerTo(channel.join());
      await until(['agent:lea 1']);
      await answerTo(second.join());
      await until(['agent:lea 1', 'agent:max 1']);
      other?.disconnect();
      await until(['agent:lea 1']);
      mine?.disconnect();
    });
  }

  // Clients of 1.3 have no object for it, but functions on states.
  it('is shown by phoenix 1.3.5: who comes, who goes, nobody twice', async () => {
    const version = '1.3.5';
    const old = phoenixOf(version).Presence;
    const socket = connect(house.port, { version });
    const channel = socket.channel(topic, { name: 'lea' });
    let state: object = {};
    const changed = new EventEmitter();
    channel.on('presence_state', (all: object) => void changed.emit('sync', (state = old.syncState(state, all))));
    channel.on('presence_diff', (diff: object) => void changed.emit('sync', (state = old.syncDiff(state, diff))));
    const first = once(changed, 'sync');
    await answerTo(channel.join());
    await first;
    const wire = await openWire(house.port);
    const came = once(changed, 'sync');
    wire.send(['3', '3', topic, 'phx_join', { name: 'max' }]);
    await came;
    expect(Object.keys(state)).to.deep.equal(['agent:lea', 'agent:max']);
    const went = once(changed, 'sync');
    wire.ws.terminate();
    await went;
    expect(Object.keys(state)).to.deep.equal(['agent:lea']);
    socket.disconnect();
  });
});
