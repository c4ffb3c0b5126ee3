import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { remedies } from '../remedies.js';
import { diagnose } from './doctor/diagnose.js';
import type { Finding } from './doctor/finding.js';
import { thisMachine } from './doctor/machine.js';
import { ConfigEnding, Ending } from './ending.js';
import { envName, type SettingsOptions } from './options.js';
import { withProgress } from './progress.js';
import { neededConfig, settingsOf, type Settings } from './settings.js';
import { answer, columns, counted, type Said, type Terminal } from './terminal.js';

const marks = { fine: 'ok', hint: 'hint', fault: 'FAULT' } as const;

/** One line for each finding, and one more for what to do. */
function shown(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ check, level, what, remedy }) => [
    [marks[level], check, what],
    ...(remedy === undefined ? [] : [['', '', `do: ${remedy}`]]),
  ]);
  return columns(rows);
}

function secretFilesOf({ file }: Settings, { envFile }: SettingsOptions): readonly string[] {
  const beside = join(dirname(file), envName);
  return envFile === undefined ? (existsSync(beside) ? [beside] : []) : [envFile];
}

async function findingsOf(options: SettingsOptions, terminal: Terminal): Promise<readonly Finding[]> {
  neededConfig(options);
  try {
    const settings = await settingsOf(options, terminal);
    const { config, env } = settings;
    return await diagnose({ config, env, secretFiles: secretFilesOf(settings, options), machine: thisMachine });
  } catch (error) {
    if (!(error instanceof ConfigEnding)) throw error;
    const remedy = remedies.CONFIG_INVALID;
    return error.problems.map(({ path, what }) => ({
      check: 'config',
      level: 'fault',
      what: `${path}: ${what}`,
      remedy,
    }));
  }
}

/** Says everything that is wrong around a config. */
export async function doctor(options: SettingsOptions & Said, terminal: Terminal): Promise<void> {
  const findings = await withProgress(terminal, options, 'looking', () => findingsOf(options, terminal));
  const count = (level: Finding['level']): number => findings.filter((one) => one.level === level).length;
  answer(terminal, options, { findings, faults: count('fault') }, shown(findings));
  if (count('fault') > 0)
    throw new Ending('unavailable', `${counted(count('fault'), 'fault')} and ${counted(count('hint'), 'hint')}`);
}
