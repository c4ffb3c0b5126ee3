// A process that appends until it is killed, and says on its standard output what was acknowledged.
import type { AppendRequest, Store } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { noteOf, workspaceId } from './workbench.js';

const writers = 12;

/** One command as a chat's change makes it: two streams, a timer that moves, and a command id. */
function change(chat: string, chatVersion: number, sharedVersion: number): AppendRequest {
  const commandId = `${chat}:${chatVersion + 1}`;
  const timer = { key: `${chat}/idle`, dueAt: 0, workspaceId, chatId: chat, name: 'idle', token: chatVersion + 1 };
  return {
    context: { workspaceId, commandId, by: { participantId: null, sessionId: null }, at: 0 },
    writes: [
      { stream: chat, expectedVersion: chatVersion, facts: [noteOf('x'.repeat(200)), noteOf('y')] },
      { stream: `beside ${chat}`, expectedVersion: sharedVersion, facts: [noteOf('z')] },
    ],
    setTimers: [timer],
    clearTimers: [],
    remember: { digest: commandId, keepMs: 3_600_000 },
  };
}

async function versionOf(store: Store, stream: string): Promise<number> {
  let version = 0;
  for (;;) {
    const page = await store.readStream(stream, version + 1, 500);
    version += page.length;
    if (page.length < 500) return version;
  }
}

async function write(store: Store, chat: string): Promise<never> {
  let version = await versionOf(store, chat);
  for (;;) {
    const { events } = await store.append(change(chat, version, version / 2));
    version += 2;
    process.stdout.write(`${events[0]?.commandId} ${events.map(({ eventId }) => eventId).join(',')}\n`);
  }
}

const [path = ''] = process.argv.slice(2);
const store = await createSqliteStore({ path });
await Promise.all(Array.from({ length: writers }, (_, n) => write(store, `chat-${n}`)));
