import { expect } from 'chai';
import fc from 'fast-check';
import { rangesCount, rangesInclude, rangesMinus, rangesOf, rangesUnion } from '@dragoman/core';
import type { Ranges } from '@dragoman/core';

const numbers = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });

function membersOf(ranges: Ranges): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, step) => from + step));
}

function sorted(set: ReadonlySet<number>): number[] {
  return [...set].sort((a, b) => a - b);
}

/** Ordered, disjoint and with a gap between any two: the one way to write a set down. */
function expectNormal(ranges: Ranges): void {
  for (const [at, [from, to]] of ranges.entries()) {
    expect(from).to.be.at.most(to);
    const next = ranges[at + 1];
    if (next !== undefined) expect(to + 1).to.be.below(next[0]);
  }
}

describe('intervals hold the same numbers as a set', () => {
  it('made of numbers in any order, repeated or not', () => {
    fc.assert(
      fc.property(numbers, (some) => {
        const ranges = rangesOf(some);
        expectNormal(ranges);
        expect(membersOf(ranges)).to.deep.equal(sorted(new Set(some)));
        expect(rangesCount(ranges)).to.equal(new Set(some).size);
      }),
    );
  });

  it('united', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const union = rangesUnion(rangesOf(a), rangesOf(b));
        expectNormal(union);
        expect(membersOf(union)).to.deep.equal(sorted(new Set([...a, ...b])));
      }),
    );
  });

  it('one without the other', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [left, without] = [rangesMinus(rangesOf(a), rangesOf(b)), new Set(b)];
        expectNormal(left);
        expect(membersOf(left)).to.deep.equal(sorted(new Set(a.filter((n) => !without.has(n)))));
      }),
    );
  });

  it('asked for one number', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 41 }), (some, n) => {
        expect(rangesInclude(rangesOf(some), n)).to.equal(some.includes(n));
      }),
    );
  });
});

describe('intervals', () => {
  it('of an empty interval nothing is left', () => {
    expect(rangesMinus([[1, 0]], [])).to.deep.equal([]);
    expect(rangesMinus([[1, 0]], [[1, 5]])).to.deep.equal([]);
  });

  it('of many thousand scattered numbers are made as fast as they are sorted', () => {
    const every2nd = Array.from({ length: 50_000 }, (_, n) => 2 * n + 1);
    const startedAt = performance.now();
    expect(rangesOf(every2nd)).to.have.lengthOf(50_000);
    expect(performance.now() - startedAt).to.be.below(1_000);
  });
});
