/** Lines to paste, below the help of a command, each with what it is for. */
export function examples(...lines: readonly (readonly [line: string, what: string])[]): string {
  const shown = lines.map(([line, what]) => `  # ${what}\n  ${line}`);
  return `\nExamples:\n${shown.join('\n')}`;
}
