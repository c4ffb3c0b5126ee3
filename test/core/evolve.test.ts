import { expect } from 'chai';
import type { ChatFact } from '@dragoman/core';
import { evolve, prospect } from '@dragoman/core/domain';
import { opened } from '@dragoman/core/testing';

describe('a chat after one more fact', () => {
  const before = prospect('c1', 'default');
  const closed: ChatFact = { type: 'ChatClosed', reason: 'customer', byId: null };
  const unheard: ChatFact = { type: 'ChatPainted', colour: 'blue' } as never;

  for (const fact of [opened('ann'), closed, unheard]) {
    it(`has everything it had, in the same order: ${fact.type}`, () => {
      const after = evolve(before, fact, 5);
      expect(Object.keys(after)).to.deep.equal(Object.keys(before));
      expect(after.version).to.equal(1);
      expect(before.version).to.equal(0);
    });
  }

  it('only counts what a newer version wrote', () => {
    expect(evolve(before, unheard, 5)).to.deep.equal({ ...before, version: 1 });
  });
});
