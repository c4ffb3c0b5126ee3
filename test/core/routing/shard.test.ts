import { expect } from 'chai';
import { emptyShard, evolveShard, loadOf, newOperator, packShard, unpackShard } from '@dragoman/core/domain';
import type { Shard } from '@dragoman/core/domain';
import { groups, hold, locales, queue, shardOf, waiting } from './seats.js';

const slot = (kind: 'assignee' | 'member', locale = 'en') =>
  ({ operatorId: 'olga', chatId: 'a', locale, kind }) as const;
const moved = { type: 'RoutingMoved', entered: [], left: [], opened: [], freed: [], granted: null } as const;

describe('the state of routing', () => {
  it('always has the group of everybody', () => {
    expect(emptyShard({ isAccepting: true, groups: [], locales }).groups.map(({ id }) => id)).to.deep.equal([
      '__default',
    ]);
    expect(shardOf().groups).to.have.lengthOf(groups.length);
  });

  it('counts the load of an operator by chat, not by how often it is told of it', () => {
    const shard = shardOf({ id: 'olga' });
    evolveShard(shard, { ...moved, opened: [slot('member')] });
    evolveShard(shard, { ...moved, opened: [slot('assignee')] });
    expect(loadOf(shard, 'olga', 'en')).to.equal(1);
    evolveShard(shard, { ...moved, freed: [{ operatorId: 'olga', chatId: 'a' }] });
    evolveShard(shard, { ...moved, freed: [{ operatorId: 'olga', chatId: 'a' }] });
    expect(loadOf(shard, 'olga', 'en')).to.equal(0);
  });

  it('moves the load with the language of a chat', () => {
    const shard = shardOf({ id: 'olga' });
    evolveShard(shard, { ...moved, opened: [slot('assignee')] });
    evolveShard(shard, { ...moved, opened: [slot('assignee', 'fr')] });
    expect([loadOf(shard, 'olga', 'en'), loadOf(shard, 'olga', 'fr')]).to.deep.equal([0, 1]);
  });

  it('gives tickets that were never given before', () => {
    const shard = shardOf();
    queue(shard, waiting('a', shard.nextPlace));
    evolveShard(shard, { ...moved, left: ['a'] });
    expect(shard.nextPlace).to.equal(2);
    queue(shard, waiting('old', 1));
    expect(shard.nextPlace).to.equal(2);
  });

  it('meets an operator who has done nothing yet as not working', () => {
    expect(newOperator('olga', 'auto', shardOf())).to.deep.include({
      status: 'unavailable',
      isOnline: false,
      locales: { en: { capacity: 3, isActive: true } },
      groups: ['__default'],
    });
    expect(newOperator('desk', 'desk', shardOf()).locales).to.deep.equal({ en: { capacity: null, isActive: true } });
  });

  it('holds the slot of an operator it has not met, so that none is lost', () => {
    const shard = shardOf();
    hold(shard, 'stranger', 'a');
    expect(loadOf(shard, 'stranger', 'en')).to.equal(1);
    expect(shard.seats.get('stranger')?.record.isOnline).to.equal(false);
  });

  it('counts a fact it does not know, for one that a newer version wrote', () => {
    const shard = shardOf();
    evolveShard(shard, { ...moved, type: 'Unheard' } as never);
    expect(shard.version).to.equal(1);
  });

  it('is the same after it was packed and unpacked', () => {
    const shard = shardOf({ id: 'olga', load: 2 }, { id: 'tom', isRequesting: true, lastAssignedAt: 7 });
    queue(shard, waiting('a', 5), waiting('b', 4, { isMissed: true }), waiting('c', 9, { locale: 'fr' }));
    evolveShard(shard, { ...moved, left: ['c'] });
    const copy = unpackShard(JSON.parse(JSON.stringify(packShard(shard))));
    expect(plain(copy)).to.deep.equal(plain(shard));
  });
});

/** The shard with its lines in one order, whatever order they were filled in. */
function plain(shard: Shard): unknown {
  return { ...shard, lines: { ...shard.lines, byWish: new Map([...shard.lines.byWish].sort()) } };
}
