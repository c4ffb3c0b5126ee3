import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@dragoman/core/testing';
import { createGateway, devConfig, devEnvironment, verifyDev, type Config } from '@dragoman/gateway';
import { expect } from 'chai';
import { io } from 'socket.io-client';
import { theBroker } from '../adapter-amqp/broker.js';
import { peer } from '../adapter-amqp/sermo-peers.js';
import { answerTo, connect } from '../adapter-phoenix/clients.js';
import { openWire } from '../adapter-phoenix/wire.js';
import { describeWith } from '../programs.js';

/** Every chat is for the desk on the queues, whose bot answers it, until one of our operators takes it. */
function withDesk(config: Config): Config {
  const delegations = [{ desk: { space: 'sermo', externalId: 'dev-desk' } }];
  const workspaces = config.workspaces.map((workspace) => ({ ...workspace, delegations }));
  return { ...config, workspaces, drainMs: 0, log: { level: 'warn' } };
}

/** The bot of the desk: says hello to whoever writes to it, and hears what operators make of it. */
async function deskBot() {
  const desk = await peer({ says: 'sermo.outbound', hears: 'sermo.inbound', platformId: 'dev-desk' });
  let answered = 0;
  const texts = () => desk.heard.filter(({ type }) => type === 'text');
  return {
    texts: () => texts().map(({ text }) => text),
    async answer(text: string): Promise<void> {
      await eventually('the bot is asked', () => texts().length > answered);
      answered = texts().length;
      const agent = { id: 'bot', name: 'Bot' };
      await desk.say({ type: 'text', userId: texts().at(-1)?.userId, text, agent });
    },
    close: () => desk.close(),
  };
}

/** An operator at a Happychat desk, who speaks in the chat he sees. */
async function happychatOperator(url: string) {
  const socket = io(`${url}/operator`, { transports: ['websocket'], forceNew: true });
  socket.on('token', (answer: (proof: object) => void) => answer({ jwt: 'dev-operator-lea' }));
  const heard: string[] = [];
  socket.on('chat.message', (_chat: unknown, { text, source }: { text: string; source: string }) => {
    if (source === 'customer') heard.push(text);
  });
  await new Promise<void>((resolve) => void socket.once('init', () => resolve()));
  return {
    heard,
    say: (chatId: string, text: string) => void socket.emit('message', chatId, { id: `lea-${text}`, text }),
    close: () => void socket.close(),
  };
}

describeWith('rabbitmq', 'a session of Clustaar with a bot on RabbitMQ and an operator on Happychat', function () {
  this.timeout(120_000);

  it('goes from the bot to the operator and back to the bot, and the page sees each turn once', async () => {
    const environment = { ...devEnvironment, AMQP_URL: (await theBroker()).url };
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-session-'));
    const gateway = createGateway(withDesk(devConfig(0, folder, environment)), { verify: verifyDev, environment });
    await gateway.start();
    const url = gateway.url() ?? '';
    const port = Number(new URL(url).port);
    const [bot, lea] = [await deskBot(), await happychatOperator(url)];
    const phone = connect(port);
    const boss = phone.channel('operator:boss', { token: 'dev-supervisor-boss', status: 'away' });
    const page = await openWire(port);
    const topic = 'interlocutor:ada';
    const say = (ref: string, message: string): void => {
      const body = { type: 'text', message };
      page.send([
        '6',
        ref,
        topic,
        'interlocutor_reply',
        { token: 'dev-bot-b1', params: { debug: 0, display: true }, body },
      ]);
    };
    const ok = (ref: string): unknown => ['6', ref, topic, 'phx_reply', { status: 'ok', response: {} }];
    const botSays = (text: string): unknown => {
      const action = { type: 'send_text_action', alternatives: [text], text };
      const fulfillment = { actions: [action], source: { type: 'step', step: { type: 'step', id: '', name: '' } } };
      const input = { type: 'message', message: '' };
      const data = { fulfillment, input, interlocutor: { type: 'interlocutor', id: 'ada' }, session: { values: {} } };
      return [null, null, topic, 'bot_reply', { status: 200, body: { data } }];
    };
    const agentSays = (message: string): unknown => [
      null,
      null,
      topic,
      'agent_reply',
      { body: { type: 'text', message } },
    ];
    const turn = async (value: boolean): Promise<void> => {
      const [, ref, on, event, payload] = Array.from((await page.next()) as readonly unknown[]);
      expect([ref, on, event]).to.deep.equal([null, topic, 'control']);
      expect(payload)
        .to.include({ value })
        .and.to.have.property('at')
        .that.is.closeTo(Date.now() / 1000, 5);
    };
    try {
      await answerTo(boss.join());
      page.send(['6', '6', topic, 'phx_join', { bot_id: 'b1', socketToken: 'dev-customer-ada' }]);
      expect(await page.next()).to.deep.equal([
        '6',
        '6',
        topic,
        'phx_reply',
        { status: 'ok', response: { control: false } },
      ]);

      say('7', 'Hello');
      expect(await page.next()).to.deep.equal(ok('7'));
      await bot.answer('Hi');
      expect(await page.next()).to.deep.equal(botSays('Hi'));

      const [, list] = await answerTo(boss.push('chats.list', {}));
      const chatId = String(Reflect.get(Object(Reflect.get(Object(list), 'chats')[0]), 'id'));
      lea.say(chatId, 'Lea here');
      await turn(true);
      expect(await page.next()).to.deep.equal(agentSays('Lea here'));
      say('8', 'a person!');
      expect(await page.next()).to.deep.equal(ok('8'));
      await eventually('the operator hears it', () => lea.heard.includes('a person!'));
      lea.say(chatId, 'all done');
      expect(await page.next()).to.deep.equal(agentSays('all done'));

      expect((await answerTo(boss.push('chat.release', { chat_id: chatId, to: 'bot' })))[0]).to.equal('ok');
      await turn(false);
      say('9', 'and one more thing');
      expect(await page.next()).to.deep.equal(ok('9'));
      await bot.answer('me again');
      expect(await page.next()).to.deep.equal(botSays('me again'));
      expect(bot.texts()).to.deep.equal(['Hello', 'and one more thing']);
      expect(lea.heard).to.deep.equal(['a person!']);

      page.send(['6', '10', topic, 'phx_leave', {}]);
      expect(await page.next()).to.deep.equal(ok('10'));
      expect(await page.next()).to.deep.equal(['6', '6', topic, 'phx_close', {}]);
    } finally {
      lea.close();
      phone.disconnect();
      page.ws.terminate();
      await bot.close();
      await gateway.stop();
      await rm(folder, { recursive: true });
    }
  });
});
