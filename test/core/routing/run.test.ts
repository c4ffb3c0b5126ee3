import { expect } from 'chai';
import { evolveShard, nextGrant } from '@dragoman/core/domain';
import type { Shard, Trigger } from '@dragoman/core/domain';
import { hold, queue, seat, shardOf, waiting } from './seats.js';

/** Everything a run gives out, as `chat operator`. */
function run(shard: Shard, trigger: Trigger): string[] {
  const granted: string[] = [];
  for (let grant = nextGrant(shard, trigger); grant !== undefined; grant = nextGrant(shard, trigger)) {
    const { chatId, operatorId } = grant;
    granted.push(`${chatId} ${operatorId}`);
    evolveShard(shard, {
      type: 'RoutingMoved',
      entered: [],
      left: [chatId],
      opened: [{ operatorId, chatId, locale: 'en', kind: 'assignee' }],
      freed: [],
      granted: { operatorId, at: granted.length },
    });
  }
  return granted;
}

describe('serving the queue', () => {
  it('gives the oldest first, to whoever has most room', () => {
    const shard = shardOf({ id: 'a', capacity: 1 }, { id: 'b', capacity: 2 });
    queue(shard, waiting('third', 3), waiting('first', 1), waiting('second', 2), waiting('fourth', 4));
    expect(run(shard, 'chat-waits')).to.deep.equal(['first b', 'second a', 'third b']);
  });

  it('passes a chat nobody can take, and not the ones behind it with other wishes', () => {
    const shard = shardOf({ id: 'olga' });
    queue(shard, waiting('french', 1, { locale: 'fr' }), waiting('vip', 2, { groups: ['vip'] }), waiting('any', 3));
    expect(run(shard, 'chat-waits')).to.deep.equal(['any olga']);
    expect([...shard.lines.entries.keys()]).to.deep.equal(['french', 'vip']);
  });

  it('gives one chat above capacity to who asks for it, and then no more', () => {
    const shard = shardOf({ id: 'olga', capacity: 1, load: 1, isRequesting: true });
    queue(shard, waiting('first', 1), waiting('second', 2));
    expect(run(shard, 'chat-waits')).to.deep.equal(['first olga']);
    expect(shard.seats.get('olga')?.record.isRequesting).to.equal(false);
  });

  it('takes turns between operators with equal room', () => {
    const shard = shardOf({ id: 'a', capacity: null }, { id: 'b', capacity: null });
    queue(shard, waiting('1', 1), waiting('2', 2), waiting('3', 3), waiting('4', 4));
    expect(run(shard, 'chat-waits')).to.deep.equal(['1 a', '2 b', '3 a', '4 b']);
  });

  it('serves missed chats, in their old place, when somebody gets room, not when a chat comes', () => {
    const shard = shardOf({ id: 'olga', capacity: 3 });
    queue(shard, waiting('missed', 1, { isMissed: true }), waiting('new', 2));
    expect(run(shard, 'chat-waits')).to.deep.equal(['new olga']);
    expect(run(shard, 'room-gained')).to.deep.equal(['missed olga']);
    queue(shard, waiting('missed again', 3, { isMissed: true }), waiting('newer', 4));
    hold(shard, 'olga', 'one more');
    seat(shard, { id: 'tom' });
    expect(run(shard, 'room-gained')).to.deep.equal(['missed again tom', 'newer tom']);
  });

  it('serves new chats while the workspace lets nobody in, and gives no gained room away', () => {
    const shard = shardOf({ id: 'olga' });
    shard.isAccepting = false;
    queue(shard, waiting('new', 1));
    expect(run(shard, 'room-gained')).to.deep.equal([]);
    expect(run(shard, 'chat-waits')).to.deep.equal(['new olga']);
  });
});
