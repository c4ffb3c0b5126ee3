import { expect } from 'chai';
import { at, hasOpened, hasStatus, hasText, opened, statuses, texts } from './heard.js';
import { conversation, openDesk, type Desk } from './happychat-desk.js';

const accepting = (isEnabled: boolean): object => ({ type: 'SET_SYSTEM_ACCEPTS_CUSTOMERS', isEnabled });

/** Where the original crashes, leaks or contradicts itself; the numbers are those of docs/dialects/happychat.md. */
describe("happychat's decisions", () => {
  let desk: Desk;

  afterEach(() => desk.close());

  it('2: what a client says before it is known who it is waits, a hundred events of it, in order', async () => {
    const much = { perSecond: 1e6, burst: 1e6 };
    desk = await openDesk({ limits: { rates: { customer: much, operator: much } } });
    const joe = desk.service.join('/customer', '', { answer: null });
    joe.socket.on('token', (reply: (user: object) => void) => {
      for (let id = 0; id < 110; id += 1) joe.say('message', { id, text: `word ${id}` });
      reply({ id: 'joe', username: 'joe', picture: '', session_id: 'joe' });
    });
    await joe.until(hasText('word 99'));
    joe.say('message', { id: 200, text: 'after' });
    await joe.until(hasText('after'));
    expect(joe.heard.slice(0, 5).map(({ name }) => name)).to.deep.equal(['connect', 'init', 'accept', 'status', 'log']);
    expect(texts(joe, 'message')).to.deep.equal([...Array.from({ length: 100 }, (_, id) => `word ${id}`), 'after']);
  });

  it('3: who was refused hears nothing of what operators share', async () => {
    desk = await openDesk();
    const nobody = desk.service.join('/operator', '', { answer: { id: 1 } });
    await nobody.next('unauthorized');
    const olga = await desk.operator('olga');
    await desk.state(olga);
    await olga.next('broadcast.update');
    desk.clock.advance(5_000);
    await nobody.next('disconnect');
    expect(nobody.heard.map(({ name }) => name)).to.deep.equal(['connect', 'unauthorized', 'disconnect']);
  });

  it('5: an operator is told who he is, then the state, then each of his chats with its log', async () => {
    desk = await openDesk();
    const olga = await desk.operator('olga');
    const [joe] = [await desk.asks('joe'), await desk.asks('ann')];
    await olga.until(hasOpened(2));
    olga.close();
    await joe.until(hasStatus('abandoned'));
    const back = await desk.operator('olga', { status: null });
    await back.until(hasOpened(2));
    expect(back.heard.map(({ name }) => name).filter((name) => name !== 'broadcast.update')).to.deep.equal([
      ...['connect', 'init', 'broadcast.state'],
      ...['chat.open', 'log', 'chat.open', 'log'],
    ]);
  });

  it('8: a chat that is closed while its customer is away is closed once, and nobody says that he left', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    joe.close();
    await desk.until('he is away', () => {
      desk.clock.advance(20);
      return olga.heard.some(({ args }) => JSON.stringify(args[2] ?? null).includes('customer-disconnect'));
    });
    olga.say('chat.close', 'joe');
    await olga.until(hasText('chat closed'));
    for (let minute = 0; minute < 3; minute += 1) {
      desk.clock.advance(60_000);
      await olga.ask('broadcast.state');
    }
    expect(texts(olga, 'chat.message')).to.deep.equal(['operator assigned', 'chat closed']);
    expect(olga.heard.filter(({ name }) => name === 'chat.close')).to.have.lengthOf(1);
  });

  it('9: who waits while the desk takes nobody is helped as soon as it does', async () => {
    desk = await openDesk();
    const zoe = await desk.operator('zoe', { status: null });
    await zoe.ask('broadcast.dispatch', accepting(false));
    const joe = await desk.asks('joe');
    const olga = await desk.operator('olga');
    await olga.ask('broadcast.state');
    expect([statuses(joe), opened(olga)]).to.deep.equal([['new', 'pending'], []]);
    await zoe.ask('broadcast.dispatch', accepting(true));
    await joe.until(hasStatus('assigned'));
    expect(opened(olga)).to.deep.equal(['joe']);
  });

  it('12: of a chat that nobody knows nothing is made, whatever is asked of it', async () => {
    desk = await openDesk();
    const olga = await desk.operator('olga');
    for (const name of ['chat.open', 'chat.join', 'chat.leave', 'chat.close', 'chat.block']) olga.say(name, 'ghost');
    olga.say('chat.transfer', 'ghost', 'olga');
    olga.say('chat.typing', 'ghost', 'boo');
    olga.say('message', 'ghost', { id: 1, text: 'boo' });
    expect(await olga.ask('chat.transcript', 'ghost', null)).to.deep.equal(['chat not found', null]);
    expect(at(await desk.state(olga), 'chatlist')).to.deep.equal({});
    expect(new Set(olga.heard.map(({ name }) => name))).to.deep.equal(
      new Set(['connect', 'init', 'broadcast.state', 'broadcast.update']),
    );
  });

  it('12: an operator who is known but away is as good as unknown to a transfer', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    const zoe = await desk.operator('zoe', { status: null });
    zoe.close();
    await desk.until('zoe is gone', () => {
      desk.clock.advance(20);
      return olga.heard.some(
        ({ args }) => at(args[2], 'v', 'operators', 'v', 'identities', 'v', 'zoe', 'v', 'online') === false,
      );
    });
    await olga.ask('status', 'unavailable');
    olga.say('chat.transfer', 'joe', 'zoe');
    await joe.until(hasStatus('missed'));
  });

  it('18: two messages of one id are two messages', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    joe.say('message', { id: 7, text: 'one' });
    joe.say('message', { id: 7, text: 'two' });
    await olga.until(hasText('two'));
    expect(texts(joe, 'message')).to.deep.equal(['hello from joe', 'one', 'two']);
    expect(texts(olga, 'chat.message')).to.deep.equal(['operator assigned', 'one', 'two']);
  });

  it('19: a transfer takes the load along', async () => {
    desk = await openDesk();
    const { olga } = await conversation(desk);
    const zoe = await desk.operator('zoe', { status: null });
    const loads = async (): Promise<unknown[]> => {
      const members = at(await desk.state(olga), 'locales', 'memberships', 'en-US');
      return ['olga', 'zoe'].map((name) => at(members, name, 'load'));
    };
    expect(await loads()).to.deep.equal([1, 0]);
    olga.say('chat.transfer', 'joe', 'zoe');
    await zoe.until(hasText('chat transferred'));
    expect(await loads()).to.deep.equal([0, 1]);
  });

  it('a customer who goes before he has said anything leaves nothing behind', async () => {
    desk = await openDesk();
    const [bot, joe] = [await desk.agent(), await desk.customer('joe')];
    const known = async (): Promise<unknown> => at((await bot.ask('system.info'))[0], 'chats', 'length');
    expect(await known()).to.equal(1);
    joe.close();
    let count: unknown = 1;
    while (count !== 0) count = await known();
  });

  it('who leaves a chat no longer hears it, and it stays his all the same', async () => {
    desk = await openDesk();
    const { joe, olga } = await conversation(desk);
    const zoe = await desk.operator('zoe', { status: null });
    zoe.say('chat.join', 'joe');
    await zoe.until(hasText('operator joined'));
    await olga.until(hasText('operator joined'));
    const before = olga.heard.length;
    olga.say('chat.leave', 'joe');
    await zoe.until(hasText('operator left'));
    joe.say('message', { id: 2, text: 'who is there?' });
    await zoe.until(hasText('who is there?'));
    const record = at(await desk.state(olga), 'chatlist', 'joe');
    // Leaving ends the membership and not the assignment.
    expect([at(record, 0), at(record, 2, 'id'), at(record, 4)]).to.deep.equal(['assigned', 'olga', { zoe: true }]);
    joe.say('typing', 'I wonder');
    await zoe.next('chat.typing');
    zoe.say('chat.close', 'joe');
    await zoe.next('chat.close');
    await desk.state(olga);
    const told = olga.heard.slice(before).map(({ name }) => name);
    expect(told.filter((name) => !name.startsWith('broadcast.'))).to.deep.equal(['chat.leave']);
  });
});
