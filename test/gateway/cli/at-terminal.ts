import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const main = fileURLToPath(new URL('../main.js', import.meta.resolve('@dragoman/gateway/cli')));

/** What is pressed once a text stands on the screen. */
export type Press = readonly [shown: string, keys: string];

/** Keys as a terminal sends them. */
export const keys = { enter: '\r', space: ' ', down: '\u001b[B', left: '\u007f', interrupt: '\u0003' } as const;

/**
 * Types a line at the command in a real terminal, a pseudoterminal that `script` of util-linux opens, and presses keys when
 * it asks. Resolves with the exit code and all that was shown.
 */
export async function atTerminal(
  line: string,
  cwd: string,
  presses: readonly Press[],
): Promise<readonly [number, string]> {
  const shell = `stty cols 120 rows 40; exec '${process.execPath}' '${main}' ${line}`;
  const child = spawn('script', ['-qfec', shell, '/dev/null'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [...presses];
  let [screen, from] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    screen = stripVTControlCharacters(screen + part);
    const [next] = waiting;
    const at = next === undefined ? -1 : screen.indexOf(next[0], from);
    if (next === undefined || at < 0) return;
    from = at + next[0].length;
    waiting.shift();
    child.stdin.write(next[1]);
  });
  const [code] = (await once(child, 'close')) as [number];
  return [code, screen];
}
