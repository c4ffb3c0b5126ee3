import type { Environment } from '../config/secrets.js';

/** Where a command is typed, and where it answers. */
export interface Terminal {
  readonly env: Environment;
  /** Whether somebody is there to be asked. */
  readonly isInteractive: boolean;
  /** Whether `err` is a screen, where a line can be written over. */
  readonly isWatched: boolean;
  /** What was asked for, and nothing else. */
  out(text: string): void;
  /** Progress, warnings, and why it failed. */
  err(text: string): void;
  /** Resolves when it is told to end; from then on a second time ends the process at once. */
  ended(): Promise<void>;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  env: process.env,
  isInteractive: process.stdin.isTTY && process.stdout.isTTY,
  isWatched: process.stderr.isTTY,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ended: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
      if (isOfNpm(process.env)) whenOrphaned(resolve);
    }),
};

/** Whether `npx` or a script of npm has started us. */
export const isOfNpm = ({ npm_command: command }: Environment): boolean => command !== undefined;

/** How often it is looked whether our parent is still there, ms. */
const orphanMs = 500;

/** npm tells a SIGTERM to the shell between us, which ends without a word to us: what is left to see is a new parent. */
function whenOrphaned(end: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, orphanMs);
  watch.unref();
}

/** What every command can be asked for. */
export interface Said {
  readonly json?: true;
}

/** Answers with facts for programs, or with words for people. */
export function answer({ out }: Terminal, { json }: Said, facts: unknown, words: string): void {
  out(json === true ? `${JSON.stringify(facts, null, 2)}\n` : words);
}

/** So many things, in words for people: `1 chat`, `2 chats`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Facts in columns as wide as they need to be. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
