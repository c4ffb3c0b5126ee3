import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { root } from './repository.js';

describe('the page of limits', () => {
  it('is what the sources say', async () => {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/limits.mjs'), '--check']);
  });

  it('has a value and a reason for each, and every package that meets the outside', async () => {
    const page = await readFile(join(root, 'docs/limits.md'), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (Option|Fixed|-+) /.test(line));
    expect(rows.length).to.be.greaterThan(100);
    for (const name of ['amqp', 'faye', 'http', 'phoenix', 'socketio']) {
      expect(page).to.contain(`## @dragoman/adapter-${name}`);
    }
    const empty = rows.filter((row) =>
      row
        .split('|')
        .slice(1, 4)
        .some((cell) => cell.trim() === ''),
    );
    expect(empty).to.deep.equal([]);
  });
});
