import type { Command } from 'commander';

/** What can be typed after one command. */
export interface Words {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** One after the other; files where there are no values. */
  readonly arguments: readonly { readonly name: string; readonly values: readonly string[] }[];
}

export interface OptionWords {
  readonly long: string;
  readonly description: string;
  readonly values: readonly string[];
  /** Whether more than one value may follow. */
  readonly takesMore: boolean;
}

function wordsOf(command: Command): Words {
  return {
    name: command.name(),
    description: command.description(),
    options: command.options.map(({ long, description, argChoices, variadic }) => ({
      long: long ?? '',
      description,
      values: argChoices ?? [],
      takesMore: variadic,
    })),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      values: argument.argChoices ?? [],
    })),
  };
}

/** Of every command, and of the one that explains the others. */
export function allWords({ commands }: Command): readonly Words[] {
  const names = commands.map((command) => command.name());
  const help = { name: 'help', description: 'Explain a command.', options: [] };
  return [...commands.map(wordsOf), { ...help, arguments: [{ name: 'command', values: names }] }];
}

/** The same in one pair of quotes, for a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
