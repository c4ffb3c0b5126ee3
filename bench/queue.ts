import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore, createMemoryStore } from '@dragoman/core';
import type { Core, Identity, Session, Store } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { measured, printFigures } from './measure.js';
import type { Figures } from './measure.js';

/**
 * Queue changes of one workspace: a chat handed back to the queue, and granted again. Each is one append over the chat's
 * and the routing stream, so all of them go through the same stream: slow wherever turns do not batch.
 */
const unlimited = { perSecond: 1e9, burst: 1e9 };

function who(side: 'customer' | 'operator', externalId: string): Identity {
  return {
    workspaceId: 'default',
    space: 'bench',
    side,
    realm: '',
    externalId,
    idType: 'string',
    role: side,
    name: externalId,
  };
}

async function desk(core: Core, chats: number): Promise<{ operator: Session; chatIds: string[] }> {
  const operator = await core.connect(
    who('operator', 'olga'),
    { scope: 'own', echo: 'all', away: null, mode: 'auto', chats: [] },
    () => {},
  );
  await core.dispatch(operator, { type: 'SetAvailability', status: 'available', capacity: { 'en-US': null } });
  const chatIds: string[] = [];
  for (let n = 0; n < chats; n++) {
    const customer = await core.connect(
      who('customer', `c${n}`),
      { scope: 'own', echo: 'all', away: null, chats: [] },
      () => {},
    );
    const said = await core.dispatch(customer, {
      type: 'PostMessage',
      to: { key: `c${n}` },
      body: { kind: 'text', text: 'hello' },
      ifClosed: 'refuse',
    });
    if (!said.ok || said.chat === undefined) throw new Error('a chat could not be opened');
    chatIds.push(said.chat.id);
  }
  return { operator, chatIds };
}

async function run(name: string, store: Store, atOnce: number, commands: number): Promise<Figures> {
  const core = await createCore({ store, limits: { rates: { customer: unlimited, operator: unlimited } } });
  const { operator, chatIds } = await desk(core, 256);
  const handBack = async (index: number): Promise<void> => {
    const chatId = chatIds[index % chatIds.length] ?? '';
    const outcome = await core.dispatch(operator, { type: 'HandOver', chat: { chatId }, to: 'queue' });
    if (!outcome.ok) throw new Error(outcome.rejection.code);
  };
  await measured('warm-up', commands / 4, atOnce, handBack);
  const figures = await measured(name, commands, atOnce, handBack);
  await core.stop();
  // Every command is two changes: back into the queue, and the grant that follows.
  return { ...figures, perSecond: figures.perSecond * 2, cpuMicros: figures.cpuMicros / 2 };
}

const folder = await mkdtemp(join(tmpdir(), 'dragoman-bench-'));
try {
  const figures: Figures[] = [];
  for (const [atOnce, commands] of [
    [1, 1_000],
    [16, 8_000],
    [256, 16_000],
  ] as const) {
    figures.push(await run(`memory, ${atOnce} at once`, createMemoryStore(), atOnce, commands));
    const store = await createSqliteStore({ path: join(folder, `${atOnce}`) });
    figures.push(await run(`sqlite, ${atOnce} at once`, store, atOnce, commands));
  }
  printFigures('Queue changes of one workspace (chat and routing in one append)', 'changes', figures);
} finally {
  await rm(folder, { recursive: true });
}
