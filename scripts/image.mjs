// npm run image: what the Dockerfile does, step by step in an empty folder, for machines without a container engine. Each
// RUN line is run by a shell as it stands, with the paths of the image below that folder; then the image's own command
// writes a config, serves it, and its health check is asked. Users and base images are not looked at.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';

const place = mkdtempSync(join(tmpdir(), 'dragoman-image-'));
const lines = readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).trim()]);

/** The paths of the image, below our folder. */
const inside = (text) => text.replaceAll(/(?<=^|[\s"'])\/(src|packed|app|srv)\b/g, `${place}/$1`);

let [folder, entry, health] = [place, [], []];
const sh = (command) => execFileSync('sh', ['-c', inside(command)], { cwd: folder, stdio: 'inherit' });

const steps = {
  WORKDIR(path) {
    folder = inside(path);
    mkdirSync(folder, { recursive: true });
  },
  COPY(what) {
    // Everything has the stages' paths already: only the repository itself is copied, without what is built.
    if (what !== '. .') return;
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
    for (const file of files) cpSync(join(root, file), join(folder, file));
  },
  RUN: (command) => sh(command.replace(/ && chown .*$/, '')),
  ENTRYPOINT: (words) => (entry = JSON.parse(inside(words))),
  HEALTHCHECK: (words) => (health = JSON.parse(words.slice(words.indexOf('[')))),
};

async function serve() {
  const [program, ...args] = entry;
  execFileSync(program, [...args, 'init'], { cwd: folder, stdio: 'inherit' });
  const serving = spawn(program, [...args, 'serve', '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(serving, 'exit');
  await Promise.race([once(serving.stdout, 'data'), ended]);
  try {
    execFileSync(health[0], health.slice(1));
  } finally {
    serving.kill('SIGTERM');
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}`);
}

try {
  for (const [step, what] of lines) {
    console.log(`> ${step} ${what}`);
    steps[step]?.(what);
  }
  await serve();
  console.log('the image would serve, and its health check would say so');
} finally {
  rmSync(place, { recursive: true, force: true });
}
