import { Fault, type Lobby } from '@dragoman/core';
import { expect } from 'chai';
import { eventually } from '@dragoman/core/testing';
import { devConfig, devEnvironment, type Config } from '@dragoman/gateway';
import { listener } from './drain/backends.js';
import { web } from './drain/clients.js';
import { say, stage, type Stage } from './operations/stage.js';

const groups = [
  { id: 'a', name: 'A', isExclusive: false },
  { id: 'b', name: 'B', isExclusive: false },
];

describe('a config that is read again', () => {
  let here: Stage;
  const config: Config = {
    listeners: [{ name: 'main', port: 0 }],
    store: { kind: 'memory' },
    workspaces: [{ id: 'default', groups }],
    adapters: [{ dialect: 'happychat', workspace: 'default' }],
    operations: {},
    drainMs: 0,
  };

  beforeEach(async () => (here = await stage(config, { environment: devEnvironment })));
  afterEach(() => here.gateway.stop());

  async function lobby(): Promise<Lobby> {
    const who = { workspaceId: 'default', space: 'desk', side: 'operator', realm: '', externalId: 'o' } as const;
    const how = { scope: 'lobby', echo: 'all', away: null, chats: 'mine' } as const;
    const session = await here.core.connect({ ...who, idType: 'string', role: 'operator', name: 'O' }, how, () => {});
    return here.core.lobby(session);
  }

  it('changes groups and locales for everybody at work, and says so', async () => {
    const changed = [
      { id: 'a', name: 'A', isExclusive: false },
      { id: 'c', name: 'C', isExclusive: true },
    ];
    const locales = { default: 'fr', supported: ['fr', 'en-US'] };
    const reload = await here.gateway.reload({
      ...config,
      workspaces: [{ id: 'default', groups: changed, locales }],
    });
    expect(reload.waiting).to.deep.equal([]);
    expect(reload.taken).to.include.members(['workspaces[0].groups[1].id', 'workspaces[0].locales.default']);
    const now = await lobby();
    expect(now.groups.map(({ id }) => id)).to.have.members(['__default', 'a', 'c']);
    expect(now.locales).to.deep.equal(locales);
  });

  it('bounds whoever comes from now on by the new rates', async () => {
    await here.gateway.reload({ ...config, limits: { customer: { perSecond: 0.001, burst: 1 } } });
    const { session, outcome } = await say(here.core, 'hello');
    expect(outcome.ok).to.equal(true);
    const body = { kind: 'text', text: 'more' } as const;
    const more = await here.core.dispatch(session, { type: 'PostMessage', to: { key: 'k' }, body, ifClosed: 'refuse' });
    expect(!more.ok && more.rejection.code).to.equal('TOO_FAST');
  });

  it('names what waits for the next start, and changes none of it', async () => {
    const reload = await here.gateway.reload({
      ...config,
      adapters: [{ dialect: 'happychat', workspace: 'default', path: '/elsewhere' }],
      restartGraceMs: 5,
    });
    expect(reload).to.deep.equal({ taken: [], waiting: ['adapters[0].path', 'restartGraceMs'] });
    expect(here.log.lines.at(-1)).to.deep.include({ level: 'warn', facts: { waiting: reload.waiting } });
    expect((await here.get('/elsewhere/?EIO=4&transport=polling')).status).to.equal(404);
  });

  it('is refused whole when it has a problem', async () => {
    const wrong = { ...config, drainMs: 5, adapters: [] };
    const error = await here.gateway.reload(wrong).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Fault).with.property('code', 'CONFIG_INVALID');
    const reload = await here.gateway.reload({ ...config, drainMs: 5 });
    expect(reload.taken).to.deep.equal(['drainMs']);
  });
});

describe('a config that is read again while real clients are connected', () => {
  const { adapters } = devConfig(0, '');
  const config: Config = {
    listeners: [{ name: 'main', port: 0 }],
    store: { kind: 'memory' },
    workspaces: [{ id: 'default', groups }],
    adapters: adapters.map((one) => (one.dialect === 'convead' ? { ...one, roster: [{ id: '7', name: 'Ann' }] } : one)),
    operations: { key: { env: 'DRAGOMAN_DEV_OPERATIONS' } },
    drainMs: 0,
  };
  const changed: Config = {
    ...config,
    noticeMs: 1,
    limits: { customer: { perSecond: 10, burst: 50 }, waitingCommands: 5000 },
    workspaces: [{ id: 'default', groups: groups.slice(1), locales: { default: 'sv', supported: ['sv', 'en-US'] } }],
  };

  it('loses no connection and no word, neither when it is taken over nor when it is wrong', async () => {
    const here = await stage(config);
    const port = Number(new URL(here.url).port);
    const backend = await listener(port);
    const customers = await Promise.all(
      web.map((connect, index) => connect({ port, address: '127.0.0.1', id: `c${index}` })),
    );
    const round = (words: string) => Promise.all(customers.map((one) => one.say(`${words} from ${one.dialect}`)));
    const open = (): Promise<readonly number[]> => here.connections();
    await round('before');
    const connected = await open();
    expect((await here.gateway.reload(changed)).waiting).to.deep.equal([]);
    await round('after');
    const wrong = { ...changed, limits: { customer: { perSecond: -1, burst: 1 } }, drainMs: 77 };
    const refusal = await here.gateway.reload(wrong).catch((reason: unknown) => reason);
    expect(String(refusal)).to.contain('limits.customer.perSecond');
    await round('at last');
    expect(await open()).to.deep.equal(connected);
    const said = ['before', 'after', 'at last'].flatMap((words) =>
      customers.map(({ dialect }) => `${words} from ${dialect}`),
    );
    await eventually('the backend was told all', () => backend.told().length === said.length);
    expect(backend.told()).to.have.members(said);
    // What was refused is nowhere in force: the file that follows names it as its own change.
    expect((await here.gateway.reload({ ...changed, drainMs: 77 })).taken).to.deep.equal(['drainMs']);
    await Promise.all([...customers, backend].map((one) => one.close()));
    await here.gateway.stop();
  });
});
