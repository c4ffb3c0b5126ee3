import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { cuttingProxy, type CuttingProxy } from '../adapter-amqp/cutting-proxy.js';
import { openHouse, type House } from './clustaar-house.js';
import { connect } from './clients.js';
import { desk, visitor } from './operator-desk.js';

const withOperators = { settings: { operators: {} } };

/** A line to the server on which, from a moment on, nothing comes back any more, until it is cut. */
interface Leak {
  readonly port: number;
  swallow(): void;
  /** From now on what the client says does not arrive: its pongs neither. */
  mute(): void;
  /** Whether something was swallowed that holds this. */
  has(text: string): boolean;
  cut(): void;
}

describe('what a server wrote to a line that was dead', () => {
  let house: House;
  let proxy: CuttingProxy;

  async function leak(): Promise<Leak> {
    let [isSwallowing, isMute] = [false, false];
    let swallowed = '';
    proxy = await cuttingProxy(`http://127.0.0.1:${house.port}`, (client, server) => {
      client.on('data', (data: Buffer) => {
        if (!isMute) server.write(data);
      });
      server.on('data', (data: Buffer) => {
        if (isSwallowing) swallowed += data.toString('latin1');
        else client.write(data);
      });
    });
    return {
      port: Number(new URL(proxy.url).port),
      swallow: () => void (isSwallowing = true),
      mute: () => void (isMute = true),
      has: (text) => swallowed.includes(text),
      cut() {
        [isSwallowing, isMute] = [false, false];
        proxy.cut();
      },
    };
  }

  afterEach(async () => {
    await proxy.close();
    await house.close();
  });

  it('is told to an interlocutor when he is back: once, in order, and nothing older', async () => {
    house = await openHouse();
    const line = await leak();
    const lea = await house.operator('lea');
    const socket = connect(line.port, { version: '1.5.9' });
    const channel = socket.channel('interlocutor:ada', { bot_id: 'b1', socketToken: 'token-ada' });
    const heard: string[] = [];
    channel.on('agent_reply', ({ body }: { body: { message: string } }) => void heard.push(body.message));
    let joins = 0;
    channel.join().receive('ok', () => void (joins += 1));
    const say = (message: string): Promise<unknown> =>
      new Promise((resolve) =>
        channel.push('interlocutor_reply', { token: 'k9', body: { type: 'text', message } }).receive('ok', resolve),
      );
    await say('Hello');
    await lea.say('one');
    await eventually('she hears it', () => heard.includes('one'));
    await say('yes'); // behind the pong
    line.swallow();
    for (const text of ['two', 'three']) await lea.say(text);
    await eventually('it was written', () => line.has('three'));
    line.cut();
    await eventually('she hears what was lost', () => heard.includes('three'));
    await lea.say('four');
    await eventually('and it goes on', () => heard.includes('four'));
    expect(heard).to.deep.equal(['one', 'two', 'three', 'four']);
    expect(joins).to.equal(2);
    socket.disconnect();
  });

  it('is told to an operator when he is back, though he does not say what he has', async () => {
    house = await openHouse(withOperators);
    const line = await leak();
    const olga = await desk({ port: line.port }, 'olga');
    const ada = await visitor(house, 'ada');
    await ada.say('one');
    await eventually('it is hers', () => olga.lives().includes('assigned'));
    await olga.ask('chat.reply', { chat_id: olga.chatId(), body: { type: 'text', message: 'Hi' } });
    // By then the ping behind her own words is answered.
    await olga.ask('chats.list');
    line.swallow();
    for (const text of ['two', 'three']) await ada.say(text);
    await eventually('it was written', () => line.has('three'));
    line.cut();
    await eventually('she hears what was lost', () => olga.heard().includes('three'));
    expect(olga.heard().filter((text) => text !== 'one')).to.deep.equal(['two', 'three']);
    for (const page of [olga, ada]) page.leave();
  });

  it('and has arrived all the same is told again: to an operator who says what he has, not at all', async () => {
    house = await openHouse(withOperators);
    const line = await leak();
    const since: Record<string, number> = {};
    const olga = await desk({ port: line.port }, 'olga', { params: { since } });
    for (const event of ['message', 'receipt']) {
      olga.channel.on(event, ({ chat_id, version }: { chat_id: string; version: number }) => {
        since[chat_id] = version;
      });
    }
    olga.channel.on('chat', ({ version, chat }: { version: number; chat: { id: string } }) => {
      since[chat.id] = version;
    });
    const ada = await visitor(house, 'ada');
    await ada.say('one');
    await eventually('it is hers', () => olga.lives().includes('assigned'));
    await olga.ask('chat.reply', { chat_id: olga.chatId(), body: { type: 'text', message: 'Hi' } });
    line.mute();
    for (const text of ['two', 'three']) await ada.say(text);
    await eventually('she hears it', () => olga.heard().includes('three'));
    line.cut();
    await eventually('she is back', () => house.core.sessions.length > 2);
    await ada.say('four');
    await eventually('and it goes on', () => olga.heard().includes('four'));
    expect(olga.heard().filter((text) => text !== 'one')).to.deep.equal(['two', 'three', 'four']);
    for (const page of [olga, ada]) page.leave();
  });
});
