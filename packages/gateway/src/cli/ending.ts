import type { Problem } from '../config/problems.js';
import { remedies } from '../remedies.js';

/** What the process says when it ends: sysexits where they have a word for it. Documented in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  noInput: 66,
  unavailable: 69,
  cannotCreate: 73,
  noPermission: 77,
  config: 78,
  interrupted: 130,
} as const;

type Why = keyof typeof exitCodes;

/** What each exit code means, for the page about the command. */
export const exitMeanings: Readonly<Record<Why, string>> = {
  ok: 'it did what it was told; `serve` was told to end, and everything accepted was finished',
  failure: 'something nobody foresaw; the text is for a report',
  usage: 'a command line it does not understand',
  noInput: 'what should be read is not there: a chat, a backup, a store',
  unavailable: 'a port, the store, a gateway or a library cannot be used; `doctor` found a fault',
  cannotCreate: 'what should be written is there already, or cannot be written',
  noPermission: 'the key or the secret is missing, or is not good for this',
  config: 'the config has problems, all of them in the message',
  interrupted: 'Ctrl-C in answer to a question: nothing was changed',
};

/** An end that the person at the terminal can do something about. */
export class Ending extends Error {
  override readonly name = 'Ending';
  readonly why: Why;
  readonly remedy: string | undefined;

  constructor(why: Why, message: string, remedy?: string) {
    super(message);
    this.why = why;
    this.remedy = remedy;
  }
}

/** A config that has problems, for those who want them one by one. */
export class ConfigEnding extends Ending {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[]) {
    super('config', message, remedies.CONFIG_INVALID);
    this.problems = problems;
  }
}
