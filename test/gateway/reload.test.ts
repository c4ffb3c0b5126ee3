import { Fault, type Lobby } from '@dragoman/core';
import { expect } from 'chai';
import { devEnvironment, type Config } from '@dragoman/gateway';
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
