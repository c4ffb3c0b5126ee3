import { readFile } from 'node:fs/promises';
import { Fault } from '@dragoman/core';
import { Check } from 'typebox/value';
import { crossProblems, type Surroundings } from './crosschecks.js';
import { shapeProblems, type Problem } from './problems.js';
import { configSchema, type Config } from './schema.js';

export type CheckedConfig =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Says everything that is wrong with a config at once. */
export function checkConfig(value: unknown, around: Surroundings): CheckedConfig {
  const problems = [...shapeProblems(configSchema, value), ...crossProblems(value, around)];
  if (problems.length === 0 && Check(configSchema, value)) return { ok: true, config: value };
  return { ok: false, problems };
}

/** The fault for a config that cannot be used; its message has one line for each problem. */
export function configFault(name: string, problems: readonly Problem[]): Fault {
  const lines = problems.map(({ path, what }) => `  ${path}: ${what}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new Fault('CONFIG_INVALID', [`${name} has ${count}:`, ...lines].join('\n'));
}

/** The config in a file. Throws CONFIG_INVALID with every problem in it. */
export async function loadConfig(file: string, around: Surroundings): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Fault('CONFIG_INVALID', `${file} cannot be read (${error.code ?? error.message})`, { cause: error });
  });
  const checked = checkConfig(parsed(file, text), around);
  if (!checked.ok) throw configFault(file, checked.problems);
  return checked.config;
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('CONFIG_INVALID', `${file} is not JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}
