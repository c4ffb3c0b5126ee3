import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import type { Channel } from 'phoenix';
import { answerTo, connect, type ClientOptions } from './clients.js';
import { botOfCore, openHouse, type House } from './clustaar-house.js';

const events = ['chat', 'message', 'receipt', 'typing', 'presence'] as const;

interface Told {
  readonly event: (typeof events)[number];
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A page of an operator, and all it is told. */
async function desk(house: House, id: string, options: ClientOptions & { readonly params?: object } = {}) {
  const { params, ...how } = options;
  const socket = connect(house.port, how);
  const channel = socket.channel(`operator:${id}`, { token: `desk-${id}`, ...params });
  const told: Told[] = [];
  for (const event of events) channel.on(event, (payload: Told['payload']) => void told.push({ event, payload }));
  const joined = await answerTo(channel.join());
  return {
    channel,
    joined,
    told,
    ask: (event: string, payload: object = {}) => answerTo(channel.push(event, payload)),
    lives: () => told.flatMap(({ event, payload }) => (event === 'chat' ? [String(payload['event'])] : [])),
    heard: () => told.flatMap(({ event, payload }) => (event === 'message' ? [wordsOf(payload['message'])] : [])),
    chatId: () => chatIn(told),
    leave: () => socket.disconnect(),
  };
}

function get(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((at, key) => Reflect.get(Object(at), key), value);
}

const wordsOf = (message: unknown): string => String(get(message, 'body', 'message'));

function chatIn(told: readonly Told[]): string {
  const last = told.findLast(({ payload }) => 'chat' in payload || 'chat_id' in payload);
  return String(get(last?.payload, 'chat', 'id') ?? get(last?.payload, 'chat_id'));
}

/** The page of an interlocutor, and what it is told. */
async function visitor(house: House, id: string) {
  const socket = connect(house.port, { version: '1.5.9' });
  const channel: Channel = socket.channel(`interlocutor:${id}`, { bot_id: 'b1', socketToken: `token-${id}` });
  const told: string[] = [];
  channel.on('agent_reply', ({ body }: { body: { message: string } }) => void told.push(body.message));
  channel.on('control', ({ value }: { value: boolean }) => void told.push(value ? 'taken' : 'released'));
  await answerTo(channel.join());
  const say = (message: string) =>
    answerTo(channel.push('interlocutor_reply', { token: 'k9', body: { type: 'text', message } }));
  return { say, told, leave: () => socket.disconnect() };
}

const withOperators = { settings: { operators: {} } };
const withBot = { ...withOperators, core: { workspaces: [{ id: 'default', bot: botOfCore }] } };

const clients: readonly ClientOptions[] = [
  { version: '1.8.16', transport: 'websocket' },
  { version: '1.8.16', transport: 'longpoll' },
  { version: '1.3.5', transport: 'websocket' },
  { version: '1.3.5', transport: 'longpoll' },
];

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

  it('is not there unless the adapter is told so', async () => {
    house = await openHouse();
    const olga = await desk(house, 'olga');
    expect(olga.joined).to.deep.equal(['error', { reason: 'unmatched topic' }]);
    olga.leave();
  });
});
