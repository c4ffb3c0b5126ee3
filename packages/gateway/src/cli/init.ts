import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AdapterConfig } from '../dialects/index.js';
import { makeFolder } from '../folders.js';
import { Ending } from './ending.js';
import { aloneNames, type Beginning } from './init/beginning.js';
import { writeTogether } from './init/together.js';
import { configName, envName } from './options.js';
import { answer, isOfNpm, type Said, type Terminal } from './terminal.js';

/** What can be said of a new gateway. */
export interface InitOptions extends Said {
  readonly dialect?: readonly AdapterConfig['dialect'][];
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly origin: readonly string[];
  readonly broker: string;
  readonly yes?: true;
  readonly force?: true;
}

function beginningOf({ dialect = aloneNames, host, port, origin, broker }: InitOptions): Beginning {
  return { dialects: [...new Set(dialect)], host, port, origins: origin, broker };
}

/** What was written, and how the command is called here. */
interface Place {
  readonly config: string;
  readonly secrets: string;
  readonly command: string;
}

/** What is said when it is done: what to do next. */
function nextSteps({ config, secrets, command }: Place, { dialects, port }: Beginning): string {
  return `wrote ${config}  what is served: ${dialects.join(', ')}
wrote ${secrets}  fresh secrets, readable by you alone: keep it out of repositories

next:
  ${command} doctor   what else this machine needs
  ${command} serve    serve on port ${port}
`;
}

/** Writes the files of a new gateway. */
export async function init(options: InitOptions, terminal: Terminal): Promise<void> {
  const files = { config: join(options.folder, configName), secrets: join(options.folder, envName) };
  const present = Object.values(files).filter((file) => existsSync(file));
  if (present.length > 0 && options.force !== true) {
    throw new Ending(
      'cannotCreate',
      `${present.join(' and ')} ${present.length === 1 ? 'is' : 'are'} there already`,
      '--force writes it anew, secrets too',
    );
  }
  const isAsked = terminal.isInteractive && options.yes !== true && options.dialect === undefined && !options.json;
  const beginning = isAsked
    ? await (await import('./init/questions.js')).ask(beginningOf(options))
    : beginningOf(options);
  // What writes the files knows every adapter, and so takes a while to load: nobody waits for it before the questions.
  const { beginningFiles } = await import('./init/files.js');
  const texts = beginningFiles(beginning);
  try {
    await makeFolder(options.folder);
    await writeTogether([
      { path: files.secrets, text: texts.secrets, mode: 0o600 },
      { path: files.config, text: texts.config, mode: 0o644 },
    ]);
  } catch (error) {
    throw new Ending('cannotCreate', error instanceof Error ? error.message : '', 'name a folder that can be written');
  }
  answer(
    terminal,
    options,
    { ...files, dialects: beginning.dialects },
    nextSteps({ ...files, command: isOfNpm(terminal.env) ? 'npx @dragoman/gateway' : 'dragoman' }, beginning),
  );
}
