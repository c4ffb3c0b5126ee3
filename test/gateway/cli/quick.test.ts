import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { typed } from './typed.js';

/** Everything that is loaded with a compiled file: what it imports where it stands, and what those import. */
function loadedWith(file: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
  const text = readFileSync(file, 'utf8');
  for (const [, from = ''] of text.matchAll(/^(?:import|export) (?:[^'"]*? from )?['"]([^'"]+)['"];/gm)) {
    const next = from.startsWith('.') ? new URL(from, file).href : from;
    if (seen.has(next)) continue;
    seen.add(next);
    if (next !== from) loadedWith(new URL(next), seen);
  }
  return seen;
}

describe('help, completion and what is typed wrong', () => {
  it('answer at once: the command loads what a command needs when it is typed', () => {
    const main = new URL('../main.js', import.meta.resolve('@dragoman/gateway/cli'));
    const loaded = [...loadedWith(main)];
    expect(loaded.filter((name) => name.endsWith('/cli/commands/serve.js'))).to.have.length(1);
    expect(loaded.filter((name) => !/^(file|node):/.test(name))).to.deep.equal(['commander']);
  });

  it('name the command that was nearly typed, and the value that an option may have', async () => {
    const nearly = await typed(['tokn', 'ada']);
    expect([nearly.code, nearly.err]).to.satisfy(([code, err]: [number, string]) => code === 2 && /token/.test(err));
    const program = await typed(['tokn', 'ada', '--json']);
    expect(program.code).to.equal(2);
    expect(JSON.parse(program.err)).to.include({ error: 'usage' });
    const tail = await typed(['tail', '--type', 'frames']);
    expect([tail.code, tail.err]).to.satisfy(([code, err]: [number, string]) => code === 2 && /frame, /.test(err));
  });
});
