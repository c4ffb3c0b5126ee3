import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../folders.js';
import { Ending } from './ending.js';
import { askApi, type Reach } from './live/reach.js';
import { reading } from './live/stopped.js';
import type { AnyReachOptions } from './options.js';
import { withProgress, type Told } from './progress.js';
import { answer, counted, type Said, type Terminal } from './terminal.js';

/** Which gateway is asked, and how it answers. */
export type ExportOptions = AnyReachOptions & Said;

const dataName = 'person.ndjson';

/** What each line is. */
function kindsIn(text: string): readonly string[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line): { readonly kind: string } => JSON.parse(line));
  return lines.map(({ kind }) => kind);
}

/** The pictures that lines of JSON name, each once. */
function picturesIn(text: string): readonly string[] {
  const named = [...text.matchAll(/"attachmentId":"([0-9a-f]{64})"/g)].map(([, id = '']) => id);
  return [...new Set(named)];
}

async function savePicture(reach: Reach, id: string, folder: string): Promise<void> {
  const answered = await askApi(reach, `/attachments/${id}`);
  const [, kind = 'bin'] = /^image\/(\w+)/.exec(answered.headers.get('content-type') ?? '') ?? [];
  await writeFile(join(folder, `${id}.${kind}`), Buffer.from(await answered.arrayBuffer()), { mode: 0o600 });
}

async function savePictures(reach: Reach, ids: readonly string[], folder: string, told: Told): Promise<void> {
  for (const [index, id] of ids.entries()) {
    await savePicture(reach, id, folder);
    told(index + 1, ids.length);
  }
}

/** Writes all that is kept of a person. */
export async function exportPerson(id: string, options: ExportOptions & { readonly to: string }, terminal: Terminal) {
  const { to: folder } = options;
  if (existsSync(join(folder, dataName))) {
    throw new Ending('cannotCreate', `${folder} holds an export already`, 'name another folder');
  }
  await reading(options, terminal, async (reach) => {
    const text = await withProgress(terminal, options, 'what is kept', async () => {
      return (await askApi(reach, `/participants/${encodeURIComponent(id)}/data`)).text();
    });
    await makeFolder(folder);
    await writeFile(join(folder, dataName), text, { mode: 0o600 });
    const pictures = picturesIn(text);
    await withProgress(terminal, options, 'pictures', (told) => savePictures(reach, pictures, folder, told));
    const chats = kindsIn(text).filter((kind) => kind === 'chat').length;
    const facts = { participantId: id, folder, chats, pictures: pictures.length };
    answer(
      terminal,
      options,
      facts,
      `${folder} holds ${counted(chats, 'chat')} and ${counted(pictures.length, 'picture')}\n`,
    );
  });
}
