import { createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { botOfCore, openHouse, type House } from './clustaar-house.js';
import { ClustaarWebChatService, type InterlocutorChannel } from './clustaar-sdk.js';
import { openWire } from './wire.js';

const withBot = { core: { workspaces: [{ id: 'default', bot: botOfCore }] } };

/** A page of an interlocutor, and all it is shown. */
async function page(house: House, id: string, options: { readonly token?: string; readonly bot?: string } = {}) {
  const service = new ClustaarWebChatService({ environment: `ws://127.0.0.1:${house.port}/socket` });
  const states: string[] = [];
  service.onConnectionState().subscribe((state) => states.push(state));
  service.connect();
  const who = { botID: options.bot ?? 'b1', interlocutorID: id, socketToken: options.token ?? `token-${id}` };
  const channel: InterlocutorChannel = service.interlocutorChannel(who);
  const shown: [string, unknown][] = [];
  channel.onBotReply().subscribe((reply) => shown.push(['bot', reply]));
  channel.onAgentReply().subscribe((reply) => shown.push(['agent', reply]));
  channel.onInterlocutorReply().subscribe((reply) => shown.push(['interlocutor', reply]));
  channel.onControlTaken().subscribe((control) => shown.push(['control', Reflect.get(Object(control), 'value')]));
  const joined = await new Promise<unknown>((resolve) => {
    channel.join().subscribe({ next: resolve, error: resolve });
  });
  return { service, channel, shown, joined, states };
}

const spoken = (shown: readonly [string, unknown][]): unknown[] =>
  shown.map(([who, what]) => {
    if (who === 'control') return [who, what];
    const bot: unknown = Reflect.get(Object(Reflect.get(Object(what), 'fulfillment')), 'actions');
    return [who, Array.isArray(bot) ? Reflect.get(Object(bot[0]), 'text') : Reflect.get(Object(what), 'message')];
  });

describe('an interlocutor of Clustaar', () => {
  let house: House;

  afterEach(() => house.close());

  it('talks with the bot until somebody takes control, and with the bot again once he lets go', async () => {
    house = await openHouse(withBot);
    const [bot, lea] = [await house.bot(), await house.operator('lea')];
    const { channel, shown, joined, service } = await page(house, 'ada');
    expect(joined).to.deep.equal({ status: 'ok', control: false });
    channel.sendReply('k9', { type: 'text', message: 'Hello' });
    await eventually('the bot hears it', () => bot.chatId() !== '');
    await bot.say('Hi');
    await eventually('the page hears the bot', () => shown.length === 1);
    expect(shown[0]?.[1]).to.deep.equal({
      fulfillment: {
        actions: [{ type: 'send_text_action', alternatives: ['Hi'], text: 'Hi' }],
        source: { type: 'step', step: { type: 'step', id: '', name: '' } },
      },
      input: { type: 'message', message: '' },
      interlocutor: { type: 'interlocutor', id: 'ada' },
      session: { values: {} },
    });
    await lea.say('<Lea> here & now');
    channel.sendReply('k9', { type: 'text', message: 'a person!' });
    await bot.say('never shown');
    await lea.do({ type: 'HandOver', chat: { chatId: lea.chatId() }, to: 'bot' });
    await bot.say('me again');
    await eventually('the bot has the word', () => spoken(shown).length === 5);
    expect(spoken(shown)).to.deep.equal([
      ['bot', 'Hi'],
      ['control', true],
      ['agent', '&lt;Lea&gt; here &amp; now'],
      ['control', false],
      ['bot', 'me again'],
    ]);
    await channel.leave();
    service.disconnect();
  });

  it('hears on his other pages what he says on one, in the words he used', async () => {
    house = await openHouse();
    const [one, other] = [await page(house, 'ada'), await page(house, 'ada')];
    const event = { type: 'custom_event', name: 'My Custom Event' };
    one.channel.sendReply('k9', { type: 'text', message: 'Hello World' });
    one.channel.sendReply('k9', event);
    await eventually('the other page hears both', () => other.shown.length === 2);
    expect(other.shown).to.deep.equal([
      ['interlocutor', { type: 'text', message: 'Hello World' }],
      ['interlocutor', event],
    ]);
    expect(one.shown).to.deep.equal([]);
    for (const { service } of [one, other]) service.disconnect();
  });

  it('is told what he missed, and who has the word, when he comes back', async () => {
    house = await openHouse();
    const lea = await house.operator('lea');
    const first = await page(house, 'ada');
    first.channel.sendReply('k9', { type: 'text', message: 'anybody?' });
    await eventually('the operator hears of it', () => lea.chatId() !== '');
    await lea.do({ type: 'AssignChat', to: { chatId: lea.chatId() } });
    await lea.say('one');
    await eventually('the page hears it', () => spoken(first.shown).some((line) => String(line) === 'agent,one'));
    await first.channel.leave();
    first.service.disconnect();
    // The client believes at once that it has left.
    await eventually('the page is gone', () => house.core.sessions.every(({ isOver }) => isOver));
    await lea.say('two');
    await lea.say('three');
    const back = await page(house, 'ada');
    expect(back.joined).to.deep.equal({ status: 'ok', control: true });
    await eventually('what was missed is shown', () => String(spoken(back.shown).at(-1)) === 'agent,three');
    // He left within a round trip of the first word, so it may be told again: the one repetition this wire leaves open.
    expect(spoken(back.shown).filter((line) => String(line) !== 'agent,one')).to.deep.equal([
      ['control', true],
      ['agent', 'two'],
      ['agent', 'three'],
    ]);
    back.service.disconnect();
  });

  it('is not told his own words when he comes back', async () => {
    house = await openHouse();
    const lea = await house.operator('lea');
    const wire = await openWire(house.port);
    const topic = 'interlocutor:ada';
    const join = ['1', '1', topic, 'phx_join', { bot_id: 'b1', socketToken: 'token-ada' }];
    wire.send(join);
    await wire.next();
    wire.send(['1', '2', topic, 'interlocutor_reply', { token: 'k9', body: { type: 'text', message: 'anybody?' } }]);
    expect(await wire.next()).to.deep.equal(['1', '2', topic, 'phx_reply', { status: 'ok', response: {} }]);
    wire.ws.close();
    await eventually('the page is gone', () => house.core.sessions.every(({ isOver }) => isOver));
    await lea.say('I am');
    const back = await openWire(house.port);
    back.send(join);
    await back.next();
    const told = [null, null, topic, 'agent_reply', { body: { type: 'text', message: 'I am' } }];
    expect(await back.next()).to.deep.equal(told);
    back.ws.close();
  });

  it('is told that control was let go while no page of his was open', async () => {
    house = await openHouse(withBot);
    const [bot, lea] = [await house.bot(), await house.operator('lea')];
    const first = await page(house, 'ada');
    first.channel.sendReply('k9', { type: 'text', message: 'Hello' });
    await eventually('the bot hears it', () => bot.chatId() !== '');
    await bot.say('Hi');
    await eventually('the page hears the bot', () => first.shown.length === 1);
    await lea.say('Lea here');
    await eventually('the page hears the agent', () => first.shown.length === 3);
    await first.channel.leave();
    first.service.disconnect();
    await eventually('the page is gone', () => house.core.sessions.every(({ isOver }) => isOver));
    await lea.do({ type: 'HandOver', chat: { chatId: lea.chatId() }, to: 'bot' });
    const back = await page(house, 'ada');
    expect(back.joined).to.deep.equal({ status: 'ok', control: false });
    await eventually('the page is told', () => back.shown.length === 1);
    expect(spoken(back.shown)).to.deep.equal([['control', false]]);
    back.service.disconnect();
  });

  for (const minutes of [5, 11]) {
    const told = minutes < 10 ? 'is told when' : 'is told nothing of it after ten minutes when';
    it(`${told} control was let go, whatever has become of the chat since`, async () => {
      const clock = createFixedClock();
      house = await openHouse({ core: { ...withBot.core, clock } });
      const [bot, lea] = [await house.bot(), await house.operator('lea')];
      const [topic, join] = ['interlocutor:ada', { bot_id: 'b1', socketToken: 'token-ada' }];
      const first = await openWire(house.port);
      first.send(['1', '1', topic, 'phx_join', join]);
      await first.next();
      first.send(['1', '2', topic, 'interlocutor_reply', { token: 'k9', body: { type: 'text', message: 'Hello' } }]);
      await first.next();
      await lea.say('Lea here');
      while (!String(await first.next()).includes('agent_reply'));
      first.send([null, '3', 'phoenix', 'heartbeat', {}]); // its answer comes when a ping was answered
      await first.next();
      first.ws.close();
      await eventually('the page is gone', () => house.core.sessions.every(({ isOver }) => isOver));
      const chat = { chatId: lea.chatId() };
      await lea.do({ type: 'HandOver', chat, to: 'bot' });
      const releasedAt = clock.now();
      clock.advance(minutes * 60_000);
      await bot.do({ type: 'HandOver', chat, to: 'queue' });
      await lea.say('in a moment');
      const back = await openWire(house.port);
      back.send(['1', '1', topic, 'phx_join', join]);
      await back.next();
      const control = [null, 'control', { at: Math.floor(releasedAt / 1000), value: false }];
      const reply = [null, 'agent_reply', { body: { type: 'text', message: 'in a moment' } }];
      const frames: unknown[] = [];
      while (!frames.some((frame) => String(frame).includes('agent_reply'))) {
        const [, ref, , event, payload] = Array.from((await back.next()) as readonly unknown[]);
        frames.push([ref, event, payload]);
      }
      expect(frames).to.deep.equal(minutes < 10 ? [control, reply] : [reply]);
      back.ws.close();
    });
  }

  it('sees open, close and open again over an orderly stop and return, and never an error', async () => {
    house = await openHouse();
    const { states, channel, service, shown } = await page(house, 'ada');
    channel.sendReply('k9', { type: 'text', message: 'before' });
    const lea = await house.operator('lea');
    await eventually('the chat is there', () => lea.chatId() !== '');
    await house.adapter.stop({ reason: 'SHUTDOWN', overMs: 0 });
    await eventually('it was closed', () => states.includes('close'));
    await house.adapter.start(house.core);
    await eventually('it is open again', () => states.filter((state) => state === 'open').length === 2);
    await lea.say('welcome back');
    await eventually('it hears again', () => spoken(shown).some((line) => String(line) === 'agent,welcome back'));
    expect(states.filter((state, n) => n === 0 || state !== states[n - 1])).to.deep.equal(['open', 'close', 'open']);
    service.disconnect();
  });

  it('gets the same answer for a wrong token, a wrong bot and somebody else’s topic', async () => {
    house = await openHouse();
    const answers = [
      await page(house, 'ada', { token: 'nonsense' }),
      await page(house, 'ada', { bot: 'b2' }),
      await page(house, 'ada', { token: 'token-eve' }),
    ];
    for (const { joined, service } of answers) {
      expect(joined).to.deep.equal({ reason: 'unauthorized' });
      service.disconnect();
    }
  });
});
