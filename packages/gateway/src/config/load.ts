import { Fault } from '@dragoman/core';
import { Check } from 'typebox/value';
import { crossProblems, type Surroundings } from './crosschecks.js';
import { shapeProblems, type Problem } from './problems.js';
import { readConfig } from './read.js';
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

/** The config in a file, JSON that may have comments. Throws CONFIG_INVALID with every problem in it. */
export async function loadConfig(file: string, around: Surroundings): Promise<Config> {
  const checked = checkConfig(await readConfig(file), around);
  if (!checked.ok) throw configFault(file, checked.problems);
  return checked.config;
}
