import { createCore, neverAway } from '@dragoman/core';
import { expect } from 'chai';
import { served } from './served.js';

interface Answer {
  readonly total: number;
  readonly chats?: readonly { readonly id: string; readonly customer: string }[];
  readonly queue?: readonly { readonly chatId: string }[];
}

describe('the lists of the inspector', () => {
  const count = 130;
  let ask: (path: string) => Promise<Answer>;
  let close: () => Promise<void>;

  before(async () => {
    const core = await createCore();
    const person = { workspaceId: 'default', space: 'test', realm: '', idType: 'string', side: 'customer' } as const;
    for (let number = 0; number < count; number += 1) {
      const who = { ...person, role: 'customer', externalId: `c-${number}`, name: `Customer ${number}` } as const;
      const session = await core.connect(who, { scope: 'own', echo: 'all', chats: 'mine', away: neverAway }, () => {});
      const body = { kind: 'text', text: 'Hello?' } as const;
      const words = { type: 'PostMessage', to: { key: who.externalId }, body, ifClosed: 'new' } as const;
      for (let times = number === 0 ? 1100 : 1; times > 0; times -= 1) await core.dispatch(session, words);
    }
    const about = { core, workspaceIds: ['default'], adapters: [], observe: () => () => {}, readable: String };
    const house = await served(about);
    ask = async (path) => (await house.ask(path)).body;
    close = async () => {
      await house.close();
      await core.stop();
    };
  });
  after(() => close());

  it('come a hundred at once, and every chat is in one of the parts', async () => {
    const parts = [await ask('chats?first=0'), await ask('chats?first=100'), await ask('chats?first=200')];
    expect(parts.map(({ chats, total }) => [chats?.length, total])).to.deep.equal([
      [100, count],
      [30, count],
      [0, count],
    ]);
    expect(new Set(parts.flatMap(({ chats = [] }) => chats.map(({ id }) => id))).size).to.equal(count);
    const waiting = [await ask('queue'), await ask('queue?first=100')];
    expect(waiting.map(({ queue, total }) => [queue?.length, total])).to.deep.equal([
      [100, count],
      [30, count],
    ]);
  });

  it('tell where the first message of a chat is, however many came after it', async () => {
    const { chats } = await ask('chats?text=customer%200');
    const answer = await ask(`messages/${encodeURIComponent(`${chats?.[0]?.id}:1`)}`);
    expect(answer).to.have.nested.property('line.message.text', 'Hello?');
  });

  it('are searched whole, whichever part is shown', async () => {
    const { chats, total } = await ask('chats?text=customer%20129&status=open&space=test');
    expect([total, chats?.[0]?.customer]).to.deep.equal([1, 'Customer 129']);
    expect((await ask('chats?text=customer&status=closed')).total).to.equal(0);
    expect((await ask('chats?space=toString')).total).to.equal(0);
  });

  for (const odd of ['-1', 'abc', '1e99', '0.5', '%00']) {
    it(`begin with the first where nobody knows what ${odd} is`, async () => {
      expect((await ask(`queue?first=${odd}`)).queue).to.deep.equal((await ask('queue')).queue);
    });
  }
});
