import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { backupCommand } from './backup.js';
import { chatsCommand } from './chats.js';
import { checkCommand } from './check.js';
import { completionCommand } from './completion.js';
import { doctorCommand } from './doctor.js';
import { eraseCommand } from './erase.js';
import { exportCommand } from './export.js';
import { initCommand } from './init.js';
import { keyCommand } from './key.js';
import { planCommand } from './plan.js';
import { tailCommand } from './tail.js';
import { tokenCommand } from './token.js';
import { transcriptCommand } from './transcript.js';
import { exitCodes, reportOf } from './ending.js';
import { restoreCommand } from './restore.js';
import { schemaCommand } from './schema.js';
import { serveCommand } from './serve.js';
import type { Terminal } from './terminal.js';

export { exitCodes, exitMeanings } from './ending.js';
export { diagnose } from './doctor/diagnose.js';
export type { Finding, Patient } from './doctor/finding.js';
export { thisMachine, type Machine } from './doctor/machine.js';
export type { Terminal } from './terminal.js';

const commands = [
  initCommand,
  serveCommand,
  checkCommand,
  doctorCommand,
  tokenCommand,
  keyCommand,
  tailCommand,
  chatsCommand,
  transcriptCommand,
  exportCommand,
  eraseCommand,
  backupCommand,
  restoreCommand,
  planCommand,
  schemaCommand,
  completionCommand,
] as const;

function versionOf(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}

/** What can be typed after `dragoman`. */
export function program(terminal: Terminal): Command {
  const dragoman = new Command('dragoman')
    .description('One chat gateway for many live-chat protocols.')
    .version(versionOf())
    .showHelpAfterError('(`dragoman help COMMAND` tells more)');
  for (const command of commands) dragoman.addCommand(command(terminal));
  for (const command of [dragoman, ...dragoman.commands]) {
    command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  }
  return dragoman;
}

/** The help of the whole and of each command, as wide as a page. */
export function commandPages(): readonly { readonly name: string; readonly text: string }[] {
  const pages: { readonly name: string; readonly text: string }[] = [];
  let text = '';
  const nobody: Terminal = {
    env: {},
    isInteractive: false,
    out: (part) => void (text += part),
    err: () => undefined,
    ended: () => Promise.resolve(),
  };
  const dragoman = program(nobody);
  for (const command of [dragoman, ...dragoman.commands]) {
    text = '';
    command.configureOutput({ writeOut: nobody.out, getOutHelpWidth: () => 110, getOutHasColors: () => false });
    command.outputHelp();
    pages.push({ name: command === dragoman ? '' : command.name(), text });
  }
  return pages;
}

/** Does what was typed; resolves with the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    const { exitCode, text, facts } = reportOf(error);
    if (text !== null) terminal.err(args.includes('--json') ? `${JSON.stringify(facts)}\n` : text);
    return exitCode;
  }
}
