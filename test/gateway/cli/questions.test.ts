import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loadConfig } from '@dragoman/gateway';
import { expect } from 'chai';
import { atTerminal, keys, type Press } from './at-terminal.js';
import { typed } from './typed.js';

const { enter, space, down, interrupt } = keys;
const backspaces = '\u007f'.repeat(60);

describe('dragoman init in a terminal', () => {
  let folder = '';
  const file = (name: string): string => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-asked-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes what was answered: the protocols, the port, the origins, the broker', async () => {
    const presses: Press[] = [
      // Everything without a broker is chosen at first: put Tickets away, take Sermo.
      ['Which protocols', `${down}${space}${down}${down}${down}${space}${enter}`],
      ['On which port', `${backspaces}70000${enter}`],
      ['A port is a number from 0 to 65535.', `${backspaces}4100${enter}`],
      ['From which web origins', `https://Shop.example${enter}`],
      ['Browsers call it https://shop.example.', `${backspaces}https://shop.example https://b.example:8080${enter}`],
      ['Where is the broker', `${backspaces}amqps://u:p@broker.example${enter}`],
    ];
    const [code, screen] = await atTerminal('init', folder, presses);
    expect([code, screen]).to.satisfy(
      ([exit, text]: [number, string]) => exit === 0 && /dragoman(\/gateway)? serve/.test(text),
    );
    const env = parseEnv(await readFile(file('dragoman.env'), 'utf8'));
    const { listeners, adapters } = await loadConfig(file('dragoman.jsonc'), { env, hasVerifier: false });
    expect(adapters.map(({ dialect }) => dialect)).to.deep.equal(['happychat', 'convead', 'clustaar', 'sermo', 'http']);
    expect(listeners[0]).to.deep.include({ port: 4100, origins: ['https://shop.example', 'https://b.example:8080'] });
    expect(env).to.have.property('AMQP_URL', 'amqps://u:p@broker.example');
  });

  it('begins its questions with what flags have said', async () => {
    const presses: Press[] = ['Which protocols', 'On which port', 'From which web origins'].map((asked) => [
      asked,
      enter,
    ]);
    await atTerminal('init --port 4200 --origin https://shop.example', folder, presses);
    const env = parseEnv(await readFile(file('dragoman.env'), 'utf8'));
    const { listeners } = await loadConfig(file('dragoman.jsonc'), { env, hasVerifier: false });
    expect(listeners[0]).to.deep.include({ port: 4200, origins: ['https://shop.example'] });
  });

  it('writes nothing when it is left with Ctrl-C, at the first question and at the last', async () => {
    const first = await atTerminal('init --folder new', folder, [['Which protocols', interrupt]]);
    const last = await atTerminal('init --folder new', folder, [
      ['Which protocols', enter],
      ['On which port', enter],
      ['From which web origins', interrupt],
    ]);
    expect([first[0], last[0]]).to.deep.equal([130, 130]);
    expect(last[1]).to.contain('nothing was written');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('asks nothing where files would be written over, and says which', async () => {
    await writeFile(file('dragoman.env'), 'KEPT=1\n');
    const [code, screen] = await atTerminal('init', folder, []);
    expect(code).to.equal(73);
    expect(screen).to.contain('dragoman.env is there already').and.not.contain('Which protocols');
    expect(await readdir(folder)).to.deep.equal(['dragoman.env']);
    expect(await readFile(file('dragoman.env'), 'utf8')).to.equal('KEPT=1\n');
  });
});

describe('dragoman init where a file cannot be written', () => {
  it('keeps the secrets that were there, and leaves no draft', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-half-'));
    try {
      await typed(['init', '--folder', folder]);
      const before = await readFile(join(folder, 'dragoman.env'), 'utf8');
      await writeFile(join(folder, `dragoman.jsonc.${process.pid}.draft`), 'somebody else is writing');
      const again = await typed(['init', '--folder', folder, '--force']);
      expect(again.code).to.equal(73);
      expect(await readFile(join(folder, 'dragoman.env'), 'utf8')).to.equal(before);
      expect(await readdir(folder)).to.have.members(['dragoman.env', 'dragoman.jsonc']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes no origin that a browser would never send, and no broker that is none', async () => {
    for (const wrong of [
      ['--origin', 'shop.example'],
      ['--origin', 'https://shop.example/'],
      ['--broker', 'broker:5672'],
    ]) {
      const { code, err } = await typed(['init', ...wrong]);
      expect([code, err]).to.satisfy(([exit, text]: [number, string]) => exit === 2 && text.includes('is invalid'));
    }
  });
});
