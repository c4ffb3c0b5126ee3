import { Argument, Command } from 'commander';
import { shellNames } from '../choices.js';
import { completionScript, type Shell } from '../completion.js';
import { examples } from '../examples.js';
import type { Terminal } from '../terminal.js';

/** `dragoman completion` */
export function completionCommand(terminal: Terminal): Command {
  const completion = new Command('completion')
    .description('Print the script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'whose script').choices(shellNames))
    .addHelpText(
      'after',
      examples(
        ['source <(dragoman completion bash)', 'in ~/.bashrc'],
        ['source <(dragoman completion zsh)', 'in ~/.zshrc, after compinit'],
        ['dragoman completion fish > ~/.config/fish/completions/dragoman.fish', 'once'],
      ),
    );
  return completion.action((shell: Shell) => terminal.out(completionScript(shell, completion.parent ?? completion)));
}
