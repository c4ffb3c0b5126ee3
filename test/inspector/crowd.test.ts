import { createCore, type Observe } from '@dragoman/core';
import { expect } from 'chai';
import { served } from './served.js';

describe('the inspector of a gateway with a crowd in it', () => {
  let ask: Awaited<ReturnType<typeof served>>['ask'];
  let observe: Observe;
  let close: () => Promise<void>;

  before(async () => {
    const core = await createCore();
    const who = { workspaceId: 'default', space: 'web', side: 'customer', role: 'customer', realm: '' } as const;
    for (let n = 1; n <= 250; n += 1) {
      const name = n === 7 ? 'So what? Joe' : `Joe ${n}`;
      const identity = { ...who, externalId: `joe-${n}`, idType: 'string', name } as const;
      const joe = await core.connect(identity, { scope: 'own', echo: 'all', away: null, chats: 'mine' }, () => {});
      await core.dispatch(joe, { type: 'OpenChat', key: `joe-${n}`, enqueue: true });
    }
    const adapter = { name: 'web', capabilities: {}, start: async () => {}, stop: async () => {} };
    const house = await served({
      ...{ core, workspaceIds: ['default'], adapters: [adapter], readable: String },
      observe(told) {
        observe = told;
        return () => {};
      },
    });
    ask = house.ask;
    close = async () => {
      await house.close();
      await core.stop();
    };
  });
  after(() => close());

  it('shows who is next of those who wait, and how many there are', async () => {
    const { body } = await ask('queue');
    expect(body.total).to.equal(250);
    expect(body.queue).to.have.lengthOf(100);
    expect(body.queue[0].customer).to.equal('Joe 1');
  });

  it('shows the chats that changed last, and counts all that are asked for', async () => {
    const { body } = await ask('chats?status=open');
    expect([body.total, body.chats.length]).to.deep.equal([250, 100]);
    const changed = body.chats.map(({ changedAt }: { changedAt: number }) => changedAt);
    expect(changed).to.deep.equal(changed.toSorted((one: number, other: number) => other - one));
  });

  it('finds a name with signs in it that are also those of an address', async () => {
    const found = await Promise.all(
      ['?text=so what?', '?text=SO%20WHAT%3F', '?text=.*', '?space=toString'].map((query) => ask(`chats${query}`)),
    );
    expect(found.map(({ body }) => body.total)).to.deep.equal([1, 1, 0, 0]);
  });

  it('shows no workspace in the place of one that there is not', async () => {
    expect((await ask('queue?workspace=default')).status).to.equal(200);
    expect((await ask('queue?workspace=another')).status).to.equal(404);
  });

  it('counts a kind of client as what it is, however many kinds come later', async () => {
    const opened = (client: string): void =>
      observe({ type: 'connection-opened', at: 1, space: 'web', connectionId: client, transport: 'ws', client });
    for (let n = 1; n <= 600; n += 1) opened(`client ${n}`);
    opened('client 1');
    const { clients } = (await ask('adapters')).body.adapters[0];
    const seen = (name: string): number | undefined =>
      clients.find(({ client }: { client: string }) => client === name)?.seen;
    expect([seen('client 1'), seen('client 500'), seen('client 501'), seen('others')]).to.deep.equal([
      2,
      1,
      undefined,
      100,
    ]);
  });
});
