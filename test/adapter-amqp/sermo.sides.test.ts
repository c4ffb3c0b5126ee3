import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { ChatEvent, Command, Core, CoreOptions, Happening, Session } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { deskPlatform, frontPlatform, scene, type Peer, type Scene } from './sermo-peers.js';

interface Seat {
  readonly session: Session;
  readonly heard: Happening[];
  do(command: Command): Promise<void>;
  /** The first event of a type, once it came. */
  hears<T extends Happening['type']>(type: T): Promise<Extract<Happening, { type: T }>>;
}

/** Somebody of no dialect. */
async function seat(
  core: Core,
  role: 'customer' | 'operator',
  externalId: string,
  mode?: 'auto',
  isSupervisor = false,
): Promise<Seat> {
  const heard: Happening[] = [];
  const who = { workspaceId: 'default', space: 'reference', realm: '', externalId, idType: 'string' } as const;
  const away = role === 'customer' ? ({ leavesDesk: false, noticeMs: null, closeMs: null } as const) : null;
  const session = await core.connect(
    { ...who, side: role, role, name: externalId, isSupervisor },
    { scope: role === 'customer' ? 'own' : 'lobby', echo: 'all', chats: 'mine', away, ...(mode && { mode }) },
    ({ event }) => heard.push(event),
  );
  if (mode === 'auto') await core.dispatch(session, { type: 'SetAvailability', status: 'available' });
  return {
    session,
    heard,
    async do(command) {
      const outcome = await core.dispatch(session, command);
      if (!outcome.ok) throw new Error(outcome.rejection.code);
    },
    async hears(type) {
      const isIt = (event: Happening): event is Extract<Happening, { type: typeof type }> => event.type === type;
      await eventually(type, () => heard.some(isIt));
      return heard.find(isIt) as never;
    },
  };
}

const texts = (one: Seat): readonly string[] =>
  one.heard.flatMap((event) =>
    event.type === 'MessagePosted' && event.message.body.kind === 'text' ? [event.message.body.text] : [],
  );
const say = (chatId: string, text: string): Command => ({
  type: 'PostMessage',
  to: { chatId },
  body: { kind: 'text', text },
  ifClosed: 'refuse',
});
const typesOf = (peer: Peer): readonly string[] => peer.heard.map(({ type }) => type);
const fixture = (name: string): { readonly [field: string]: unknown } =>
  JSON.parse(JSON.parse(readFileSync(`test/fixtures/sermo/${name}.json`, 'utf8')).body);

describeWith('rabbitmq', 'Sermo, customer side', function () {
  this.timeout(120_000);
  let stage: Scene;
  before(theBroker);
  afterEach(() => stage.stop());

  it('a page view with its heartbeats and drafts opens no chat; the first text does', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'heartbeat' });
    await customer.say({ type: 'typing', text: 'My inv', at: new Date().toISOString() });
    await customer.say({ type: 'text', text: 'My invoice is wrong' });
    await anna.hears('MessagePosted');
    expect(anna.heard.filter(({ type }) => type === 'ChatOpened')).to.have.length(1);
    expect(texts(anna)).to.deep.equal(['My invoice is wrong']);
  });

  it('with openChatOn heartbeat the operator sees the customer and his draft before the first word', async () => {
    stage = await scene({ openChatOn: 'heartbeat' });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'heartbeat' });
    await anna.hears('ChatAssigned');
    await customer.say({ type: 'typing', text: 'Hej, jag mitt na', at: new Date().toISOString() });
    const typing = await anna.hears('TypingChanged');
    expect(typing).to.deep.include({ isOn: true, preview: 'Hej, jag mitt na' });
  });

  it('is told of the queue, the place in it, and who answers, in this order, then hears the answer', async () => {
    stage = await scene({}, { workspaces: [{ id: 'default', locales: { default: 'sv-SE', supported: ['sv-SE'] } }] });
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'Hej' });
    const placed = await customer.hears('system_text');
    expect(placed.text).to.equal('Chatten har placerats i kön "Default"');
    expect(await customer.hears('queue_number')).to.deep.include({ queueNumber: 1 });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const { chatId } = await anna.hears('ChatAssigned');
    await customer.hears('system_text', { text: 'Du chattar nu med anna' });
    await anna.do({ type: 'SetTyping', to: { chatId }, isOn: true, ttlMs: 5_000 });
    await customer.hears('typing_on');
    await anna.do(say(chatId, 'Let me look'));
    const answer = await customer.hears('text');
    expect(answer).to.deep.include({ text: 'Let me look', platformId: frontPlatform, userId: 'u-1' });
    expect(answer['agent']).to.deep.include({ name: 'anna', type: 'human' });
    expect(customer.properties.at(-1)).to.deep.include({
      contentType: 'application/json',
      deliveryMode: 2,
      type: 'text',
      appId: 'chat-gateway',
    });
  });

  it('what he has read, counts as read up to his time', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'Hej' });
    const { chatId } = await anna.hears('ChatAssigned');
    await anna.do(say(chatId, 'one'));
    await customer.hears('text');
    await customer.say({ type: 'messages_read', text: 'read', at: new Date().toISOString() });
    await eventually('read', () =>
      anna.heard.some((event) => event.type === 'MessageAcknowledged' && event.state === 'read'),
    );
  });

  it('put away, he comes back into the same chat; after he has left, into a new one', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'one' });
    const { chatId } = await anna.hears('ChatAssigned');
    await anna.do({ type: 'HandOver', chat: { chatId }, to: 'customer' });
    await customer.hears('agent_done');
    await customer.say({ type: 'text', text: 'two' });
    await eventually('two', () => texts(anna).includes('two'));
    await customer.say({ type: 'client_left', text: 'Kunden har stängt chatten.', at: new Date().toISOString() });
    const closed = await anna.hears('ChatClosed');
    expect(closed).to.deep.include({ chatId, reason: 'customer' });
    await customer.say({ type: 'text', text: 'three' });
    await eventually('three', () => texts(anna).includes('three'));
    const opened = anna.heard.filter((event): event is ChatEvent => event.type === 'ChatOpened');
    expect(opened).to.have.length(2);
    expect(typesOf(customer).filter((type) => type === 'agent_done')).to.have.length(1);
  });

  it('a reload keeps his chat; a tab that stays gone closes it', async () => {
    stage = await scene({ times: { unloadMs: 300 } });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    const unload = (): Promise<void> => customer.say({ type: 'client_unload', at: new Date().toISOString() });
    await customer.say({ type: 'text', text: 'one' });
    await anna.hears('ChatAssigned');
    await unload();
    await customer.say({ type: 'heartbeat' });
    await customer.say({ type: 'text', text: 'two' });
    await eventually('two', () => texts(anna).includes('two'));
    await unload();
    expect(await anna.hears('ChatClosed')).to.deep.include({ reason: 'left' });
    expect(anna.heard.filter(({ type }) => type === 'ChatOpened')).to.have.length(1);
  });

  it('a customer of whom nothing is heard is unstable, until something is', async () => {
    stage = await scene({ times: { unstableMs: 50, offlineMs: 60_000 } });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'Hej' });
    const told = (): unknown[] =>
      anna.heard.flatMap((event) =>
        event.type === 'PresenceChanged' && event.role === 'customer' ? [event.isUnstable === true] : [],
      );
    await eventually('unstable', () => told().includes(true));
    await customer.say({ type: 'heartbeat' });
    await eventually('well again', () => told().lastIndexOf(false) > told().indexOf(true));
  });

  it('after long silence his chat is closed', async () => {
    stage = await scene({ times: { offlineMs: 100, idleMs: 200 } });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'one' });
    expect(await anna.hears('ChatClosed')).to.deep.include({ reason: 'left' });
  });

  it('is told his number whenever the queue before him moves', async () => {
    stage = await scene();
    const [first, second] = [await stage.customer('u-1'), await stage.customer('u-2')];
    await first.say({ type: 'text', text: 'first' });
    await second.say({ type: 'text', text: 'second' });
    await first.hears('queue_number', { queueNumber: 1 });
    await second.hears('queue_number', { queueNumber: 2 });
    await first.say({ type: 'client_left', text: 'bye', at: new Date().toISOString() });
    await second.hears('queue_number', { queueNumber: 1 });
    const at = second.heard.findIndex(({ type }) => type === 'queue_number');
    expect(second.properties[at]).to.include({ deliveryMode: 2 });
  });

  it('the picture of the document arrives as a picture, and a picture of ours as a data URI', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ ...fixture('inbound.text-image'), platformId: frontPlatform, userId: 'u-1' });
    const { message, chatId } = await anna.hears('MessagePosted');
    expect(message.body).to.deep.include({ kind: 'image', mime: 'image/jpeg', caption: 'Bifogad bild:', width: null });
    await anna.do({ type: 'PostMessage', to: { chatId }, body: message.body, ifClosed: 'refuse' });
    const shown = await customer.hears('text', { text: 'Bifogad bild:' });
    expect(shown['image']).to.match(/^data:image\/jpeg;base64,\/9j\/4AAQSkZJRgAB/);
  });

  it('a picture that is refused leaves its text, a line in the chat, and the event aside', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'first' });
    await anna.hears('ChatAssigned');
    const image = `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`;
    await customer.say({ type: 'text', text: 'look', image });
    await customer.say({ type: 'text', text: 'after' });
    await eventually('after', () => texts(anna).includes('after'));
    expect(texts(anna)).to.deep.equal(['first', 'look', 'after']);
    const notices = anna.heard.flatMap((event) =>
      event.type === 'MessagePosted' && event.message.body.kind === 'notice' ? [event.message.body.code] : [],
    );
    expect(notices).to.deep.equal(['imageRefused']);
    expect((await stage.parked()).map(({ reason }) => reason)).to.deep.equal(['unsupported_image']);
  });

  it('the same message id twice has one effect; two equal texts without an id are two', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    for (let times = 0; times < 2; times += 1) await customer.say({ type: 'text', text: 'once' }, { messageId: 'm-1' });
    for (let times = 0; times < 2; times += 1) await customer.say({ type: 'text', text: 'ok' });
    await customer.say({ type: 'text', text: 'end' });
    await eventually('end', () => texts(anna).includes('end'));
    expect(texts(anna)).to.deep.equal(['once', 'ok', 'ok', 'end']);
    expect(stage.counts()).to.include({ duplicate: 1 });
    expect(await stage.parked()).to.deep.equal([]);
  });

  it('whose front end counts messages for each customer says what another has said under the same id', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    for (const userId of ['u-1', 'u-2']) {
      const customer = await stage.customer(userId);
      await customer.say({ type: 'text', text: `I am ${userId}` }, { messageId: '1' });
    }
    await eventually('both', () => stage.counts()['in_text'] === 2);
    await eventually('are heard', () => anna.heard.filter(({ type }) => type === 'ChatOpened').length === 2);
    expect(await stage.parked()).to.deep.equal([]);
  });

  it('who was heard longest ago is the first to go where there are too many', async () => {
    stage = await scene({ limits: { sessions: 2 } });
    const gone: string[] = [];
    const who = { workspaceId: 'default', space: 'reference', side: 'operator', role: 'monitor', realm: '' } as const;
    const session = await stage.core.connect(
      { ...who, externalId: 'look', idType: 'string', name: '' },
      { scope: 'all', echo: 'all', away: null, chats: 'mine' },
      ({ event }) => {
        if (event.type !== 'PresenceChanged' || event.isOnline) return;
        gone.push(stage.core.lobby(session).person(event.participantId)?.identities[0]?.externalId ?? '');
      },
    );
    const people = await Promise.all(['u-1', 'u-2', 'u-3'].map((userId) => stage.customer(userId)));
    for (const [before, turn] of [0, 1, 0, 2].entries()) {
      await people[turn]?.say({ type: 'text', text: 'here' });
      await eventually('it is heard', () => stage.counts()['in_text'] === before + 1);
    }
    await eventually('somebody goes', () => gone.length > 0);
    expect(gone).to.deep.equal(['u-2']);
    await session.end();
  });

  it('an event under another name is counted by that name, an unknown one put aside or, if asked, let pass', async () => {
    stage = await scene({ unknownTypes: 'ignore' });
    const customer = await stage.customer('u-1');
    for (const type of ['start', 'dance', 'client_closed']) await customer.say({ type, at: '' });
    await eventually('the last', () => stage.counts()['in_client_left'] === 1);
    const { alias_start, alias_client_closed, ignored_unknown_type } = stage.adapter.health?.().counts ?? {};
    expect([alias_start, alias_client_closed, ignored_unknown_type]).to.deep.equal([1, 1, 1]);
    expect(await stage.parked()).to.deep.equal([]);
  });

  it('an event of a later revision stays with its chat unread by people; without a chat it is nothing', async () => {
    stage = await scene();
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'customer_identified', number: '0701' });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    await customer.say({ type: 'text', text: 'Hej' });
    await customer.say({ type: 'customer_identified', number: '0702' });
    await customer.say({ type: 'application_heartbeat' });
    await customer.say({ type: 'customer_identified', number: 'x'.repeat(8_192) });
    await customer.say({ type: 'text', text: 'end' });
    await eventually('end', () => texts(anna).includes('end'));
    const kept = anna.heard.flatMap((event) =>
      event.type === 'MessagePosted' && event.message.body.kind === 'custom' ? [event.message] : [],
    );
    expect(kept.map(({ body }) => body)).to.deep.equal([
      { kind: 'custom', name: 'sermo.customer_identified', data: { number: '0702' } },
    ]);
    expect(stage.counts()).to.include({ silent: 3, opaque: 1, alias_customer_identified: 3 });
    expect(await stage.parked()).to.deep.equal([]);
  });

  it('our own events are ignored, and so are old heartbeats and drafts', async () => {
    stage = await scene();
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'mine' }, { headers: { 'x-gw-origin': 'dragoman' } });
    await customer.say({ type: 'heartbeat' }, { timestamp: 1_000_000_000 });
    await customer.say({ type: 'text', text: 'end' });
    await eventually('end', () => texts(anna).includes('end'));
    expect(texts(anna)).to.deep.equal(['end']);
    const { counts } = stage.adapter.status();
    expect(counts).to.deep.include({ own: 1, stale: 1 });
  });

  it('who waits when the platform closes is told so', async () => {
    stage = await scene();
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'Hej' });
    await customer.hears('queue_number');
    const boss = await seat(stage.core, 'operator', 'boss', undefined, true);
    await boss.do({ type: 'ConfigureRouting', isAccepting: false });
    await customer.hears('platform_closed');
  });

  it('an operator who takes the chat from the bot is announced by handover_to_agent, then heard', async () => {
    stage = await scene(
      { externalBot: true },
      { workspaces: [{ id: 'default', bot: { space: 'sermo', externalId: 'bot' } }] },
    );
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'Hej' });
    const { chatId } = await anna.hears('ChatHandedOver');
    await anna.do({ type: 'AssignChat', to: { chatId } });
    await anna.do(say(chatId, 'I take over'));
    await customer.hears('text', { text: 'I take over' });
    const order = typesOf(customer).filter((type) => type !== 'queue_number');
    expect(order).to.deep.equal(['handover_to_agent', 'system_text', 'text']);
    await anna.do({ type: 'HandOver', chat: { chatId }, to: 'bot', flow: 'end' });
    expect(await customer.hears('handover_to_bot')).to.deep.include({ flowGroupId: 'end' });
  });

  it('a bot of another application answers first and hands over to our operators', async () => {
    const withBot: CoreOptions = {
      workspaces: [{ id: 'default', bot: { space: 'sermo', externalId: 'bot' } }],
    };
    stage = await scene({ externalBot: true }, withBot);
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'Hej' });
    await anna.hears('ChatHandedOver');
    const bot = await stage.bot();
    const answer = { type: 'text', text: 'Hej!', typing: 1000, agent: { id: 'bot', name: 'Bot' } };
    await bot.say({ ...answer, userId: 'u-1' });
    await eventually('the bot is in the history', () => stage.counts()['in_text'] === 2);
    expect(anna.heard.some(({ type }) => type === 'ChatAssigned')).to.equal(false);
    await bot.say({ type: 'handover_to_agent', userId: 'u-1' });
    const { chatId } = await anna.hears('ChatAssigned');
    const { entries } = await stage.core.transcript(anna.session, { chatId }, { limit: 10 });
    const history = entries.flatMap(({ event }) => (event.type === 'MessagePosted' ? [event.message.authorRole] : []));
    expect(history).to.deep.equal(['customer', 'bot']);
  });
});

describeWith('rabbitmq', 'Sermo, desk side', function () {
  this.timeout(120_000);
  let stage: Scene;
  const forAll: CoreOptions = {
    workspaces: [{ id: 'default', delegations: [{ desk: { space: 'sermo', externalId: deskPlatform } }] }],
  };
  before(theBroker);
  afterEach(() => stage.stop());

  async function asked(options = {}): Promise<{ joe: Seat; desk: Peer; userId: string }> {
    stage = await scene(options, forAll);
    const desk = await stage.desk();
    const joe = await seat(stage.core, 'customer', 'joe');
    const body = { kind: 'text', text: 'Hi' } as const;
    await joe.do({ type: 'PostMessage', to: { key: 'joe' }, body, ifClosed: 'new' });
    const { userId } = await desk.hears('text', { text: 'Hi' });
    return { joe, desk, userId };
  }

  it('the standard flow of the document: heartbeat, draft, text, the bot, the hand-over, the agent, the end', async () => {
    const { joe, desk, userId } = await asked({ times: { heartbeatMs: 50 } });
    await desk.hears('heartbeat', { userId });
    await joe.do({ type: 'SetTyping', to: { chatId: userId }, isOn: true, preview: 'My inv', ttlMs: 5_000 });
    await desk.hears('typing', { userId, text: 'My inv' });
    const bot = { id: 'bot', name: 'Bot' };
    await desk.say({ type: 'text', userId, text: 'Hello!', typing: 1000, agent: bot });
    await eventually('the bot', () => texts(joe).includes('Hello!'));
    await desk.say({ type: 'handover_to_agent', userId });
    await desk.say({ type: 'queue_number', userId, queueNumber: 3 });
    expect(await joe.hears('QueueMoved')).to.deep.include({ position: 3 });
    await desk.say({ type: 'typing_on', userId });
    await joe.hears('TypingChanged');
    const anders = { id: 'anan01', name: 'Anders Andersson', type: 'human' };
    await desk.say({ type: 'text', userId, text: 'Anders here', agent: anders });
    await eventually('the agent', () => texts(joe).includes('Anders here'));
    const said = joe.heard.flatMap((event) => (event.type === 'MessagePosted' ? [event.message] : []));
    expect(said.map(({ authorRole, authorName, holdMs }) => [authorRole, authorName, holdMs])).to.deep.equal([
      ['customer', 'joe', 0],
      ['bot', 'Bot', 1000],
      ['operator', 'Anders Andersson', 0],
    ]);
    await joe.do({ type: 'Acknowledge', to: { chatId: userId }, state: 'read', what: { all: true } });
    await desk.hears('messages_read', { userId, text: 'read' });
    await joe.do({ type: 'CloseChat', to: { chatId: userId }, reason: 'customer' });
    await desk.hears('client_left', { userId, text: 'The customer has left the chat.' });
    expect(typesOf(desk)).to.not.include('client_unload');
  });

  it('a customer whose connection is gone has left nothing: the desk hears client_unload', async () => {
    const { joe, desk, userId } = await asked({ times: { unloadMs: 50 } });
    await joe.session.end();
    await desk.hears('client_unload', { userId });
    expect(typesOf(desk)).to.not.include('client_left');
  });

  it('reads on and on: the desk hears of it at once, then once a second, and words wait for none of it', async () => {
    const { joe, desk, userId } = await asked();
    for (const text of ['one', 'two', 'three']) {
      await desk.say({ type: 'text', userId, text });
      await eventually(text, () => texts(joe).includes(text));
      await joe.do({ type: 'Acknowledge', to: { chatId: userId }, state: 'read', what: { all: true } });
    }
    await joe.do(say(userId, 'thank you'));
    await desk.hears('text', { text: 'thank you' });
    const marks = (): number => desk.heard.filter(({ type }) => type === 'messages_read').length;
    expect(marks()).to.equal(1);
    await eventually('the newest', () => marks() === 2);
    await eventually('nothing waits', () => stage.adapter.status()['waiting'] === 0);
    expect(marks()).to.equal(2);
  });

  it('agent_done puts the chat away, and what the customer says then comes back to the same desk', async () => {
    const { joe, desk, userId } = await asked();
    await desk.say({ type: 'agent_done', userId });
    await eventually('put away', () =>
      joe.heard.some((event) => event.type === 'ChatHandedOver' && event.to === 'customer'),
    );
    await joe.do({ ...say(userId, 'One more thing') });
    await desk.hears('text', { userId, text: 'One more thing' });
  });

  it('platform_closed tells the customer, and his chat stays open', async () => {
    const { joe, desk, userId } = await asked();
    await desk.say({ type: 'platform_closed', userId });
    await joe.hears('AcceptingChanged');
    await eventually('a line', () =>
      joe.heard.some((event) => event.type === 'MessagePosted' && event.message.body.kind === 'notice'),
    );
    await joe.do({ ...say(userId, 'still here') });
    await desk.hears('text', { userId, text: 'still here' });
  });

  it('a desk speaks in its own chats alone', async () => {
    const { joe, desk, userId } = await asked({ platforms: { [deskPlatform]: 'desk', 'other-web': 'desk' } });
    const other = await stage.desk('other-web');
    await other.say({ type: 'text', userId, text: 'not yours' });
    await eventually('put aside', () => stage.counts()['parked_unknown_session'] === 1);
    await desk.say({ type: 'text', userId, text: 'ours' });
    await eventually('ours', () => texts(joe).includes('ours'));
    expect(texts(joe)).to.deep.equal(['Hi', 'ours']);
  });

  it('words for a chat that has ended are kept in its history', async () => {
    const { joe, desk, userId } = await asked();
    await joe.do({ type: 'CloseChat', to: { chatId: userId }, reason: 'customer' });
    await desk.hears('client_left');
    await desk.say({ type: 'text', userId, text: 'too late' });
    await eventually('kept', () => texts(joe).includes('too late'));
    expect(await stage.parked()).to.deep.equal([]);
  });
});

describeWith('rabbitmq', 'Sermo on two literal queues', function () {
  this.timeout(120_000);
  let stage: Scene;
  before(theBroker);
  afterEach(() => stage.stop());

  it('takes from one and puts into the other', async () => {
    stage = await scene({ mode: 'queue', platforms: { [frontPlatform]: 'customer' } });
    const anna = await seat(stage.core, 'operator', 'anna', 'auto');
    const front = await stage.literal();
    await front.say({ type: 'text', userId: 'u-1', text: 'Hej' });
    const { chatId } = await anna.hears('ChatAssigned');
    await anna.do(say(chatId, 'Hej hej'));
    await front.hears('text', { userId: 'u-1', text: 'Hej hej' });
  });
});
