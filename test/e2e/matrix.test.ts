import { expect } from 'chai';
import { describeWith } from '../programs.js';
import type { Shown } from './matrix/cell.js';
import { inTurn } from './matrix/pool.js';
import { amiss, nameOf, runCell } from './matrix/run-cell.js';
import { frames } from './matrix/stage.js';
import { cells } from './matrix/table.js';

const atOnce = 4;

/** Most of a cell is waiting, so several are played at once; each is a test of its own all the same. */
function suite(some: typeof cells): void {
  let played: readonly Promise<readonly Shown[]>[] = [];
  before(() => {
    played = inTurn(some, atOnce, runCell);
    // Each is looked at when its turn comes.
    for (const one of played) one.catch(() => undefined);
  });
  some.forEach((cell, index) => {
    it(nameOf(cell), async function () {
      this.timeout(120_000);
      expect(amiss((await played[index]) ?? [])).to.deep.equal([]);
    });
  });
}

const needsBroker = ({ from, to }: (typeof cells)[number]): boolean =>
  [from, to].some(({ dialect }) => dialect.needs === 'rabbitmq');

describe('the whole table: a conversation to its end, which carries what the plan says', () => {
  suite(cells.filter((cell) => !needsBroker(cell)));
});

describeWith('rabbitmq', 'the whole table, over a broker', () => {
  suite(cells.filter(needsBroker));
});

describe('the frames of all these conversations', () => {
  it('are what the AsyncAPI documents describe', () => {
    expect([...frames.seen.keys()]).to.include.members(['happychat', 'tickets', 'convead', 'clustaar']);
    expect([...frames.misfits]).to.deep.equal([]);
  });
});
