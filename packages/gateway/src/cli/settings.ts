import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { checkConfig, configFault } from '../config/load.js';
import { readConfig } from '../config/read.js';
import type { Config } from '../config/schema.js';
import type { Environment } from '../config/secrets.js';
import { ConfigEnding, Ending } from './ending.js';
import { configName, envName, type SettingsOptions } from './options.js';
import type { Terminal } from './terminal.js';

/** What a gateway is told. */
export interface Settings {
  readonly file: string;
  readonly config: Config;
  readonly env: Environment;
}

/** The config that is meant; undefined when none is named and none is here. */
export function configFile({ config }: SettingsOptions): string | undefined {
  if (config !== undefined && !existsSync(config)) {
    throw new Ending('config', `there is no file ${config}`, 'name another with --config; `dragoman init` writes one');
  }
  return config ?? (existsSync(configName) ? configName : undefined);
}

/** The same, for commands that need one. */
export function neededConfig(options: SettingsOptions): string {
  const file = configFile(options);
  if (file !== undefined) return file;
  throw new Ending(
    'usage',
    `there is no ${configName} here`,
    '`dragoman init` writes one; or name yours with --config; `dragoman serve --dev` needs none',
  );
}

/** The environment with what the file of secrets adds; what is set already stands. */
export async function environmentFor(file: string, options: SettingsOptions, { env }: Terminal): Promise<Environment> {
  const beside = join(dirname(file), envName);
  const envFile = options.envFile ?? (existsSync(beside) ? beside : undefined);
  if (envFile === undefined) return env;
  try {
    return { ...parseEnv(await readFile(envFile, 'utf8')), ...env };
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Ending('noInput', `${envFile} cannot be read: ${why}`, 'name the file of secrets with --env-file');
  }
}

/** A config that can be served, with its secrets. Throws with everything that is wrong. */
export async function settingsOf(options: SettingsOptions, terminal: Terminal): Promise<Settings> {
  const file = neededConfig(options);
  const env = await environmentFor(file, options, terminal);
  const checked = checkConfig(await readConfig(file), { env, hasVerifier: false });
  if (checked.ok) return { file, config: checked.config, env };
  throw new ConfigEnding(`CONFIG_INVALID: ${configFault(file, checked.problems).message}`, checked.problems);
}
