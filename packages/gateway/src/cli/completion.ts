import type { Command } from 'commander';
import type { shellNames } from './choices.js';
import { bash } from './completion/bash.js';
import { fish } from './completion/fish.js';
import { allWords, type Words } from './completion/words.js';
import { zsh } from './completion/zsh.js';

/** A shell that completes for us. */
export type Shell = (typeof shellNames)[number];

const scripts: Readonly<Record<Shell, (all: readonly Words[]) => string>> = { bash, zsh, fish };

/** The script that completes the commands of a program in a shell. */
export function completionScript(shell: Shell, dragoman: Command): string {
  return scripts[shell](allWords(dragoman));
}
