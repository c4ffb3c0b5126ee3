import { quoted, type Words } from './words.js';

function linesOf({ name, description, options, arguments: places }: Words): readonly string[] {
  const isHere = `__fish_seen_subcommand_from ${name}`;
  const offer = (when: string, values: readonly string[]): readonly string[] =>
    values.length === 0 ? [] : [`complete -c dragoman -n ${quoted(when)} -f -a ${quoted(values.join(' '))}`];
  return [
    `complete -c dragoman -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
    ...offer(isHere, [...new Set(places.flatMap(({ values }) => values))]),
    ...options.flatMap(({ long, description: what, values, takesMore }) => [
      `complete -c dragoman -n '${isHere}' -l ${long.slice(2)} -d ${quoted(what)}${values.length === 0 ? '' : ` -x -a ${quoted(values.join(' '))}`}`,
      ...(takesMore ? offer(`${isHere}; and __fish_contains_opt ${long.slice(2)}`, values) : []),
    ]),
  ];
}

/** The script for fish. */
export function fish(all: readonly Words[]): string {
  return `${all.flatMap(linesOf).join('\n')}\n`;
}
