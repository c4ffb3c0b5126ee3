import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { backupCommand } from './commands/backup.js';
import { chatsCommand } from './commands/chats.js';
import { checkCommand } from './commands/check.js';
import { completionCommand } from './commands/completion.js';
import { doctorCommand } from './commands/doctor.js';
import { eraseCommand } from './commands/erase.js';
import { exportCommand } from './commands/export.js';
import { initCommand } from './commands/init.js';
import { keyCommand } from './commands/key.js';
import { tailCommand } from './commands/tail.js';
import { personCommand } from './commands/person.js';
import { planCommand } from './commands/plan.js';
import { tokenCommand } from './commands/token.js';
import { transcriptCommand } from './commands/transcript.js';
import { exitCodes } from './ending.js';
import { examples } from './examples.js';
import { restoreCommand } from './commands/restore.js';
import { schemaCommand } from './commands/schema.js';
import { serveCommand } from './commands/serve.js';
import type { Terminal } from './terminal.js';

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
  personCommand,
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

/** What can be typed after `dragoman`; `complain` is told in words what is wrong with a line. */
export function program(terminal: Terminal, complain: Terminal['err'] = terminal.err): Command {
  const dragoman = new Command('dragoman')
    .description('One chat gateway for many live-chat protocols.')
    .version(versionOf())
    .addHelpText(
      'after',
      examples(
        ['dragoman serve --dev', 'to try it: every protocol on port 4000, with a page to play on, and no config'],
        [
          'dragoman init && dragoman doctor && dragoman serve',
          'to begin: a config of your own, a look around it, and serve',
        ],
        ['dragoman help token', 'every command explains itself'],
      ),
    );
  for (const command of commands) dragoman.addCommand(command(terminal));
  for (const command of [dragoman, ...dragoman.commands]) {
    const help = command === dragoman ? 'dragoman help' : `dragoman help ${command.name()}`;
    command.showHelpAfterError(`(\`${help}\` tells more)`);
    command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: complain });
  }
  return dragoman;
}

/** Does what was typed; resolves with the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const isForPrograms = args.includes('--json');
  try {
    await program(terminal, isForPrograms ? () => undefined : terminal.err).parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    const { reportOf } = await import('./report.js');
    const { exitCode, text, facts } = reportOf(error);
    if (isForPrograms && exitCode !== exitCodes.ok) terminal.err(`${JSON.stringify(facts)}\n`);
    else if (text !== null) terminal.err(text);
    return exitCode;
  }
}
