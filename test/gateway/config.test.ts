import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkConfig, type Config } from '@dragoman/gateway';
import { expect } from 'chai';

const env = { HC_SECRET: 'x'.repeat(32), CV_TOKEN: 'a service token' };

const good: Config = {
  $schema: './config.schema.json',
  listeners: [{ name: 'main', host: '0.0.0.0', port: 4000, origins: ['https://shop.example'] }],
  store: { kind: 'sqlite', path: './data/store' },
  attachments: { path: './data/files', publicUrl: null },
  workspaces: [{ id: 'default', name: 'Shop', locales: { default: 'en-US', supported: ['en-US'] }, groups: [] }],
  adapters: [
    {
      dialect: 'happychat',
      workspace: 'default',
      listener: 'main',
      path: '/socket.io',
      auth: { kind: 'hs256', secret: { env: 'HC_SECRET' } },
    },
    { dialect: 'convead', workspace: 'default', mount: '/faye', apiPrefix: '', serviceToken: { env: 'CV_TOKEN' } },
  ],
  limits: { customer: { perSecond: 20, burst: 100 } },
  log: { level: 'info' },
  restartGraceMs: 60_000,
};

function problems(value: unknown, around = { env, hasVerifier: false }): readonly string[] {
  const checked = checkConfig(value, around);
  return checked.ok ? [] : checked.problems.map(({ path, what }) => `${path}: ${what}`);
}

/** The good config with one of its adapters replaced. */
const withAdapters = (...adapters: readonly object[]): object => ({ ...good, adapters });

describe('a config', () => {
  it('is taken as it is when nothing is wrong with it', () => {
    expect(checkConfig(good, { env, hasVerifier: false })).to.deep.equal({ ok: true, config: good });
  });

  it('trusts no proxy that cannot be one', () => {
    const trusting = (...trustedProxies: string[]): object => ({
      ...good,
      listeners: [{ name: 'main', port: 4000, trustedProxies }],
    });
    expect(problems(trusting('10.0.0.0/8', '::1'))).to.deep.equal([]);
    expect(problems(trusting('10.0.0.0/33', '10.0.0'))).to.deep.equal([
      'listeners[0].trustedProxies[0]: is no address and no network',
      'listeners[0].trustedProxies[1]: is no address and no network',
    ]);
  });

  it('serves the inspector only with a key that nobody guesses, and lets no adapter have its path', () => {
    const inspected = (admin: object, more: object = {}): object => ({ ...good, ...more, admin });
    expect(problems(inspected({ key: { env: 'HC_SECRET' } }))).to.deep.equal([]);
    expect(problems(inspected({ key: { env: 'CV_TOKEN' }, listener: 'inside' }))).to.deep.equal([
      'admin.listener: no listener is called "inside"',
      'admin.key.env: the secret in CV_TOKEN is shorter than 16 bytes',
    ]);
    const rival = { dialect: 'convead', workspace: 'default', mount: '/admin', serviceToken: { env: 'CV_TOKEN' } };
    const [first] = problems(inspected({ key: { env: 'HC_SECRET' } }, { adapters: [rival] }));
    expect(first).to.equal('adapters[0]: claims the path /admin of the gateway itself');
  });

  it('has all its problems reported at once, each with its path', () => {
    const bad = {
      listeners: [{ name: 'main', port: '4000', hots: '0.0.0.0' }],
      store: { kind: 'postgres', url: 'x' },
      workspaces: [{ id: 'Shop!', policies: { queueMissMs: -1 } }],
      adapters: [
        { dialect: 'happychat', workspace: 'other', auth: { kind: 'hs256', secret: 'in clear text' } },
        { dialect: 'irc' },
        { dialect: 'convead', workspace: 'other', serviceToken: { env: 'ABSENT' } },
      ],
      colour: 'red',
    };
    expect(problems(bad)).to.have.members([
      'listeners[0].port: must be integer',
      'listeners[0].hots: is unknown',
      'store.kind: must be one of sqlite, memory',
      'workspaces[0].id: must match pattern "^[a-z0-9-]{1,40}$"',
      'workspaces[0].policies.queueMissMs: must be >= 0',
      'adapters[0].auth.secret: must be object',
      'adapters[1].dialect: must be one of happychat, tickets, convead, clustaar, sermo, http',
      'adapters[2].workspace: no workspace is called "other"',
      'adapters[2].serviceToken.env: the environment variable ABSENT is not set',
      'colour: is unknown',
    ]);
  });

  it('names what is missing', () => {
    expect(problems({})).to.deep.equal(['listeners: is missing', 'workspaces: is missing', 'adapters: is missing']);
    expect(problems(null)).to.deep.equal(['(whole file): must be object']);
    expect(problems([])).to.deep.equal(['(whole file): must be object']);
  });

  it('writes paths of odd keys so that they can be found', () => {
    expect(problems({ ...good, 'a key/with ~': 1 })).to.deep.equal(['["a key/with ~"]: is unknown']);
  });

  it('looks for every secret of a broker', () => {
    const env = { env: 'ABSENT' };
    const tls = { ca: env, cert: env, key: env, servername: 'broker.test', external: true };
    const sermo = { dialect: 'sermo', workspace: 'default', url: env, platforms: { web: 'desk' }, tls };
    expect(problems(withAdapters(sermo))).to.deep.equal(
      ['url', 'tls.ca', 'tls.cert', 'tls.key'].map(
        (key) => `adapters[0].${key}.env: the environment variable ABSENT is not set`,
      ),
    );
  });

  it('may not have two adapters on one path, nor one on the health path', () => {
    const convead = { dialect: 'convead', workspace: 'default', serviceToken: { env: 'CV_TOKEN' } };
    expect(problems(withAdapters(convead, { ...convead, space: 'second', mount: '/bayeux' }))).to.deep.equal([
      'adapters[1]: claims the path /chat/service of adapters[0]',
      'adapters[1]: claims the path /chat/conversation of adapters[0]',
    ]);
    expect(problems(withAdapters({ ...convead, mount: '/health' }))).to.deep.equal([
      'adapters[0]: claims the path /health of the gateway itself',
    ]);
    const second = { ...convead, space: 'second', mount: '/bayeux', apiPrefix: '/second' };
    expect(problems(withAdapters(convead, second))).to.deep.equal([]);
  });

  it('may have the same path on another listener', () => {
    const convead = { dialect: 'convead', workspace: 'default', serviceToken: { env: 'CV_TOKEN' } };
    const listeners = [
      { name: 'main', port: 4000 },
      { name: 'old', port: 4001 },
    ];
    const adapters = [convead, { ...convead, space: 'second', listener: 'old' }];
    expect(problems({ ...good, listeners, adapters })).to.deep.equal([]);
    expect(
      problems({ ...good, listeners, adapters: [convead, { ...adapters[1], listener: 'main' }] }),
    ).to.have.lengthOf(4);
  });

  it('may not have two adapters of one space in a workspace, nor a name twice', () => {
    const convead = { dialect: 'convead', workspace: 'default', serviceToken: { env: 'CV_TOKEN' } };
    const adapters = [convead, { ...convead, mount: '/b', apiPrefix: '/b' }];
    const listeners = [good.listeners[0], good.listeners[0]];
    const workspaces = [{ id: 'default' }, { id: 'default' }];
    expect(problems({ ...good, listeners, workspaces, adapters })).to.deep.equal([
      'listeners[1].name: "main" is taken by listeners[0].name',
      'workspaces[1].id: "default" is taken by workspaces[0].id',
      'adapters[1].space: "default/convead" is taken by adapters[0].space',
    ]);
  });

  it('needs credentials for every adapter, unless the program brings a verifier', () => {
    const open = withAdapters({ dialect: 'happychat', workspace: 'default' });
    expect(problems(open)).to.deep.equal(['adapters[0].auth: is missing: nobody could sign in']);
    expect(problems(open, { env, hasVerifier: true })).to.deep.equal([]);
  });

  it('needs a secret as long as the hash it keys', () => {
    expect(problems(good, { env: { ...env, HC_SECRET: 'short' }, hasVerifier: false })).to.deep.equal([
      'adapters[0].auth.secret.env: the secret in HC_SECRET is shorter than 32 bytes',
    ]);
  });

  it('of Clustaar signs its polls with a secret that is long enough, or with none', () => {
    const auth = { kind: 'hs256', secret: { env: 'HC_SECRET' } };
    const clustaar = { dialect: 'clustaar', workspace: 'default', auth, bots: { b1: { publicKey: 'k9' } } };
    const signed = withAdapters({ ...clustaar, pollSecret: { env: 'POLL_SECRET' } });
    const around = (secret: string) => ({ env: { ...env, POLL_SECRET: secret }, hasVerifier: false });
    expect(problems(withAdapters(clustaar))).to.deep.equal([]);
    expect(problems(signed, around('x'.repeat(32)))).to.deep.equal([]);
    expect(problems(signed, around('short'))).to.deep.equal([
      'adapters[0].pollSecret.env: the secret in POLL_SECRET is shorter than 32 bytes',
    ]);
  });

  it('is described for editors and for people as it is', async () => {
    await promisify(execFile)(process.execPath, ['scripts/options.mjs', '--check']);
  });

  it('of Convead says in one way who is believed', () => {
    const convead = { dialect: 'convead', workspace: 'default' };
    const token = { serviceToken: { env: 'CV_TOKEN' } };
    const of = (change: object): readonly string[] => problems(withAdapters({ ...convead, ...change }));
    expect(of({})).to.deep.equal(['adapters[0].serviceToken: is missing; or auth is "open"']);
    expect(of({ auth: 'open', roster: [{ id: '7', name: 'Ann' }] })).to.deep.equal([]);
    expect(of({ auth: 'open', ...token })).to.deep.equal([
      'adapters[0].serviceToken: means nothing where auth is "open"',
    ]);
    expect(of({ ...token, visitorToken: 'personal' })).to.deep.equal([
      'adapters[0].personKey: is missing: tokens of visitors could not be checked',
    ]);
    expect(of({ ...token, personKey: { env: 'CV_TOKEN' } })).to.deep.equal([
      'adapters[0].personKey.env: the secret in CV_TOKEN is shorter than 32 bytes',
    ]);
    expect(of({ ...token, personKey: { env: 'HC_SECRET' }, visitorToken: 'personal', maxCount: 0 })).to.deep.equal([]);
  });
});
