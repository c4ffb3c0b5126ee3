import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, systemClock, systemIds, Fault, StoreError, type Adapter, type Core } from '@dragoman/core';
import { createCollectingLog } from '@dragoman/core/testing';
import { createGateway, tokens, verifyDev, type Config, type Container, type Gateway } from '@dragoman/gateway';
import { expect } from 'chai';

const config: Config = {
  listeners: [{ name: 'main', port: 0 }],
  store: { kind: 'memory' },
  workspaces: [{ id: 'default' }],
  adapters: [{ dialect: 'happychat', workspace: 'default' }],
  drainMs: 0,
};

/** An adapter that notes what happens to it. */
function noting(name: string, notes: string[], fail?: Error): Adapter {
  return {
    name,
    capabilities: {},
    async start() {
      notes.push(`${name} starts`);
      if (fail !== undefined) throw fail;
    },
    async stop(goodbye) {
      notes.push(`${name} stops, ${goodbye?.reason}`);
    },
  };
}

describe('the gateway', () => {
  const log = createCollectingLog();
  const made: Gateway[] = [];
  function gateway(bind: (container: Container) => void = () => {}, more: Partial<Config> = {}): Gateway {
    const one = createGateway(
      { ...config, ...more },
      {
        verify: verifyDev,
        bind(container) {
          container.rebind(tokens.log).toConstantValue(log);
          bind(container);
        },
      },
    );
    made.push(one);
    return one;
  }
  afterEach(() => Promise.all(made.splice(0).map((one) => one.stop())));

  it('serves an adapter of somebody else after one bind', async () => {
    const notes: string[] = [];
    let core: Core | undefined;
    const foreign = noting('foreign', notes);
    const one = gateway((container) =>
      container.bind(tokens.adapter).toConstantValue({
        ...foreign,
        start: (given: Core) => ((core = given), foreign.start(given)),
      }),
    );
    await one.start();
    expect(core?.clock).to.equal(systemClock);
    await one.stop();
    expect(notes).to.deep.equal(['foreign starts', 'foreign stops, SHUTDOWN']);
  });

  it('says in the log when it is ready, when it is told to go, and when it is gone', async () => {
    const from = log.lines.length;
    const one = gateway();
    await one.start();
    await one.stop();
    const said = log.lines.slice(from).map(({ message }) => message);
    expect(said).to.deep.equal(['the gateway is ready', 'the gateway stops', 'the gateway has stopped']);
  });

  it('works with the parts that were bound in place of its own, and closes them at the end', async () => {
    const store = createMemoryStore({ clock: systemClock, ids: systemIds });
    const one = gateway((container) => container.rebind(tokens.store).toConstantValue(store));
    await one.start();
    expect(await store.head('default')).to.be.greaterThan(0);
    await one.stop();
    const closed = await store.head('default').catch((error: unknown) => error);
    expect(closed).to.be.instanceOf(Error);
  });

  it('is ready only between start and stop', async () => {
    const one = gateway();
    expect(one.url()).to.equal(undefined);
    await one.start();
    const url = `${one.url()}/health/ready`;
    expect(await (await fetch(url)).json()).to.deep.equal({
      status: 'ready',
      reasons: [],
      parts: { gateway: 'ready', store: 'ready', happychat: 'ready' },
    });
    await one.stop();
    expect(await fetch(url).catch(() => 'refused')).to.equal('refused');
  });

  it('is not ready while its store does not work', async () => {
    const store = createMemoryStore({ clock: systemClock, ids: systemIds });
    const one = gateway((container) => container.rebind(tokens.store).toConstantValue(store));
    await one.start();
    const troubles = [() => Promise.reject(new Error('closed')), async () => ({ waiting: 7, problem: 'disk full' })];
    for (const health of troubles) {
      store.health = health;
      const response = await fetch(`${one.url()}/health/ready`);
      expect([response.status, await response.json()]).to.deep.equal([
        503,
        {
          status: 'not ready',
          reasons: ['the store does not work'],
          parts: { gateway: 'ready', store: 'not ready', happychat: 'ready' },
        },
      ]);
    }
  });

  for (const [code, faultCode] of [
    ['Corrupt', 'STORE_CORRUPT'],
    ['Unavailable', 'STORE_UNAVAILABLE'],
  ] as const) {
    it(`does not start on a store that cannot be read, and says so as a fault (${code})`, async () => {
      const store = createMemoryStore({ clock: systemClock, ids: systemIds });
      store.readLane = () => Promise.reject(new StoreError(code, 'page 7 is odd'));
      const one = gateway((container) => container.rebind(tokens.store).toConstantValue(store));
      const error = await one.start().catch((why: unknown) => why);
      expect(error).to.be.instanceOf(Fault).and.include({ code: faultCode, message: 'page 7 is odd' });
    });
  }

  it('keeps pictures beside the chats that show them when nothing is said about either', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-pictures-'));
    let core: Core | undefined;
    const keen = { ...noting('keen', []), start: async (given: Core) => void (core = given) };
    const one = gateway((container) => container.bind(tokens.adapter).toConstantValue(keen), {
      store: { kind: 'sqlite', path: join(folder, 'store') },
    });
    await one.start();
    const id = await core?.attachments.put('default', Buffer.from('GIF89a'), 'image/gif');
    expect(await readdir(join(folder, 'store/files/default'))).to.deep.equal([id]);
    await one.stop();
    await rm(folder, { recursive: true });
  });

  it('leaves its store to others when it does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-locked-'));
    const store = { kind: 'sqlite', path: join(folder, 'store') } as const;
    const failing = gateway(undefined, { store, attachments: { path: '/dev/null' } });
    expect(await failing.start().catch((error: unknown) => error)).to.be.instanceOf(Fault);
    const next = gateway(undefined, { store });
    await next.start();
    await next.stop();
    await rm(folder, { recursive: true });
  });

  it('does not start where pictures cannot be kept, and says which key is wrong', async () => {
    for (const path of ['/proc/nowhere', '/dev/null', '/dev/null/files']) {
      const failure = await gateway(undefined, { attachments: { path } })
        .start()
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Fault).with.property('code', 'CONFIG_INVALID');
      expect(failure).to.have.property('message').that.includes(`attachments.path: ${path} cannot be written (E`);
    }
  });

  it('stops what it had started when something does not start', async () => {
    const notes: string[] = [];
    const failure = new Fault('BROKER_UNREACHABLE', 'no broker');
    const one = gateway((container) => {
      container.bind(tokens.adapter).toConstantValue(noting('first', notes));
      container.bind(tokens.adapter).toConstantValue(noting('second', notes, failure));
    });
    expect(await one.start().catch((error: unknown) => error)).to.equal(failure);
    expect(notes).to.have.members(['first starts', 'second starts', 'first stops, SHUTDOWN', 'second stops, SHUTDOWN']);
    expect(one.url()).to.equal(undefined);
  });

  it('stops in order also when it is told to while it starts', async () => {
    const notes: string[] = [];
    const one = gateway((container) => container.bind(tokens.adapter).toConstantValue(noting('slow', notes)));
    const started = one.start();
    await one.stop();
    await started;
    expect(notes).to.deep.equal(['slow starts', 'slow stops, SHUTDOWN']);
    expect(one.url()).to.equal(undefined);
  });

  it('stops the others and closes the store when an adapter does not stop', async () => {
    const store = createMemoryStore({ clock: systemClock, ids: systemIds });
    const stubborn = { ...noting('stubborn', []), stop: () => Promise.reject(new Error('no')) };
    const one = gateway((container) => {
      container.rebind(tokens.store).toConstantValue(store);
      container.bind(tokens.adapter).toConstantValue(stubborn);
    });
    await one.start();
    await one.stop();
    expect(log.lines.at(-2)).to.have.nested.property('facts.adapter', 'stubborn');
    expect(await store.head('default').catch((error: unknown) => error)).to.be.instanceOf(Error);
  });

  it('does not start again after it was stopped', async () => {
    const one = gateway();
    await one.stop();
    expect(await one.start().catch((error: unknown) => error)).to.be.instanceOf(TypeError);
  });

  it('gives two listeners their own adapters', async () => {
    const one = gateway(undefined, {
      listeners: [
        { name: 'main', port: 0 },
        { name: 'old', port: 0 },
      ],
      adapters: [
        { dialect: 'happychat', workspace: 'default' },
        { dialect: 'happychat', workspace: 'default', listener: 'old', space: 'second' },
      ],
    });
    await one.start();
    for (const name of ['main', 'old']) {
      expect((await fetch(`${one.url(name)}/socket.io/?EIO=4&transport=polling`)).status).to.equal(200);
    }
  });

  it('refuses a config with problems before anything is made', () => {
    expect(() => createGateway(config)).to.throw(Fault, 'adapters[0].auth: is missing');
  });
});
