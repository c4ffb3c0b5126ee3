import { expect } from 'chai';
import { canAccept, isAnyoneThere, nextOperator } from '@dragoman/core/domain';
import type { Shard } from '@dragoman/core/domain';
import { hold, shardOf } from './seats.js';
import type { Working } from './seats.js';

const anybody = { locale: 'en', groups: ['__default'] };

/** Who gets the next chat. */
function next(shard: Shard, wishes = anybody): string | undefined {
  return nextOperator(shard, wishes)?.id;
}

/** Who gets so many chats, one after the other. */
function served(shard: Shard, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const id = next(shard) ?? 'nobody';
    if (id !== 'nobody') hold(shard, id, `chat-${n}`);
    return id;
  });
}

describe('whom a chat can be given to', () => {
  const working: Working = { id: 'olga' };
  const cases: readonly (readonly [claim: string, operator: Working, isServed: boolean])[] = [
    ['an operator at work with room', working, true],
    ['nobody who is away', { ...working, isOnline: false }, false],
    ['nobody who declines', { ...working, status: 'unavailable' }, false],
    ['nobody of a status that is not known', { ...working, status: 'lunch' }, false],
    ['one in reserve', { ...working, status: 'reserve' }, true],
    ['nobody who takes chats himself', { ...working, mode: 'claim' }, false],
    ['no desk', { ...working, mode: 'desk' }, false],
    ['nobody who has as many as he can', { ...working, capacity: 2, load: 2 }, false],
    ['nobody who has more than he can', { ...working, capacity: 2, load: 3 }, false],
    ['nobody who can have none', { ...working, capacity: 0 }, false],
    ['one without a limit, however many he has', { ...working, capacity: null, load: 50 }, true],
    ['one who asks for more than he can have', { ...working, capacity: 2, load: 2, isRequesting: true }, true],
    ['nobody who asks for one and is away', { ...working, isOnline: false, isRequesting: true }, false],
    ['nobody who does not speak the language', { ...working, locales: { fr: { capacity: 3, isActive: true } } }, false],
    ['nobody who has put the language by', { ...working, locales: { en: { capacity: 3, isActive: false } } }, false],
    ['nobody of another group', { ...working, groups: ['shoes'] }, false],
    ['one who is in no group', { ...working, groups: [] }, true],
  ];

  for (const [claim, operator, isServed] of cases) {
    it(claim, () => expect(next(shardOf(operator))).to.equal(isServed ? 'olga' : undefined));
  }

  it('is counted by language: who is full in one has room in the other', () => {
    const locales = { en: { capacity: 1, isActive: true }, fr: { capacity: 1, isActive: true } };
    const shard = shardOf({ id: 'olga', locales });
    hold(shard, 'olga', 'a', 'fr');
    expect(next(shard)).to.equal('olga');
    expect(next(shard, { locale: 'fr', groups: ['__default'] })).to.equal(undefined);
  });

  it('is looked for group by group, in the order the chat names them', () => {
    const shard = shardOf({ id: 'hatter', groups: ['hats'], load: 2 }, { id: 'cobbler', groups: ['shoes'] });
    expect(next(shard, { locale: 'en', groups: ['hats', 'shoes', '__default'] })).to.equal('hatter');
    expect(next(shard, { locale: 'en', groups: ['shoes', 'hats', '__default'] })).to.equal('cobbler');
    expect(next(shard, { locale: 'en', groups: ['vip'] })).to.equal(undefined);
  });
});

describe('who of several gets a chat', () => {
  /** In order of preference. */
  const preferred: readonly (readonly [claim: string, first: Working, second: Working])[] = [
    ['who asks for one', { id: 'b', load: 3, isRequesting: true }, { id: 'a' }],
    ['in reserve and asking, before who has room', { id: 'b', status: 'reserve', isRequesting: true }, { id: 'a' }],
    ['at work before in reserve', { id: 'b', load: 2 }, { id: 'a', status: 'reserve' }],
    [
      'in reserve with one chat before one with none',
      { id: 'b', status: 'reserve', load: 1 },
      { id: 'a', status: 'reserve' },
    ],
    [
      'in reserve with one chat before one with two',
      { id: 'b', status: 'reserve', load: 1 },
      { id: 'a', status: 'reserve', capacity: 99, load: 2 },
    ],
    ['the greater share of room', { id: 'b', capacity: 2, load: 0 }, { id: 'a', capacity: 9, load: 1 }],
    ['of equal shares the greater room', { id: 'b', capacity: 4, load: 2 }, { id: 'a', capacity: 2, load: 1 }],
    ['of equal room who has waited longest', { id: 'b', lastAssignedAt: 1 }, { id: 'a', lastAssignedAt: 2 }],
    ['of those who waited alike the lower name', { id: 'a' }, { id: 'b' }],
    [
      'without a limit and with one chat, before one with a third of room left',
      { id: 'b', capacity: null, load: 1 },
      { id: 'a', capacity: 3, load: 2 },
    ],
    [
      'with two thirds of room left before one without a limit and one chat',
      { id: 'b', capacity: 3, load: 1 },
      { id: 'a', capacity: null, load: 1 },
    ],
    [
      'without a limit the fewest open chats',
      { id: 'b', capacity: null, load: 1 },
      { id: 'a', capacity: null, load: 2 },
    ],
  ];

  for (const [claim, first, second] of preferred) {
    it(claim, () => {
      expect(next(shardOf(first, second))).to.equal(first.id);
      expect(next(shardOf(second, first)), 'whoever came first').to.equal(first.id);
    });
  }

  it('serves capacities of 6, 5, 4, 1 and 1 in turn by the share of room they have left', () => {
    const capacities = [6, 5, 4, 1, 1];
    const shard = shardOf(...capacities.map((capacity, n) => ({ id: `${n}`, capacity })));
    expect(served(shard, 9).map((id) => capacities[Number(id)])).to.deep.equal([6, 5, 4, 1, 1, 6, 5, 4, 6]);
  });

  it('fills everybody up and then nobody', () => {
    const shard = shardOf({ id: 'a', capacity: 2 }, { id: 'b', capacity: 1 });
    expect(served(shard, 4)).to.deep.equal(['a', 'b', 'a', 'nobody']);
  });

  it('does not give everything to the one without a limit', () => {
    const shard = shardOf({ id: 'free', capacity: null }, { id: 'three', capacity: 3 });
    expect(served(shard, 6)).to.deep.equal(['three', 'free', 'three', 'free', 'free', 'three']);
  });
});

describe('whether a new customer is let in', () => {
  it('while somebody could take him, and the workspace is open', () => {
    const shard = shardOf({ id: 'olga', capacity: 1 });
    expect(canAccept(shard, anybody)).to.equal(true);
    expect(canAccept(shard, { locale: 'fr', groups: ['__default'] })).to.equal(false);
    shard.isAccepting = false;
    expect(canAccept(shard, anybody)).to.equal(false);
  });

  it('not while everybody is full', () => {
    expect(canAccept(shardOf({ id: 'olga', capacity: 1, load: 1 }), anybody)).to.equal(false);
  });

  it('while somebody is there who takes chats himself, whatever he has', () => {
    expect(canAccept(shardOf({ id: 'tom', mode: 'claim', load: 9 }), anybody)).to.equal(true);
    expect(canAccept(shardOf({ id: 'tom', mode: 'claim', isOnline: false }), anybody)).to.equal(false);
  });
});

describe('whether anybody is there at all', () => {
  const cases: readonly (readonly [claim: string, operator: Working, isThere: boolean])[] = [
    ['who fits, though he is full', { id: 'olga', capacity: 1, load: 1 }, true],
    ['who does not speak the language', { id: 'olga', locales: { fr: { capacity: 3, isActive: true } } }, false],
    ['who is in another group', { id: 'olga', groups: ['shoes'] }, false],
    ['who takes chats himself', { id: 'olga', mode: 'claim' }, true],
    ['a desk', { id: 'olga', mode: 'desk' }, true],
    ['a desk that is closed', { id: 'olga', mode: 'desk', status: 'unavailable' }, false],
    ['who declines', { id: 'olga', status: 'unavailable' }, false],
    ['who is away', { id: 'olga', isOnline: false }, false],
  ];
  for (const [who, operator, isThere] of cases) {
    it(`${who}: ${isThere ? 'yes' : 'no'}`, () => expect(isAnyoneThere(shardOf(operator), anybody)).to.equal(isThere));
  }
});
