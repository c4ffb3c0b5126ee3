/**
 * The new backend by the event feed: reads what happens, and keeps how far it has come in a file. Killed at any moment, it
 * goes on from there.
 *
 *     node build/examples/new-backend/feed.js [file]
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createDesk } from './desk.js';

const url = process.env['DRAGOMAN_URL'] ?? 'http://127.0.0.1:4000/v1';
const key = process.env['DRAGOMAN_KEY'] ?? 'dev-backend';
const [, , file = 'new-backend.place'] = process.argv;
const desk = createDesk(url, key);

/** Blocks of `field: value` lines with an empty line after each. */
async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<{ id: string; data: string }> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      if (field('id') !== '') yield { id: field('id'), data: field('data') };
    }
  }
}

/** The file is there whole or not at all. */
async function keepPlace(place: string): Promise<void> {
  await writeFile(`${file}.new`, place);
  await rename(`${file}.new`, file);
}

async function follow(): Promise<void> {
  const place = await readFile(file, 'utf8').catch(() => '0');
  const response = await fetch(`${url}/events?type=MessagePosted,ChatAssigned`, {
    headers: { authorization: `Bearer ${key}`, 'last-event-id': place },
  });
  if (!response.ok || response.body === null) throw new Error(`the feed answers ${response.status}`);
  console.log(`hears what happens after ${place}`);
  for await (const { id, data } of eventsIn(response.body)) {
    if (data !== '') await desk.handle(JSON.parse(data));
    await keepPlace(id);
  }
}

async function forEver(what: () => Promise<void>, pauseMs: number): Promise<never> {
  for (;;) {
    await what().catch((error: unknown) => console.error(String(error)));
    await pause(pauseMs);
  }
}

while (
  !(await desk.beOnDuty().then(
    () => true,
    () => false,
  ))
)
  await pause(500);
void forEver(() => desk.beOnDuty(), 20_000);
await forEver(follow, 1_000);
