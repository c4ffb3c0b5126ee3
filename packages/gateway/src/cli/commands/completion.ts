import { Argument, Command } from 'commander';
import { shellNames } from '../choices.js';
import { completionScript, type Shell } from '../completion.js';
import { examples } from '../examples.js';
import { answer, type Said, type Terminal } from '../terminal.js';

/** `dragoman completion` */
export function completionCommand(terminal: Terminal): Command {
  const completion = new Command('completion')
    .description('Print the script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'whose script').choices(shellNames))
    .option('--json', 'the script as a string of JSON')
    .addHelpText(
      'after',
      examples(
        ['source <(dragoman completion bash)', 'in ~/.bashrc'],
        ['source <(dragoman completion zsh)', 'in ~/.zshrc, after compinit'],
        ['dragoman completion fish > ~/.config/fish/completions/dragoman.fish', 'once'],
      ),
    );
  return completion.action((shell: Shell, options: Said) => {
    const script = completionScript(shell, completion.parent ?? completion);
    answer(terminal, options, { shell, script }, script);
  });
}
