import { quoted, type OptionWords, type Words } from './words.js';

/** In a description of zsh brackets and colons have a meaning. */
const plain = (text: string): string => text.replaceAll(/[[\]]/g, '').replaceAll(':', ';');

function optionSpec({ long, description, values, takesMore }: OptionWords): string {
  const choice = values.length === 0 ? '' : `${takesMore ? ':*-*' : ''}:value:(${values.join(' ')})`;
  return quoted(`${long}[${plain(description)}]${choice}`);
}

function afterCommand({ name, options, arguments: places }: Words): string {
  const specs = places.map(({ name: place, values }, at) => {
    return quoted(`${at + 1}:${place}:${values.length === 0 ? '_files' : `(${values.join(' ')})`}`);
  });
  return `    ${name}) _arguments ${[...options.map(optionSpec), ...specs, "'*:file:_files'"].join(' ')} ;;`;
}

/** The script for zsh. */
export function zsh(all: readonly Words[]): string {
  const known = all.map(({ name, description }) => `    ${quoted(`${name}:${plain(description)}`)}`);
  return `#compdef dragoman
_dragoman() {
  local -a commands=(
${known.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  shift words; (( CURRENT-- ))
  case "\${words[1]}" in
${all.map(afterCommand).join('\n')}
  esac
}
compdef _dragoman dragoman
`;
}
