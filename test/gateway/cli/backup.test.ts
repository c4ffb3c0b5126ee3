import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, type Config, type Gateway } from '@dragoman/gateway';
import { hashOf } from '@dragoman/adapter-http';
import { expect } from 'chai';
import { typed, type Typed } from './typed.js';

const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex'),
  Buffer.alloc(40),
]);

interface Shop {
  readonly gateway: Gateway;
  ask(method: string, path: string, body?: object | Buffer): Promise<Response>;
}

describe('dragoman backup and restore', () => {
  let folder = '';
  const shops: Gateway[] = [];
  const place = (name: string): string => join(folder, name);

  /** The config of a gateway on the store of a name. */
  async function configOf(name: string): Promise<Config> {
    const config: Config = {
      listeners: [{ name: 'main', port: 0 }],
      store: { kind: 'sqlite', path: place(`${name}/store`) },
      attachments: { path: place(`${name}/files`) },
      workspaces: [{ id: 'default' }],
      adapters: [
        {
          dialect: 'http',
          workspace: 'default',
          keys: [{ id: 'test', hash: hashOf('key'), scopes: ['read', 'customers'] }],
        },
      ],
      log: { level: 'silent' },
    };
    await writeFile(place(`${name}.jsonc`), JSON.stringify(config));
    return config;
  }

  /** A gateway on the store of a name, reached over its API. */
  async function shop(name: string): Promise<Shop> {
    const config = await configOf(name);
    const gateway = createGateway(config, {});
    await gateway.start();
    shops.push(gateway);
    return {
      gateway,
      ask(method, path, body) {
        const type = Buffer.isBuffer(body) ? 'image/png' : 'application/json';
        const headers = {
          authorization: 'Bearer key',
          connection: 'close',
          ...(body !== undefined && { 'content-type': type }),
        };
        const sent = body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) };
        return fetch(`${gateway.url()}/v1${path}`, { method, headers, ...sent });
      },
    };
  }

  const say = async ({ ask }: Shop, id: string, text: string): Promise<number> => {
    const as = { side: 'customer', id };
    return (await ask('POST', '/chats', { as, message: { kind: 'text', text } })).status;
  };

  const texts = async ({ ask }: Shop): Promise<readonly string[]> => {
    const { chats } = (await (await ask('GET', '/chats')).json()) as { readonly chats: readonly { id: string }[] };
    const all = chats.map(async ({ id }) => (await ask('GET', `/chats/${id}/messages`)).text());
    return (await Promise.all(all)).flatMap((page) => page.match(/"text":"[^"]+"/g) ?? []).toSorted();
  };

  const backup = (name: string, to = 'copy'): Promise<Typed> =>
    typed(['backup', place(to), '--json', '--config', place(`${name}.jsonc`)]);
  const restore = (name: string, ...more: string[]): Promise<Typed> =>
    typed(['restore', place('copy'), '--json', '--config', place(`${name}.jsonc`), ...more]);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-backup-'));
  });
  afterEach(async () => {
    for (const gateway of shops.splice(0)) await gateway.stop();
    await rm(folder, { recursive: true });
  });

  it('copies what was acknowledged while a gateway serves, and what is restored serves it again', async () => {
    const first = await shop('first');
    expect(await say(first, 'ada', 'before')).to.equal(201);
    const sent = await first.ask('POST', '/attachments', png);
    const { attachmentId } = (await sent.json()) as { readonly attachmentId: string };
    const copied = await backup('first');
    expect([copied.err, copied.code]).to.deep.equal(['', 0]);
    expect(JSON.parse(copied.out)).to.include({ pictures: 1 });
    expect(await say(first, 'bea', 'after')).to.equal(201);
    await first.gateway.stop();

    await configOf('second');
    const restored = await restore('second');
    expect([restored.err, restored.code]).to.deep.equal(['', 0]);
    const second = await shop('second');
    expect(await texts(second)).to.deep.equal(['"text":"before"']);
    expect(Buffer.from(await (await second.ask('GET', `/attachments/${attachmentId}`)).arrayBuffer())).to.deep.equal(
      png,
    );
    expect(await say(second, 'cid', 'new')).to.equal(201);
  });

  it('leaves a store alone that a gateway serves, and one that is there unless it is told to put it aside', async () => {
    const first = await shop('first');
    await say(first, 'ada', 'kept');
    await backup('first');
    const served = await restore('first', '--force');
    expect([served.code, served.err]).to.satisfy(([code, err]: [number, string]) => code === 69 && /LOCKED/.test(err));
    await say(first, 'bea', 'lost');
    await first.gateway.stop();
    expect((await restore('first')).code).to.equal(73);
    const { code, out } = await restore('first', '--force');
    expect(code).to.equal(0);
    expect(await texts(await shop('first'))).to.deep.equal(['"text":"kept"']);
    const { aside } = JSON.parse(out) as { readonly aside: string };
    expect(await readdir(aside)).to.include('dragoman.db');
    expect((await readdir(folder)).filter((name) => name.includes('restoring'))).to.deep.equal([]);
  });

  it('puts a store aside that is damaged, as one that is sound', async () => {
    const first = await shop('first');
    await say(first, 'ada', 'kept');
    await backup('first');
    await first.gateway.stop();
    await writeFile(place('first/store/dragoman.db'), 'no database any more');
    const { code, err } = await restore('first', '--force');
    expect([err, code]).to.deep.equal(['', 0]);
    expect(await texts(await shop('first'))).to.deep.equal(['"text":"kept"']);
  });

  it('is for its owner alone, in files and folders', async () => {
    const first = await shop('first');
    await say(first, 'ada', 'hello');
    await backup('first');
    for (const name of ['copy/store', 'copy/store/dragoman.db', 'copy/store/archive.db', 'copy/backup.json']) {
      expect([name, (await stat(place(name))).mode & 0o077]).to.deep.equal([name, 0]);
    }
  });

  it('restores nothing that is damaged or was never finished, and writes over no backup', async () => {
    const first = await shop('first');
    await say(first, 'ada', 'hello');
    await backup('first');
    expect((await backup('first')).code).to.equal(73);
    await first.gateway.stop();
    const file = place('copy/store/dragoman.db');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    await writeFile(file, bytes);
    const damaged = await restore('first', '--force');
    expect([damaged.code, damaged.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 66 && /damaged/.test(err),
    );
    await rm(place('copy/backup.json'));
    expect((await restore('first', '--force')).err).to.contain('no finished backup');
    expect(await texts(await shop('first'))).to.deep.equal(['"text":"hello"']);
  });
});
