import type { Command } from 'commander';
import type { shellNames } from './choices.js';

/** A shell that completes for us. */
export type Shell = (typeof shellNames)[number];

/** What can be completed after one command. */
interface Words {
  readonly name: string;
  readonly description: string;
  readonly options: readonly {
    readonly long: string;
    readonly description: string;
    readonly values: readonly string[];
  }[];
}

function wordsOf(dragoman: Command): readonly Words[] {
  return dragoman.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.map(({ long, description, argChoices }) => ({
      long: long ?? '',
      description,
      values: argChoices ?? [],
    })),
  }));
}

const choices = (all: readonly Words[]) =>
  all.flatMap(({ options }) => options.filter(({ values }) => values.length > 0));

/** Values that an option can have, once for each option. */
function valuesOf(all: readonly Words[]): readonly (readonly [long: string, values: readonly string[]])[] {
  return [...new Map(choices(all).map(({ long, values }) => [long, values]))];
}

function bash(all: readonly Words[]): string {
  const cases = all.map(({ name, options }) => `    ${name}) words="${options.map(({ long }) => long).join(' ')}" ;;`);
  const values = valuesOf(all).map(
    ([long, known]) => `    ${long}) COMPREPLY=($(compgen -W "${known.join(' ')}" -- "$word")); return ;;`,
  );
  return `_dragoman() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${all.map(({ name }) => name).join(' ')} help" -- "$word")); return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words --help" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -F _dragoman dragoman
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In a description of zsh brackets and colons have a meaning. */
const plain = (text: string): string => text.replaceAll(/[[\]]/g, '').replaceAll(':', ';');

function zsh(all: readonly Words[]): string {
  const known = all.map(({ name, description }) => `    ${quoted(`${name}:${plain(description)}`)}`);
  const cases = all.map(({ name, options }) => {
    const specs = options.map(({ long, description, values }) =>
      quoted(`${long}[${plain(description)}]${values.length === 0 ? '' : `:value:(${values.join(' ')})`}`),
    );
    return `    ${name}) _arguments ${[...specs, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef dragoman
_dragoman() {
  local -a commands=(
${known.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
}
compdef _dragoman dragoman
`;
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ name, description, options }) => [
    `complete -c dragoman -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
    ...options.map(({ long, description: what, values }) => {
      const offered = values.length === 0 ? '' : ` -x -a ${quoted(values.join(' '))}`;
      return `complete -c dragoman -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)} -d ${quoted(what)}${offered}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

const scripts: Readonly<Record<Shell, (all: readonly Words[]) => string>> = { bash, zsh, fish };

/** The script that completes the commands of a program in a shell. */
export function completionScript(shell: Shell, dragoman: Command): string {
  return scripts[shell](wordsOf(dragoman));
}
