import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@dragoman/store-sqlite';
import type { Config } from '@dragoman/gateway';
import { diagnose, thisMachine, type Finding, type Machine, type Patient } from '@dragoman/gateway/cli';
import { expect } from 'chai';
import { typed } from './typed.js';

/** What programs say that are neither a gateway nor a broker. */
const hello = '220 mail.example ESMTP\r\n';

const strong = 'q8Zr2LkV0mXw5TnB7cYd1HsJ4fGpA9eU';

describe('dragoman doctor', () => {
  let folder = '';
  const undo: (() => Promise<unknown>)[] = [];
  const place = (name: string): string => join(folder, name);
  const well: Machine = { ...thisMachine, openFiles: 65_536, freeBytes: async () => 1e12 };

  /** A gateway that lacks nothing, and what is different about this one. */
  const patient = (config: Partial<Config> = {}, more: Partial<Patient> = {}): Patient => ({
    config: {
      listeners: [{ name: 'main', port: 0, trustedProxies: ['127.0.0.1'] }],
      store: { kind: 'sqlite', path: place('store') },
      workspaces: [{ id: 'default' }],
      adapters: [
        { dialect: 'tickets', workspace: 'default', auth: { kind: 'hs256', secret: { env: 'TOKEN_SECRET' } } },
      ],
      ...config,
    },
    env: { TOKEN_SECRET: strong },
    secretFiles: [],
    machine: well,
    ...more,
  });

  async function complaints(one: Patient): Promise<readonly Finding[]> {
    return (await diagnose(one)).filter(({ level }) => level !== 'fine');
  }

  /** The one fault that is found, as what was looked at, what was found, and what to do. */
  async function fault(one: Patient): Promise<string> {
    const found = await complaints(one);
    expect(found.map(({ check, level }) => `${level} ${check}`)).to.have.length(1);
    const [{ check = '', level = '', what = '', remedy = '' } = {}] = found;
    expect([level, remedy === '']).to.deep.equal(['fault', false]);
    return `${check}: ${what} > ${remedy}`;
  }

  async function listening(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    undo.push(async () => server.close());
    return (server.address() as AddressInfo).port;
  }

  const jwks = (url: string): Partial<Config> => ({
    adapters: [
      { dialect: 'tickets', workspace: 'default', auth: { kind: 'jwks', url, issuer: 'https://id', audience: 'chat' } },
    ],
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-doctor-'));
  });
  afterEach(async () => {
    for (const one of undo.splice(0)) await one();
    await rm(folder, { recursive: true });
  });

  it('finds nothing where nothing is wrong', async () => {
    expect(await complaints(patient())).to.deep.equal([]);
  });

  it('finds 1: a Node.js that is too old', async () => {
    const machine = { ...well, nodeVersion: '18.20.4' };
    expect(await fault(patient({}, { machine }))).to.match(/^node: .*18\.20\.4 is too old > install Node\.js 20\.19/);
  });

  it('finds 2: fewer open files than clients may connect', async () => {
    const machine = { ...well, openFiles: 1024 };
    expect(await fault(patient({}, { machine }))).to.match(/^files: 1024 files.*20000 clients.* > .*LimitNOFILE=20100/);
  });

  it('finds 3: a file of secrets that others may read', async () => {
    await writeFile(place('env'), 'A=1', { mode: 0o644 });
    const found = await fault(patient({}, { secretFiles: [place('env')] }));
    expect(found).to.match(/^secrets: .*mode 644\) > chmod 600/);
  });

  it('finds 4: a secret that anybody guesses', async () => {
    const env = { TOKEN_SECRET: 'change-me-change-me-change-me-change-me' };
    expect(await fault(patient({}, { env }))).to.match(
      /^secrets: adapters\[0\]\.auth\.secret is easily .*openssl rand/,
    );
  });

  it('finds 5: a port that another program has', async () => {
    const port = await listening(createServer((socket) => socket.resume().end(hello)));
    const listeners = [{ name: 'main', port, trustedProxies: ['127.0.0.1'] }];
    expect(await fault(patient({ listeners }))).to.match(new RegExp(`^ports: 127.0.0.1:${port} is taken .*ss -ltnp`));
  });

  it('finds 6: an address that this machine does not have', async () => {
    const listeners = [{ name: 'main', host: '203.0.113.9', port: 0, origins: [], trustedProxies: ['10.0.0.1'] }];
    const found = (await complaints(patient({ listeners }))).filter(({ level }) => level === 'fault');
    expect(found.map(({ check, what }) => [check, what])).to.deep.equal([
      ['ports', '203.0.113.9 is no address of this machine'],
    ]);
  });

  it('finds 7: a store that cannot be there', async () => {
    await writeFile(place('file'), '');
    const store = { kind: 'sqlite' as const, path: join(place('file'), 'store') };
    const attachments = { path: place('files') };
    expect(await fault(patient({ store, attachments }))).to.match(/^store: .*cannot be written \(.*is a file\) > /);
  });

  it('finds 8: a store that another program has open', async () => {
    const store = await createSqliteStore({ path: place('store') });
    undo.push(() => store.close());
    expect(await fault(patient())).to.match(/^store: STORE_LOCKED: .* > stop the other gateway/);
  });

  it('finds 9: a store that is damaged', async () => {
    await mkdir(place('store'), { mode: 0o700 });
    await writeFile(place('store/dragoman.db'), 'not a database at all'.repeat(400), { mode: 0o600 });
    expect(await fault(patient())).to.match(/^store: STORE_CORRUPT: .* > .*restore a backup/);
  });

  it('finds 10: conversations that others on the machine may read', async () => {
    await (await createSqliteStore({ path: place('store') })).close();
    await chmod(place('store'), 0o755);
    expect(await fault(patient())).to.match(/^store: others may enter .* > chmod 700/);
  });

  it('finds 11: pictures that cannot be kept', async () => {
    await writeFile(place('file'), '');
    expect(await fault(patient({ attachments: { path: place('file') } }))).to.match(/^pictures: .*is a file\) > /);
  });

  it('finds 12: a disk that is full', async () => {
    const machine = { ...well, freeBytes: async () => 1e6 };
    expect(await fault(patient({}, { machine }))).to.match(/^disk: 0\.0 GiB are free at .* > free some/);
  });

  it('finds 13: a broker that is not there, and 14: something else in its place', async () => {
    const server = createServer((socket) => socket.resume().end(hello));
    const port = await listening(server);
    const adapters: Config['adapters'] = [
      { dialect: 'sermo', workspace: 'default', url: { env: 'AMQP_URL' }, platforms: { web: 'customer' } },
    ];
    const asked = (url: string): Patient => patient({ adapters }, { env: { AMQP_URL: url } });
    expect(await fault(asked(`amqp://u:p@127.0.0.1:${port}`))).to.match(
      /^broker: .* is no broker of AMQP 0-9-1 > correct host and port/,
    );
    server.close();
    await once(server, 'close');
    const found = await fault(asked(`amqp://u:p@127.0.0.1:${port}`));
    expect(found)
      .to.match(/^broker: .*ECONNREFUSED\) > see that it runs/)
      .and.not.contain('u:p');
  });

  it('finds 15: an authority that serves no keys, and 16: a clock that is not its clock', async () => {
    let [body, date] = ['{}', new Date()];
    const authority = createHttpServer((_, response) => response.setHeader('date', date.toUTCString()).end(body));
    const url = `http://127.0.0.1:${await listening(authority)}/jwks`;
    expect(await fault(patient(jwks(url)))).to.match(/^sign-in: .*serves no set of keys > /);
    [body, date] = ['{ "keys": [] }', new Date(Date.now() + 3_600_000)];
    expect(await fault(patient(jwks(url)))).to.match(/^clock: the clock differs by 3[56]\d\d s .* > .*set-ntp/);
  });

  it('finds 17: a clock that has gone back', async () => {
    await (await createSqliteStore({ path: place('store') })).close();
    const later = new Date(Date.now() + 3_600_000);
    await utimes(place('store/dragoman.db'), later, later);
    const found = (await complaints(patient())).map(({ check }) => check);
    expect(found).to.deep.equal(['clock']);
  });

  it('hints at what a proxy should do, and at what everybody could read', async () => {
    const open = patient({ listeners: [{ name: 'main', host: '0.0.0.0', port: 0 }], operations: { metrics: true } });
    const found = await complaints(open);
    expect(found.map(({ check, level }) => `${level} ${check}`)).to.deep.equal(Array(4).fill('hint proxy'));
    expect(found.every(({ remedy = '' }) => remedy !== '')).to.equal(true);
  });

  it('exits 69 with every problem of a config that cannot be served, each with its path', async () => {
    await writeFile(place('config.jsonc'), '{ "listeners": [], "adapters": [], "workspaces": [] }');
    const { code, out } = await typed(['doctor', '--json', '--config', place('config.jsonc')]);
    expect(code).to.equal(69);
    const { findings, faults } = JSON.parse(out) as { readonly findings: readonly Finding[]; readonly faults: number };
    expect(faults).to.equal(3);
    expect(findings.map(({ what }) => what.split(':')[0])).to.have.members(['listeners', 'adapters', 'workspaces']);
  });
});
