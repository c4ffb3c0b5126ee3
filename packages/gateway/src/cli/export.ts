import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../folders.js';
import { Ending } from './ending.js';
import { askApi, type Reach } from './live/reach.js';
import { reading } from './live/stopped.js';
import type { AnyReachOptions } from './options.js';
import { progress } from './progress.js';
import { answer, counted, type Said, type Terminal } from './terminal.js';

/** Which gateway is asked, and how it answers. */
export type ExportOptions = AnyReachOptions & Said;

const dataName = 'person.ndjson';

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

/** Writes all that is kept of a person. */
export async function exportPerson(id: string, options: ExportOptions & { readonly to: string }, terminal: Terminal) {
  const { to: folder } = options;
  if (existsSync(join(folder, dataName))) {
    throw new Ending('cannotCreate', `${folder} holds an export already`, 'name another folder');
  }
  await reading(options, terminal, async (reach) => {
    const text = await (await askApi(reach, `/participants/${encodeURIComponent(id)}/data`)).text();
    await makeFolder(folder);
    await writeFile(join(folder, dataName), text, { mode: 0o600 });
    const pictures = picturesIn(text);
    const told = progress(terminal, options, 'pictures');
    for (const [index, picture] of pictures.entries()) {
      await savePicture(reach, picture, folder);
      told(index + 1, pictures.length);
    }
    const chats = text.trim().split('\n').length - 1;
    const facts = { participantId: id, folder, chats, pictures: pictures.length };
    answer(
      terminal,
      options,
      facts,
      `${folder} holds ${counted(chats, 'chat')} and ${counted(pictures.length, 'picture')}\n`,
    );
  });
}
