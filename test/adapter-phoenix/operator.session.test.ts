import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import type { ClientOptions } from './clients.js';
import { botOfCore, openHouse, type House } from './clustaar-house.js';
import { desk, get, visitor, wordsOf } from './operator-desk.js';

const withOperators = { settings: { operators: {} } };
const withBot = { ...withOperators, core: { workspaces: [{ id: 'default', bot: botOfCore }] } };

const clients: readonly ClientOptions[] = [
  { version: '1.8.16', transport: 'websocket' },
  { version: '1.8.16', transport: 'longpoll' },
  { version: '1.3.5', transport: 'websocket' },
  { version: '1.3.5', transport: 'longpoll' },
];

/** A customer of another protocol who has said two hundred things; the chat. */
async function talkative({ core }: House, id: string): Promise<string> {
  const who = { workspaceId: 'default', space: 'other', side: 'customer', role: 'customer', realm: '' } as const;
  const how = { scope: 'own', echo: 'others', away: null, chats: 'mine' } as const;
  const session = await core.connect({ ...who, externalId: id, idType: 'string', name: id }, how, () => undefined);
  let chatId = '';
  for (let n = 0; n < 200; n += 1) {
    const body = { kind: 'text', text: `${id} ${n}` } as const;
    const said = await core.dispatch(session, { type: 'PostMessage', to: { key: id }, body, ifClosed: 'new' });
    chatId = said.ok ? (said.chat?.id ?? '') : '';
  }
  return chatId;
}

describe('an operator on his topic', () => {
  let house: House;

  afterEach(() => house.close());

  for (const client of clients) {
    it(`works a chat from its first word to its end: phoenix ${client.version}, ${client.transport}`, async () => {
      house = await openHouse(withBot);
      const bot = await house.bot();
      const olga = await desk(house, 'olga', client);
      const operator = { id: 'olga', name: 'Olga' };
      expect(olga.joined).to.deep.equal(['ok', { operator, is_supervisor: false, status: 'available' }]);
      const ada = await visitor(house, 'ada');
      await ada.say('Hello');
      await eventually('the bot hears it', () => bot.chatId() !== '');
      const [, list] = await olga.ask('chats.list');
      const chatId = String(get(list, 'chats', '0', 'id'));
      expect(get(list, 'chats', '0', 'control')).to.equal('bot');
      expect(get(list, 'chats', '0', 'customer')).to.deep.equal({ id: 'ada', name: 'ada' });
      expect((await olga.ask('chat.take', { chat_id: chatId }))[0]).to.equal('ok');
      const [, history] = await olga.ask('chat.history', { chat_id: chatId });
      expect((get(history, 'messages') as readonly unknown[]).map(wordsOf)).to.deep.equal(['Hello']);
      const said = await olga.ask('chat.reply', { chat_id: chatId, body: { type: 'text', message: 'Olga here' } });
      expect(get(said, '1', 'message', 'seq')).to.equal(2);
      await eventually('she is heard', () => ada.told.includes('Olga here'));
      await ada.say('a person!');
      await eventually('he is heard', () => olga.heard().includes('a person!'));
      await olga.ask('chat.read', { chat_id: chatId });
      await olga.ask('chat.release', { chat_id: chatId, to: 'bot' });
      await eventually('the bot has the word', () => ada.told.includes('released'));
      await olga.ask('chat.take', { chat_id: chatId });
      expect((await olga.ask('chat.close', { chat_id: chatId }))[0]).to.equal('ok');
      await eventually('she is told of the end', () => olga.lives().includes('closed'));
      expect(ada.told).to.deep.equal(['taken', 'Olga here', 'released', 'taken', 'released']);
      expect(olga.lives()).to.include.members(['opened', 'released', 'assigned', 'closed']);
      for (const one of [olga, ada]) one.leave();
    });
  }

  for (const transport of ['websocket', 'longpoll'] as const) {
    it(`is told a gap of a thousand words on one connection: ${transport}`, async () => {
      const limits = { rates: { customer: { perSecond: 1, burst: 500 }, operator: { perSecond: 1, burst: 500 } } };
      house = await openHouse({ ...withOperators, core: { limits } });
      const first = await desk(house, 'olga', { params: { status: 'available' } });
      await first.ask('status', { capacity: { 'en-US': null } });
      const since: Record<string, number> = {};
      for (const id of ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay']) since[await talkative(house, id)] = 1;
      first.leave();
      const back = await desk(house, 'olga', { transport, params: { since } });
      const gaps = (): number => back.lives().filter((life) => life === 'now').length;
      await eventually('every gap is filled', () => gaps() === 6);
      expect(new Set(back.heard()).size).to.be.above(1100);
      back.leave();
    });
  }

  it('is not there unless the adapter is told so', async () => {
    house = await openHouse();
    const olga = await desk(house, 'olga');
    expect(olga.joined).to.deep.equal(['error', { reason: 'unmatched topic' }]);
    olga.leave();
  });
});

describe('what an operator may do on his topic', () => {
  let house: House;
  const text = (message: string): object => ({ body: { type: 'text', message } });

  /** A chat that waits, and operators who have not been given it. */
  async function waiting(settings: object = withOperators) {
    house = await openHouse(settings);
    const away = { params: { status: 'away' } };
    const [olga, otto] = [await desk(house, 'olga', away), await desk(house, 'otto', away)];
    const ada = await visitor(house, 'ada');
    await ada.say('anybody?');
    await eventually('both see it', () => [olga, otto].every((one) => one.lives().includes('queued')));
    const chat = { chat_id: olga.chatId() };
    return { olga, otto, ada, chat, leave: () => [olga, otto, ada].forEach((one) => one.leave()) };
  }

  afterEach(() => house.close());

  it('one operator gets a chat that two take, and the other is told who', async () => {
    const { olga, otto, chat, leave } = await waiting();
    const answers = await Promise.all([olga.ask('chat.take', chat), otto.ask('chat.take', chat)]);
    const winner = answers[0]?.[0] === 'ok' ? { id: 'olga', name: 'Olga' } : { id: 'otto', name: 'Otto' };
    expect(answers.map(([status]) => status)).to.have.members(['ok', 'error']);
    const lost = answers.find(([status]) => status === 'error');
    expect(lost?.[1]).to.deep.equal({ reason: 'already taken', operator: winner });
    leave();
  });

  it('a chat of a colleague is taken only when that is said, and he hears of it', async () => {
    const { olga, otto, chat, leave } = await waiting();
    await olga.ask('chat.take', chat);
    expect((await otto.ask('chat.take', { ...chat, from_colleague: true }))[0]).to.equal('ok');
    await eventually('she hears of it', () => get(olga.told.at(-1)?.payload, 'chat', 'operator', 'id') === 'otto');
    expect(get(olga.told.at(-1)?.payload, 'from')).to.deep.equal({ id: 'olga', name: 'Olga' });
    leave();
  });

  it('only the holder, or a supervisor, lets go of a chat or ends it', async () => {
    const { olga, otto, chat, leave } = await waiting();
    await olga.ask('chat.take', chat);
    const refused = ['error', { reason: 'not yours', operator: { id: 'olga', name: 'Olga' } }];
    expect(await otto.ask('chat.close', chat)).to.deep.equal(refused);
    expect(await otto.ask('chat.release', { ...chat, to: 'queue' })).to.deep.equal(refused);
    const boss = await desk(house, 'boss', { params: { status: 'away' } });
    expect(get(boss.joined[1], 'is_supervisor')).to.equal(true);
    expect((await boss.ask('chat.close', chat))[0]).to.equal('ok');
    expect(await olga.ask('chat.reply', { ...chat, ...text('hello?') })).to.deep.equal([
      'error',
      { reason: 'chat closed' },
    ]);
    expect((await olga.ask('chat.reopen', chat))[0]).to.equal('ok');
    boss.leave();
    leave();
  });

  it('a chat goes to a colleague by his id, and to nobody who is not known', async () => {
    const { olga, otto, ada, chat, leave } = await waiting();
    await olga.ask('chat.take', chat);
    const unknown = ['error', { reason: 'unknown operator' }];
    expect(await olga.ask('chat.transfer', { ...chat, to: 'nobody' })).to.deep.equal(unknown);
    expect((await olga.ask('chat.transfer', { ...chat, to: 'otto' }))[0]).to.equal('ok');
    await ada.say('still there?');
    await eventually('he hears her', () => otto.heard().includes('still there?'));
    await otto.ask('chat.reply', { ...chat, ...text('I am now') });
    await eventually('she hears him', () => ada.told.includes('I am now'));
    leave();
  });

  it('a reply that is sent twice is said once', async () => {
    const { olga, ada, chat, leave } = await waiting();
    const [first, again] = [
      await olga.ask('chat.reply', { ...chat, id: 'r1', ...text('Hi') }),
      await olga.ask('chat.reply', { ...chat, id: 'r1', ...text('Hi') }),
    ];
    expect(first[0]).to.equal('ok');
    expect(get(again[1], 'message')).to.deep.equal(get(first[1], 'message'));
    const other = await olga.ask('chat.reply', { ...chat, id: 'r1', ...text('something else') });
    expect(other).to.deep.equal(['error', { reason: 'id conflict' }]);
    await olga.ask('chat.reply', { ...chat, ...text('Bye') });
    await eventually('the page heard both', () => ada.told.includes('Bye'));
    expect(ada.told).to.deep.equal(['taken', 'Hi', 'Bye']);
    leave();
  });

  it('a release to a bot that there is not is refused, one to the queue lets the next take it', async () => {
    const { olga, otto, chat, leave } = await waiting();
    await olga.ask('chat.take', chat);
    expect(await olga.ask('chat.release', chat)).to.deep.equal(['error', { reason: 'no bot' }]);
    await otto.ask('status', { status: 'available', capacity: { 'en-US': 1 } });
    await olga.ask('chat.release', { ...chat, to: 'queue' });
    await eventually('he is given it', () => get(otto.told.at(-1)?.payload, 'chat', 'operator', 'id') === 'otto');
    leave();
  });

  it('lists come in pages, of all chats, of one’s own, and of those that wait', async () => {
    const { olga, chat, leave } = await waiting();
    const bob = await visitor(house, 'bob');
    await bob.say('me too');
    await eventually('she sees it', () => olga.chatId() !== chat.chat_id);
    const ids = async (payload: object): Promise<unknown> => {
      const [, page] = await olga.ask('chats.list', payload);
      const chats = get(page, 'chats') as readonly unknown[];
      return [chats.map((one) => get(one, 'customer', 'id')), get(page, 'has_more')];
    };
    expect(await ids({ limit: 1 })).to.deep.equal([['bob'], true]);
    expect(await ids({ limit: 1, before: olga.chatId() })).to.deep.equal([['ada'], false]);
    await olga.ask('chat.take', chat);
    expect(await ids({ scope: 'mine' })).to.deep.equal([['ada'], false]);
    expect(await ids({ scope: 'waiting' })).to.deep.equal([['bob'], false]);
    const [, all] = await olga.ask('operators.list');
    expect(get(all, 'operators')).to.deep.include({ id: 'otto', name: 'Otto', status: 'away', is_online: true });
    bob.leave();
    leave();
  });

  it('a history comes in pages too, and tells what became of each message', async () => {
    const { olga, ada, chat, leave } = await waiting();
    for (const said of ['two', 'three']) await ada.say(said);
    await olga.ask('chat.take', chat);
    await olga.ask('chat.read', { ...chat, up_to: 2 });
    const [, last] = await olga.ask('chat.history', { ...chat, limit: 2 });
    const messages = get(last, 'messages') as readonly unknown[];
    expect(messages.map(wordsOf)).to.deep.equal(['two', 'three']);
    expect(get(messages[0], 'receipt')).to.equal('read');
    expect(get(messages[1], 'receipt')).not.to.equal('read');
    expect(get(last, 'has_more')).to.equal(true);
    const [, first] = await olga.ask('chat.history', { ...chat, before: get(messages[0], 'number') });
    expect((get(first, 'messages') as readonly unknown[]).map(wordsOf)).to.deep.equal(['anybody?']);
    leave();
  });

  it('calls that are none, of chats that are none, are refused and change nothing', async () => {
    const { olga, leave } = await waiting();
    const chat = { chat_id: '00000000-0000-7000-8000-000000000000' };
    for (const event of ['chat.take', 'chat.history', 'chat.close', 'chat.read', 'chat.join']) {
      expect(await olga.ask(event, chat), event).to.deep.equal(['error', { reason: 'unknown chat' }]);
    }
    expect(await olga.ask('chat.take')).to.deep.equal(['error', { reason: 'invalid payload' }]);
    expect(await olga.ask('chat.erase', chat)).to.deep.equal(['error', { reason: 'unhandled event' }]);
    leave();
  });

  it('nobody joins with a customer’s token, a wrong one, or a colleague’s', async () => {
    house = await openHouse(withOperators);
    for (const token of ['token-olga', 'nonsense', 'desk-otto']) {
      const page = await desk(house, 'olga', { params: { token } });
      expect(page.joined, token).to.deep.equal(['error', { reason: 'unauthorized' }]);
      page.leave();
    }
    const late = await desk(house, 'late', { params: { token: 'token-late' } });
    expect(late.joined).to.deep.equal(['error', { reason: 'unavailable' }]);
    late.leave();
    const empty = await desk(house, 'olga', { params: { token: '' } });
    expect(empty.joined).to.deep.equal(['error', { reason: 'invalid params' }]);
    empty.leave();
  });

  it('who comes back with the versions of more than 200 chats is refused as documented, with 200 he is let in', async () => {
    house = await openHouse(withOperators);
    const of = (chats: number): object => Object.fromEntries(Array.from({ length: chats }, (_, n) => [`c${n}`, 1]));
    const many = await desk(house, 'olga', { params: { since: of(201) } });
    expect(many.joined).to.deep.equal(['error', { reason: 'invalid params' }]);
    const fewer = await desk(house, 'olga', { params: { since: of(200) } });
    expect(fewer.joined[0]).to.equal('ok');
    for (const page of [many, fewer]) page.leave();
  });

  it('whose calls are too fast is told how long to wait', async () => {
    const { olga, leave } = await waiting({ settings: { operators: { calls: { perSecond: 1, burst: 2 } } } });
    await Promise.all([olga.ask('operators.list'), olga.ask('operators.list')]);
    const [status, response] = await olga.ask('operators.list');
    expect([status, get(response, 'reason')]).to.deep.equal(['error', 'rate limited']);
    expect(get(response, 'retry_after_ms')).to.be.within(1, 1000);
    leave();
  });
});

describe('an operator who comes back', () => {
  let house: House;
  const text = (message: string): object => ({ body: { type: 'text', message } });

  afterEach(() => house.close());

  it('hears on one page what he says on another, and not on the same', async () => {
    house = await openHouse(withOperators);
    const [one, other] = [await desk(house, 'olga'), await desk(house, 'olga')];
    const ada = await visitor(house, 'ada');
    await ada.say('anybody?');
    await eventually('it is hers', () => one.lives().includes('assigned'));
    await one.ask('chat.reply', { chat_id: one.chatId(), id: 'r1', ...text('Hi') });
    await eventually('the other page has it', () => other.heard().includes('Hi'));
    const shown = other.told.find(({ payload }) => wordsOf(payload['message']) === 'Hi');
    expect(get(shown?.payload, 'message', 'client_id')).to.equal('r1');
    expect(one.heard()).not.to.include('Hi');
    for (const page of [one, other, ada]) page.leave();
  });

  it('is told what was said in his chats meanwhile, once', async () => {
    house = await openHouse(withOperators);
    const first = await desk(house, 'olga');
    const ada = await visitor(house, 'ada');
    await ada.say('one');
    await eventually('it is hers', () => first.lives().includes('assigned'));
    await first.ask('chat.reply', { chat_id: first.chatId(), ...text('Hi') });
    const before = house.core.sessions.filter(({ isOver }) => isOver).length;
    first.leave();
    await eventually('she is gone', () => house.core.sessions.filter(({ isOver }) => isOver).length > before);
    for (const said of ['two', 'three']) await ada.say(said);
    const back = await desk(house, 'olga');
    await eventually('she is told', () => back.heard().includes('three'));
    expect(back.heard()).to.deep.equal(['two', 'three']);
    for (const page of [back, ada]) page.leave();
  });

  it('is told exactly what came after the versions he names, though it was written to him before', async () => {
    house = await openHouse(withOperators);
    const first = await desk(house, 'olga');
    const ada = await visitor(house, 'ada');
    await ada.say('one');
    await eventually('it is hers', () => first.lives().includes('assigned'));
    const chatId = first.chatId();
    const said = await first.ask('chat.reply', { chat_id: chatId, id: 'r1', ...text('Hi') });
    const since = { [chatId]: Number(get(said[1], 'version')) - 1 };
    await ada.say('two');
    await eventually('it was written to her', () => first.heard().includes('two'));
    first.leave();
    await ada.say('three');
    const back = await desk(house, 'olga', { params: { since } });
    await eventually('she is told all', () => back.lives().includes('now'));
    await ada.say('four');
    await eventually('and it goes on', () => back.heard().includes('four'));
    expect(back.heard()).to.deep.equal(['Hi', 'two', 'three', 'four']);
    const versions = back.told.flatMap(({ event, payload }) =>
      event === 'message' ? [Number(payload['version'])] : [],
    );
    expect(versions).to.deep.equal([...versions].sort((a, b) => a - b));
    for (const page of [back, ada]) page.leave();
  });

  for (const client of clients) {
    it(`goes on by himself after a restart: phoenix ${client.version}, ${client.transport}`, async () => {
      house = await openHouse({ settings: { ...withOperators.settings, channels: { pollSecret: 'the same' } } });
      const olga = await desk(house, 'olga', client);
      const ada = await visitor(house, 'ada');
      await ada.say('before');
      await eventually('it is hers', () => olga.lives().includes('assigned'));
      const sessions = house.core.sessions.length;
      await house.adapter.stop({ reason: 'SHUTDOWN', overMs: 0 });
      await house.adapter.start(house.core);
      await eventually('both are back', () => house.core.sessions.length >= sessions + 2);
      await ada.say('after');
      await eventually('she hears him', () => olga.heard().includes('after'));
      await olga.ask('chat.reply', { chat_id: olga.chatId(), ...text('welcome back') });
      await eventually('he hears her', () => ada.told.includes('welcome back'));
      for (const page of [olga, ada]) page.leave();
    });
  }
});
