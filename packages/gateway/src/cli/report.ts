import { Fault } from '@dragoman/core';
import { CommanderError } from 'commander';
import { remedies } from '../remedies.js';
import { Ending, exitCodes } from './ending.js';

/** How an error ends the process. */
export interface Report {
  readonly exitCode: number;
  /** Null: it has been said already. */
  readonly text: string | null;
  /** The same for programs. */
  readonly facts: object;
}

const withRemedy = (message: string, remedy: string | undefined): string =>
  `dragoman: ${message}\n${remedy === undefined ? '' : `  what to do: ${remedy}\n`}`;

/** Says in one place what went wrong, in words for the person at the terminal. */
export function reportOf(error: unknown): Report {
  if (error instanceof CommanderError) {
    const exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const message = error.message.replace(/^error: /, '');
    return { exitCode, text: null, facts: { error: 'usage', message, remedy: '`dragoman help` tells more' } };
  }
  if (error instanceof Ending) {
    const { why, message, remedy } = error;
    const text = withRemedy(message, remedy);
    return { exitCode: exitCodes[why], text, facts: { error: why, message, remedy } };
  }
  if (error instanceof Fault) {
    const { code, message } = error;
    const exitCode = code === 'CONFIG_INVALID' ? exitCodes.config : exitCodes.unavailable;
    const text = withRemedy(`${code}: ${message}`, remedies[code]);
    return { exitCode, text, facts: { error: code, message, remedy: remedies[code] } };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.failure, text: `dragoman: ${message}\n`, facts: { error: 'failure', message } };
}
