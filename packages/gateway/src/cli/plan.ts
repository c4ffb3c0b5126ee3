import { Argument, Command } from 'commander';
import { planJson, planText } from '../compatibility.js';
import { capabilitiesByDialect } from '../dialects/index.js';
import { examples } from './examples.js';
import { answer, type Said, type Terminal } from './terminal.js';

const names = [...capabilitiesByDialect.keys()];

function tell(customers: string, operators: string, said: Said, terminal: Terminal): void {
  const [from, to] = [capabilitiesByDialect.get(customers), capabilitiesByDialect.get(operators)];
  if (from !== undefined && to !== undefined) answer(terminal, said, planJson(from, to), planText(from, to));
}

/** `dragoman plan` */
export function planCommand(terminal: Terminal): Command {
  return new Command('plan')
    .description('Tell what crosses between the customers of one dialect and the operators of another.')
    .addArgument(new Argument('<from>', 'the dialect of the customers').choices(names))
    .addArgument(new Argument('<to>', 'the dialect of the operators').choices(names))
    .option('--json', 'each thing with its fate')
    .addHelpText('after', examples(['dragoman plan tickets happychat', 'before the desk is moved']))
    .action((from: string, to: string, said: Said) => tell(from, to, said, terminal));
}
