import { expect } from 'chai';
import fc from 'fast-check';
import type { QueueEntry } from '@dragoman/core';
import { enter, heads, inTurn, leave, noLines, positions } from '@dragoman/core/domain';
import type { Lines } from '@dragoman/core/domain';
import { waiting } from './seats.js';

function linesOf(...entries: readonly QueueEntry[]): Lines {
  const lines = noLines();
  for (const entry of entries) enter(lines, entry);
  return lines;
}

function ids(entries: readonly QueueEntry[]): string[] {
  return entries.map((entry) => entry.chatId);
}

describe('the lines of waiting chats', () => {
  it('keep the order of tickets, in whatever order the chats come', () => {
    const lines = linesOf(waiting('c', 3), waiting('a', 1), waiting('b', 2));
    expect([...positions(lines)]).to.deep.equal([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('let a chat that had been put away go first', () => {
    const lines = linesOf(waiting('a', 1), waiting('again', 9, { priority: 1 }));
    expect(ids(heads(lines, 'waiting-only'))).to.deep.equal(['again']);
    expect(positions(lines).get('a')).to.equal(2);
  });

  it('count the positions of those alone who ask for the same', () => {
    const lines = linesOf(
      waiting('a', 1),
      waiting('french', 2, { locale: 'fr' }),
      waiting('shoes', 3, { groups: ['shoes'] }),
      waiting('b', 4),
    );
    expect(Object.fromEntries(positions(lines))).to.deep.equal({ a: 1, french: 1, shoes: 1, b: 2 });
  });

  it('are headed by the oldest of each, the one whose turn it is first', () => {
    const lines = linesOf(
      waiting('a2', 4),
      waiting('f1', 2, { locale: 'fr' }),
      waiting('a1', 3),
      waiting('f2', 5, { locale: 'fr' }),
    );
    expect(ids(heads(lines, 'waiting-only'))).to.deep.equal(['f1', 'a1']);
  });

  it('hold missed chats apart, which nobody is shown unless asked for, and count them in positions', () => {
    const lines = linesOf(waiting('missed', 1, { isMissed: true }), waiting('a', 2));
    expect(ids(heads(lines, 'waiting-only'))).to.deep.equal(['a']);
    expect(ids(heads(lines, 'with-missed'))).to.deep.equal(['missed', 'a']);
    expect(Object.fromEntries(positions(lines))).to.deep.equal({ missed: 1, a: 2 });
  });

  it('move a chat whose wishes change, and hold it once', () => {
    const lines = linesOf(waiting('a', 1), waiting('b', 2));
    enter(lines, waiting('a', 1, { locale: 'fr' }));
    expect(lines.entries.size).to.equal(2);
    expect(Object.fromEntries(positions(lines))).to.deep.equal({ a: 1, b: 1 });
  });

  it('leave nothing behind when the last one goes, and mind nobody who never came', () => {
    const lines = linesOf(waiting('a', 1));
    leave(lines, 'never');
    leave(lines, 'a');
    leave(lines, 'a');
    expect([lines.entries.size, lines.byWish.size]).to.deep.equal([0, 0]);
  });
});

const entry = fc
  .record({
    chat: fc.integer({ min: 1, max: 12 }),
    place: fc.integer({ min: 1, max: 12 }),
    priority: fc.constantFrom(0, 1),
    locale: fc.constantFrom('en', 'fr'),
    isMissed: fc.boolean(),
  })
  .map(({ chat, place, ...more }) => waiting(`chat-${chat}`, place, more));
const step = fc.oneof(
  entry.map((it) => (lines: Lines, model: Map<string, QueueEntry>) => {
    enter(lines, it);
    model.set(it.chatId, it);
  }),
  fc.integer({ min: 1, max: 12 }).map((chat) => (lines: Lines, model: Map<string, QueueEntry>) => {
    leave(lines, `chat-${chat}`);
    model.delete(`chat-${chat}`);
  }),
);

describe('lines in any order of coming and going', () => {
  it('hold the same as a list that is sorted every time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [lines, model] = [noLines(), new Map<string, QueueEntry>()];
        for (const act of steps) act(lines, model);
        expect(new Map(lines.entries)).to.deep.equal(model);
        const all = [...model.values()].sort(inTurn);
        for (const line of lines.byWish.values()) {
          const alike = all.filter(
            ({ locale, isMissed }) => locale === line[0]?.locale && isMissed === line[0].isMissed,
          );
          expect(new Set(ids(line))).to.deep.equal(new Set(ids(alike)));
          expect(line.toSorted(inTurn), 'in turn').to.deep.equal(line);
        }
        expect([...lines.byWish.values()].flat()).to.have.lengthOf(model.size);
      }),
    );
  });
});
