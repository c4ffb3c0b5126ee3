import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { makeFolder } from '../folders.js';
import { Ending } from './ending.js';
import { examples } from './examples.js';
import { askApi, withReach, type Reach } from './live/reach.js';
import { reading, type AnyReachOptions } from './live/stopped.js';
import { progress } from './progress.js';
import { answer, type Said, type Terminal } from './terminal.js';

type ExportOptions = AnyReachOptions & Said;

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

async function exportPerson(id: string, options: ExportOptions & { readonly to: string }, terminal: Terminal) {
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
    answer(terminal, options, facts, `${folder} holds ${chats} chats and ${pictures.length} pictures\n`);
  });
}

/** `dragoman export` */
export function exportCommand(terminal: Terminal): Command {
  return withReach(
    new Command('export').description(
      'Write all that is kept of a person, as he may see it, with his pictures beside.',
    ),
  )
    .argument('<participant>', 'the id of the person, as transcripts and the API have it')
    .argument('<folder>', `where to: ${dataName} has a line for him and one for each chat`)
    .option('--stopped', 'from a copy of the store, where no gateway serves it')
    .option('--json', 'say what was written as JSON')
    .addHelpText('after', examples(['dragoman export 3f1c2b9a ./for-ada', 'with a key of the scopes privacy and read']))
    .action((id: string, folder: string, options: ExportOptions) =>
      exportPerson(id, { ...options, to: folder }, terminal),
    );
}
