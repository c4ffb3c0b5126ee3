import { Argument, Command } from 'commander';
import { dialectNames } from '../choices.js';
import { examples } from '../examples.js';
import type { Said, Terminal } from '../terminal.js';

/** `dragoman plan` */
export function planCommand(terminal: Terminal): Command {
  return new Command('plan')
    .description('Tell what crosses between the customers of one dialect and the operators of another.')
    .addArgument(new Argument('<from>', 'the dialect of the customers').choices(dialectNames))
    .addArgument(new Argument('<to>', 'the dialect of the operators').choices(dialectNames))
    .option('--json', 'each thing with its fate')
    .addHelpText('after', examples(['dragoman plan tickets happychat', 'before the desk is moved']))
    .action(async (from: string, to: string, said: Said) =>
      (await import('../plan.js')).tellPlan({ from, to, ...said }, terminal),
    );
}
