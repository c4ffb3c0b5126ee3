import type { OptionWords, Words } from './words.js';

const offer = (values: readonly string[]): string => `COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$word"))`;

/** Options that have values to choose from, once each. */
function chosen(all: readonly Words[]): readonly OptionWords[] {
  const options = all.flatMap(({ options: own }) => own.filter(({ values }) => values.length > 0));
  return [...new Map(options.map((option) => [option.long, option])).values()];
}

/** The words after a command: its options, and the values of its arguments where they are known. */
function afterCommand({ name, options, arguments: places }: Words): string {
  const values = [...new Set(places.flatMap(({ values: own }) => own))];
  return `    ${name}) options="${options.map(({ long }) => long).join(' ')}" values="${values.join(' ')}" ;;`;
}

/** The script for bash. */
export function bash(all: readonly Words[]): string {
  const values = chosen(all);
  const after = (options: readonly OptionWords[]): string =>
    options.map((option) => `    ${option.long}) ${offer(option.values)}; return ;;`).join('\n');
  return `_dragoman() {
  local word="\${COMP_WORDS[COMP_CWORD]}" options="" values="" at
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${after(values)}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${offer(all.map(({ name }) => name))}; return
  fi
  case "$word" in -*) ;; *)
    for ((at = COMP_CWORD - 1; at > 1; at--)); do
      case "\${COMP_WORDS[at]}" in
${after(values.filter(({ takesMore }) => takesMore)).replaceAll(/^/gm, '    ')}
        -*) break ;;
      esac
    done ;;
  esac
  case "\${COMP_WORDS[1]}" in
${all.map(afterCommand).join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options --help" -- "$word")) ;;
    *) if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi ;;
  esac
}
complete -o filenames -F _dragoman dragoman
`;
}
