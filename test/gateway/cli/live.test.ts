import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, loadConfig, type Gateway } from '@dragoman/gateway';
import { expect } from 'chai';
import { parseEnv } from 'node:util';
import { typed, type Typed } from './typed.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

interface Listed {
  readonly chats: readonly { readonly id: string; readonly customerId: string }[];
}

describe('looking at a gateway from the command line', () => {
  let folder = '';
  let gateway: Gateway;
  let key = '';
  let unsent: Buffer;
  const place = (name: string): string => join(folder, name);

  /** A command about the gateway that serves; about its store where it serves no more. */
  const asked = (...args: string[]): Promise<Typed> =>
    typed([...args, '--config', place('dragoman.jsonc'), '--url', gateway.url() ?? 'http://127.0.0.1:9']);
  const stopped = (...args: string[]): Promise<Typed> =>
    typed([...args, '--stopped', '--config', place('dragoman.jsonc')]);

  async function api(method: string, path: string, body?: object | Buffer): Promise<Response> {
    const type = Buffer.isBuffer(body) ? 'image/png' : 'application/json';
    const headers = { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': type }) };
    const sent = body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) };
    return fetch(`${gateway.url()}/v1${path}`, { method, headers, ...sent });
  }

  const say = async (id: string, message: object): Promise<void> => {
    const said = await api('POST', '/chats', { as: { side: 'customer', id }, displayName: `${id} L`, message });
    expect(said.status).to.equal(201);
  };

  const sumOf = (picture: Buffer): string => createHash('sha256').update(picture).digest('hex');

  /** What is in the store and beside it, and how the files are called. */
  async function everyFile(): Promise<string> {
    const entries = await readdir(place('data'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')));
    return files.map((file, index) => `${file}\n${texts[index]}`).join('\n');
  }

  const chatId = async (): Promise<string> => {
    const { chats } = JSON.parse((await asked('chats', '--json')).out) as Listed;
    return chats[0]?.id ?? '';
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-live-'));
    await typed(['init', '--folder', folder, '--port', '0', '--dialect', 'http']);
    // A store of this test's own, where the config of a stranger has paths below the working directory.
    const file = place('dragoman.jsonc');
    const text = (await readFile(file, 'utf8')).replaceAll('./data', place('data'));
    await writeFile(file, text);
    const env = parseEnv(await readFile(place('dragoman.env'), 'utf8'));
    key = env['DRAGOMAN_API_KEY'] ?? '';
    const config = await loadConfig(file, { env, hasVerifier: false });
    gateway = createGateway({ ...config, log: { level: 'silent' }, drainMs: 0 }, { environment: env });
    await gateway.start();
    const { attachmentId } = (await (await api('POST', '/attachments', png)).json()) as { attachmentId: string };
    unsent = Buffer.concat([png, Buffer.from('never sent')]);
    expect((await api('POST', '/attachments?side=customer&id=ada', unsent)).status).to.equal(201);
    await say('ada', { kind: 'text', text: 'my card is 4711' });
    await say('ada', { kind: 'image', attachmentId, caption: 'see here' });
  });
  after(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true });
  });

  it('lists chats without who they are of, and with names for those who ask for texts', async () => {
    const { code, out, err } = await asked('chats');
    expect([err, code]).to.deep.equal(['', 0]);
    expect(out)
      .to.match(/^CHAT +STATUS/)
      .and.contain('[5 characters]')
      .and.not.contain('ada L');
    expect((await asked('chats', '--texts')).out).to.contain('ada L');
    const { chats } = JSON.parse((await asked('chats', '--json')).out) as Listed;
    expect(chats).to.have.length(1);
    expect(JSON.stringify(chats)).to.not.contain('ada L');
  });

  it('shows who said something when in a chat, and the words to those who ask for them alone', async () => {
    const id = await chatId();
    const hidden = await asked('transcript', id);
    expect(hidden.out).to.contain('customer').and.contain('[15 characters]').and.contain('[picture] [8 characters]');
    expect((await asked('transcript', id, '--json')).out)
      .to.not.contain('4711')
      .and.not.contain('see here');
    expect((await asked('transcript', id, '--texts')).out)
      .to.contain('my card is 4711')
      .and.contain('see here');
    const newest = JSON.parse((await asked('transcript', id, '--json', '--limit', '1')).out) as { messages: object[] };
    expect(newest.messages).to.have.length(1);
  });

  it('reads a store that nobody serves from a copy, and one that is served as well', async () => {
    const id = await chatId();
    const { out, err } = await stopped('transcript', id, '--texts');
    expect([err, out.includes('my card is 4711')]).to.deep.equal(['', true]);
  });

  it('looks on while things happen, with words for those who ask for them alone', async () => {
    const [all, hidden]: [string[], string[]] = [[], []];
    let leave: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (leave = resolve));
    const look = (heard: string[], ...more: string[]): Promise<Typed> =>
      typed(['tail', '--type', 'command', '--config', place('dragoman.jsonc'), '--url', gateway.url() ?? '', ...more], {
        ended,
        heard: (text) => void heard.push(text),
      });
    const looking = [look(all, '--texts'), look(hidden, '--json')];
    let count = 0;
    while (all.length === 0 || hidden.length === 0) {
      await say(`bea-${(count += 1)}`, { kind: 'text', text: 'a secret word' });
    }
    leave();
    expect((await Promise.all(looking)).map(({ code, err }) => [code, err])).to.deep.equal([
      [0, ''],
      [0, ''],
    ]);
    expect(all.join(''))
      .to.match(/command +http +PostMessage OK .* chat /)
      .and.contain('a secret word');
    expect(JSON.parse(hidden[0] ?? '')).to.include({ type: 'command', command: 'PostMessage', outcome: 'OK' });
    expect(hidden.join('')).to.not.contain('a secret word');
  });

  it('writes all that is kept of a person with his pictures, and erases it when it is told that it is meant', async () => {
    const hers = ['my card is 4711', 'see here', 'ada L', '"ada"', 'never sent', sumOf(png), sumOf(unsent)];
    const { chats } = JSON.parse((await asked('chats', '--json')).out) as Listed;
    const ada = chats[0]?.customerId ?? '';
    expect((await asked('person', 'http', 'ada')).out).to.equal(`${ada}\n`);
    const exported = await asked('export', ada, place('ada'), '--json');
    expect(JSON.parse(exported.out)).to.include({ chats: 1, pictures: 2 });
    expect(await readFile(place('ada/person.ndjson'), 'utf8')).to.contain('my card is 4711');
    for (const picture of [png, unsent]) {
      expect(await readFile(place(`ada/${sumOf(picture)}.png`))).to.deep.equal(picture);
    }
    expect((await asked('erase', ada)).code).to.equal(2);
    const before = await everyFile();
    for (const words of hers) expect([words, before.includes(words)]).to.deep.equal([words, true]);
    const erased = await asked('erase', ada, '--yes', '--json');
    expect(JSON.parse(erased.out)).to.include({ participantId: ada, attachments: 2 });
    const after = await everyFile();
    for (const words of hers) expect([words, after.includes(words)]).to.deep.equal([words, false]);
    const left = (await asked('chats', '--json', '--texts')).out;
    expect(left).to.contain('bea-1 L').and.not.contain('ada L');
    expect((await asked('person', 'http', 'ada')).code).to.equal(66);
  });

  it('says what is missing: a gateway, a key, a chat, a config', async () => {
    const config = ['--config', place('dragoman.jsonc')];
    const codes = [
      await typed(['chats', ...config, '--url', 'http://127.0.0.1:9']),
      await typed(['chats', ...config, '--url', gateway.url() ?? ''], { env: { DRAGOMAN_API_KEY: 'wrong' } }),
      await asked('transcript', 'nothing'),
      await typed(['chats', '--config', place('absent')]),
      await typed(['chats']),
      await typed(['tail', '--url', `${gateway.url()}/elsewhere`]),
      await typed(['chats', '--url', `${gateway.url()}/elsewhere`]),
    ];
    expect(codes.map(({ code }) => code)).to.deep.equal([69, 77, 66, 78, 2, 66, 66]);
    expect(codes.at(-2)?.err).to.contain('"sightings": true');
    expect(codes.at(-1)?.err).to.contain('adapter of dialect "http"');
    expect(codes[2]?.err).to.contain('see that the id is right');
    for (const { err } of codes) expect(err).to.match(/^dragoman: .+\n {2}what to do: .+\n$/s);
  });
});
