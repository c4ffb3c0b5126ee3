import { program } from './program.js';
import type { Terminal } from './terminal.js';

/** The help of the whole and of each command, as wide as a page. */
export function commandPages(): readonly { readonly name: string; readonly text: string }[] {
  const pages: { readonly name: string; readonly text: string }[] = [];
  let text = '';
  const nobody: Terminal = {
    env: {},
    isInteractive: false,
    isWatched: false,
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
