import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createFileAttachments, createGateway, verifyDev, type Config } from '@dragoman/gateway';
import { expect } from 'chai';

const png = Buffer.from('\x89PNG\r\n\x1a\nrest of a picture', 'latin1');

describe('attachments in a folder', () => {
  let path = '';
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'dragoman-files-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  it('come back as they were, with the kind their first bytes tell', async () => {
    const attachments = createFileAttachments({ path });
    const id = await attachments.put('default', png, 'image/png');
    expect(id).to.equal(createHash('sha256').update(png).digest('hex'));
    expect(await attachments.get('default', id)).to.deep.equal({ bytes: png, mime: 'image/png' });
    expect(await readFile(join(path, 'default', id))).to.deep.equal(png);
    for (const [mime, start] of [
      ['image/jpeg', '\xff\xd8\xff\xe0'],
      ['image/gif', 'GIF89a'],
      ['image/webp', 'RIFF\n\0\0\0WEBPVP8 '],
      ['application/octet-stream', '<html>'],
    ] as const) {
      const other = await attachments.put('default', Buffer.from(start, 'latin1'), 'image/png');
      expect(await attachments.get('default', other)).to.have.property('mime', mime);
    }
  });

  it('are one file when the same picture comes twice, also at the same time', async () => {
    const attachments = createFileAttachments({ path });
    await Promise.all([1, 2, 3].map(() => attachments.put('default', png, 'image/png')));
    await attachments.put('default', png, 'image/png');
    expect(await readdir(join(path, 'default'))).to.have.lengthOf(1);
  });

  it('are written anew where a broken copy lies', async () => {
    const attachments = createFileAttachments({ path });
    const id = await attachments.put('default', png, 'image/png');
    await writeFile(join(path, 'default', id), 'half');
    await attachments.put('default', png, 'image/png');
    expect(await attachments.get('default', id)).to.deep.equal({ bytes: png, mime: 'image/png' });
  });

  it('never leave their workspace or their folder', async () => {
    const attachments = createFileAttachments({ path });
    const id = await attachments.put('default', png, 'image/png');
    expect(await attachments.get('other', id)).to.equal(undefined);
    expect(await attachments.get('default', `../default/${id}`)).to.equal(undefined);
    const escape = await attachments.get('..', id).catch((error: unknown) => error);
    expect(escape).to.be.instanceOf(TypeError);
  });

  it('leave no half of a picture behind where a process ended while it wrote one', async () => {
    const attachments = { path: join(path, 'files') };
    const config: Config = {
      listeners: [{ name: 'main', port: 0 }],
      store: { kind: 'memory' },
      attachments,
      workspaces: [{ id: 'default' }],
      adapters: [{ dialect: 'tickets', workspace: 'default' }],
      log: { level: 'silent' },
    };
    await mkdir(join(attachments.path, 'default'), { recursive: true });
    const [left, underWay] = [randomUUID(), randomUUID()].map((name) => join(attachments.path, 'default', `.${name}`));
    for (const file of [left, underWay]) await writeFile(file ?? '', png);
    await utimes(left ?? '', 0, 0);
    const gateway = createGateway(config, { verify: verifyDev });
    await gateway.start();
    await gateway.stop();
    expect(await readdir(join(attachments.path, 'default'))).to.deep.equal([basename(underWay ?? '')]);
  });

  it('have a link only where the folder is served', async () => {
    const publicUrl = 'https://files.example';
    expect(createFileAttachments({ path }).link('default', 'abc')).to.equal(null);
    expect(createFileAttachments({ path, publicUrl }).link('default', 'abc')).to.equal(
      'https://files.example/default/abc',
    );
  });

  it('cannot be put where no folder can be made, and say so instead of trying for ever', async () => {
    const attachments = createFileAttachments({ path: '/proc/nowhere/files' });
    const failure = await attachments.put('default', png, 'image/png').catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'ENOENT');
  });

  it('may lie below folders that are not there yet, made by two at once', async () => {
    const [one, two] = [1, 2].map(() => createFileAttachments({ path: join(path, 'a/b/c') }));
    const ids = await Promise.all([one, two].map((attachments) => attachments?.put('default', png, 'image/png')));
    expect(await two?.get('default', ids[0] ?? '')).to.deep.equal({ bytes: png, mime: 'image/png' });
  });
});
