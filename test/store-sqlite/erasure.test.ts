import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCore, type Core, type Identity, type Session, type SessionOptions } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { openDriver } from '@dragoman/store-sqlite/driver';
import { expect } from 'chai';
import { inDirectory } from './workbench.js';

describe('a person who was erased', () => {
  /** How often the word lies in any file of the store, served as it is. */
  function found(path: string, word: string): number {
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    return texts.reduce((sum, text) => sum + text.split(word).length - 1, 0);
  }

  function signIn(
    core: Core,
    name: string,
    more: Pick<Identity, 'side' | 'role'> = { side: 'customer', role: 'customer' },
    scope: SessionOptions['scope'] = 'own',
  ): Promise<Session> {
    const who = { workspaceId: 'default', space: 'web', realm: '', externalId: name, idType: 'string' } as const;
    const how = { scope, echo: 'others', away: null, chats: 'mine' } as const;
    return core.connect({ ...who, ...more, name, profile: { mail: name } }, how, () => {});
  }

  async function talk(core: Core, name: string, count: number): Promise<Session> {
    const session = await signIn(core, name);
    const lines = Array.from(
      { length: count },
      (_, index) => `${name} line ${index} ${'x'.repeat((index * 37) % 900)}`,
    );
    await Promise.all(
      lines.map((text, index) =>
        core.dispatch(session, {
          type: 'PostMessage',
          commandId: `${name}/${index}`,
          to: { key: `key of ${name}` },
          body: { kind: 'text', text },
          ifClosed: 'refuse',
        }),
      ),
    );
    return session;
  }

  for (const [when, isArchived] of [
    ['while the store is being served', false],
    ['also where the chats had been archived', true],
  ] as const) {
    it(`is in no file any more, at once, ${when}`, () => inDirectory((path) => eraseOneOf(path, isArchived)));
  }

  it('is in no file any more, also where somebody reads the files meanwhile, as a backup does', () =>
    inDirectory(async (path) => {
      const core = await createCore({ store: await createSqliteStore({ path }) });
      const needle = await talk(core, 'needle', 20);
      const backend = await signIn(core, 'backend', { side: 'bot', role: 'bot' }, 'all');
      const reader = openDriver(join(path, 'dragoman.db'), undefined);
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM events').all();
      let isErased = false;
      const erasure = core.erase(backend, needle.participant.id).finally(() => (isErased = true));
      await eventually('his words are out of the database', () => core.lobby(backend).chats.size === 0);
      expect([isErased, found(path, 'needle') > 0]).to.deep.equal([false, true]);
      reader.exec('COMMIT');
      reader.close();
      expect((await erasure).ok).to.equal(true);
      expect(found(path, 'needle')).to.equal(0);
      await core.stop();
    }));

  async function eraseOneOf(path: string, isArchived: boolean): Promise<void> {
    const store = await createSqliteStore({ path });
    const core = await createCore({ store });
    const [, needle] = await Promise.all(['ann', 'needle', 'bob', 'carl'].map((name) => talk(core, name, 100)));
    const lane = await store.readLane('default', 0, 1000);
    if (isArchived) for (const stream of new Set(lane.map((event) => event.stream))) await store.archive(stream);
    const backend = await signIn(core, 'backend', { side: 'bot', role: 'bot' }, 'all');
    const [before, others] = [found(path, 'needle'), found(path, 'bob line')];
    expect(before).to.be.above(100);
    const erasure = await core.erase(backend, needle?.participant.id ?? '');
    expect(erasure).to.have.nested.property('erased.messages', 100);
    expect(found(path, 'needle')).to.equal(0);
    expect(found(path, 'bob line')).to.be.within(100, others);
    await core.stop();
    expect(found(path, 'needle')).to.equal(0);
  }
});
