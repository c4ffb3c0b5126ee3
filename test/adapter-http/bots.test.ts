import { createMemoryStore, type Core, type Delivery, type Session, type Store } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import type { BotEndpoint, HttpSettings } from '@dragoman/adapter-http';
import { expect } from 'chai';
import { openHouse, type House } from './house.js';
import { openReceiver, secret, textOf, verify, type Answering, type Receiver } from './receiver.js';
import { unclosed } from './unclosed.js';

const say = (text: string) => ({ type: 'PostMessage', body: { kind: 'text', text } });
const reply = (...actions: readonly object[]) => [200, { actions }] as const;

/** Answers words; what else it is told, it leaves. */
const answering =
  (words: (text: string) => ReturnType<Answering>): Answering =>
  (taken) =>
    textOf(taken) === '' ? 204 : words(textOf(taken));
const picture = { type: 'PostMessage', body: { kind: 'image', attachmentId: 'a'.repeat(64) } };

describe('a bot that answers within its reply', () => {
  let receiver: Receiver;
  let core: Core;
  let request: House['ask'];
  let joe: Session;
  let heard: Delivery[];
  const closing: (() => Promise<void>)[] = [];

  const open = async (
    bot: Partial<BotEndpoint> = {},
    { store = createMemoryStore(), limits = {} }: { store?: Store; limits?: HttpSettings['limits'] } = {},
  ): Promise<void> => {
    const endpoint: BotEndpoint = {
      ...{ id: 'helper', name: 'Helper', url: receiver.url, secrets: [secret], allow: ['127.0.0.1'] },
      ...bot,
    };
    const groups = [{ id: 'billing', name: 'Billing', isExclusive: false }];
    const workspace = { id: 'default', groups, bot: { space: 'http', externalId: 'helper' } };
    const house = await openHouse({ settings: { bots: [endpoint], limits }, core: { store, workspaces: [workspace] } });
    closing.push(house.close);
    ({ core, ask: request } = house);
    heard = [];
    joe = await core.connect(
      {
        ...{ workspaceId: 'default', space: 'web', side: 'customer', role: 'customer', realm: '' },
        ...{ externalId: 'joe', idType: 'string', name: 'Joe' },
      },
      { scope: 'own', echo: 'all', away: null, chats: 'mine' },
      (delivery) => heard.push(delivery),
    );
  };

  const ask = async (text: string, key = 'j'): Promise<void> => {
    const body = { kind: 'text', text } as const;
    const outcome = await core.dispatch(joe, { type: 'PostMessage', to: { key }, body, ifClosed: 'new' });
    expect(outcome.ok).to.equal(true);
  };

  /** What Joe reads, his own words in brackets; and what becomes of his chat. */
  const lines = (): readonly string[] =>
    heard.flatMap(({ event }) => {
      if (event.type === 'ChatHandedOver') return [`-> ${event.to}${event.reason === null ? '' : ` ${event.reason}`}`];
      if (event.type === 'ChatClosed') return ['closed'];
      if (event.type === 'TypingChanged') return [`typing ${String(event.isOn)}`];
      if (event.type !== 'MessagePosted' || event.message.body.kind !== 'text') return [];
      const { authorRole, body } = event.message;
      return [authorRole === 'customer' ? `(${body.text})` : body.text];
    });
  const until = (what: string, line: string): Promise<void> => eventually(what, () => lines().includes(line));

  beforeEach(async () => {
    receiver = await openReceiver(answering(() => 204));
    closing.push(() => receiver.close());
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('is asked, signed, what the customer says, and answers in its name', async () => {
    receiver.answering = answering((text) => reply(say(`You said ${text}.`)));
    await open();
    await ask('hello');
    await until('the answer', 'You said hello.');
    expect(lines()).to.deep.equal(['-> bot', '(hello)', 'You said hello.']);
    for (const request of receiver.requests) verify(request);
    const answer = heard.map(({ event }) => event).findLast((event) => event.type === 'MessagePosted');
    expect(answer?.type === 'MessagePosted' && answer.message.authorName).to.equal('Helper');
  });

  it('may say several things, show itself typing, and close the chat', async () => {
    receiver.answering = answering(() => reply({ type: 'SetTyping' }, say('One.'), say('Two.'), { type: 'CloseChat' }));
    await open();
    await ask('hello');
    await until('the end', 'closed');
    expect(lines()).to.deep.equal(['-> bot', '(hello)', 'typing true', 'One.', 'Two.', 'closed']);
  });

  it('hands over to the operators of a group, and is asked nothing more', async () => {
    receiver.answering = answering(() =>
      reply(say('A person will help.'), { type: 'HandOver', groups: ['billing'], reason: 'invoice' }),
    );
    await open();
    await ask('my invoice');
    await until('a person', '-> queue invoice');
    const before = receiver.requests.length;
    await ask('still there?');
    const chat = await core.find(joe, { key: 'j' });
    expect(chat?.status).to.equal('pending');
    expect(chat?.groups).to.include('billing');
    expect(receiver.requests).to.have.length(before);
  });

  it('answers, however many others a backend has spoken for while it thought', async () => {
    let think = (): void => {};
    receiver.answering = (taken, response) => {
      if (textOf(taken) === '') return 204;
      think = () => response.end(JSON.stringify({ actions: [say('At last.')] }));
      return undefined;
    };
    await open({}, { limits: { actors: 1 } });
    await ask('hello');
    await receiver.until('it is asked', () => receiver.requests.some((one) => textOf(one) === 'hello'));
    await request('POST', '/chats', { as: { side: 'customer', id: 'ann' }, message: { kind: 'text', text: 'hi' } });
    think();
    await until('the answer', 'At last.');
  });

  it('that has nothing to say says nothing', async () => {
    receiver.answering = answering((text) => (text === 'one' ? 204 : reply(say('Now.'))));
    await open();
    await ask('one');
    await ask('two');
    await until('the answer', 'Now.');
    expect(lines()).to.deep.equal(['-> bot', '(one)', '(two)', 'Now.']);
  });

  it('is asked about one message of a chat at a time, in order', async () => {
    let underWay = 0;
    let most = 0;
    receiver.answering = (taken, response) => {
      most = Math.max(most, (underWay += 1));
      setImmediate(() => {
        underWay -= 1;
        const text = textOf(taken);
        response.end(text === '' ? '' : JSON.stringify({ actions: [say(`re ${text}`)] }));
      });
      return undefined;
    };
    await open();
    for (const text of ['1', '2', '3', '4']) await ask(text);
    await until('the last answer', 're 4');
    expect(lines().filter((line) => line.startsWith('re'))).to.deep.equal(['re 1', 're 2', 're 3', 're 4']);
    expect(most).to.equal(1);
  });

  const failures: readonly (readonly [string, string, Answering])[] = [
    ['answers 500', 'STATUS_500', answering(() => 500)],
    ['redirects', 'REDIRECTED', answering(() => 302)],
    ['answers what is no JSON', 'BAD_ANSWER', answering(() => [200, 'certainly!'])],
    ['answers what is no action', 'BAD_ANSWER', answering(() => reply({ type: 'Dance' }))],
    ['says nothing but white space', 'BAD_ANSWER', answering(() => reply(say('  ')))],
    ['says a picture that is not there', 'BAD_ANSWER', answering(() => reply(picture))],
    ['answers too much', 'TOO_LARGE', answering(() => reply(say('x'.repeat(60_000)), say('x'.repeat(60_000))))],
    ['does not answer in time', 'TIMED_OUT', (taken) => (textOf(taken) === '' ? 204 : undefined)],
    [
      'hangs up',
      'UNREACHABLE',
      (taken, response) => {
        if (textOf(taken) === '') return 204;
        response.socket?.destroy();
        return undefined;
      },
    ],
  ];
  for (const [what, reason, behaviour] of failures) {
    it(`that ${what} gives way to a person, who is told ${reason}`, async () => {
      receiver.answering = behaviour;
      await open({ limits: { timeoutMs: reason === 'TIMED_OUT' ? 60 : 5_000 } });
      await ask('hello');
      await until('a person', `-> queue ${reason}`);
      expect(lines()).to.deep.equal(['-> bot', '(hello)', `-> queue ${reason}`]);
    });
  }

  it('that fails again and again is left alone for a while, and its chats go to people at once', async () => {
    receiver.answering = answering(() => 503);
    await open({ limits: { pauseAfter: 2, firstMs: 60_000, mostMs: 60_000 } });
    await ask('one', 'a');
    await until('a person', '-> queue STATUS_503');
    receiver.answering = () => 503;
    await core.dispatch(joe, { type: 'CloseChat', to: { key: 'a' }, reason: 'customer' });
    await ask('two', 'b');
    await eventually('the next', () => lines().filter((line) => line === '-> queue STATUS_503').length === 2);
    await core.dispatch(joe, { type: 'CloseChat', to: { key: 'b' }, reason: 'customer' });
    const before = receiver.requests.length;
    await ask('three', 'c');
    await until('a person', '-> queue PAUSED');
    expect(receiver.requests).to.have.length(before);
  });

  it('that answers when a person has the chat is not heard', async () => {
    let release = (): void => undefined;
    receiver.answering = (taken, response) => {
      if (textOf(taken) === '') return 204;
      release = () => void response.end(JSON.stringify({ actions: [say('Too late.')] }));
      return undefined;
    };
    await open();
    await ask('hello');
    await receiver.until('the question', ({ requests }) => requests.some((one) => textOf(one) === 'hello'));
    const olga = await core.connect(
      {
        ...{ workspaceId: 'default', space: 'desk', side: 'operator', role: 'operator', realm: '' },
        ...{ externalId: 'olga', idType: 'string', name: 'Olga' },
      },
      { scope: 'own', echo: 'all', away: null, chats: 'mine', mode: 'claim' },
      () => {},
    );
    const chatId = (await core.find(joe, { key: 'j' }))?.id ?? '';
    await core.dispatch(olga, { type: 'AssignChat', to: { chatId } });
    release();
    await ask('are you a person?');
    const body = { kind: 'text', text: 'I am.' } as const;
    await core.dispatch(olga, { type: 'PostMessage', to: { chatId }, body, ifClosed: 'refuse' });
    await until('the person', 'I am.');
    expect(lines()).not.to.include('Too late.');
  });

  it('never answers a message twice, though it is asked twice because its answer was not noted', async () => {
    const store = unclosed(createMemoryStore());
    const forgetful = new Proxy(store, {
      get: (target, name) => (name === 'saveBookmarks' ? async () => {} : Reflect.get(target, name)),
    });
    let answers = 0;
    receiver.answering = answering(() => reply(say(`Answer ${(answers += 1)}.`)));
    await open({}, { store: forgetful });
    await ask('hello');
    await until('the answer', 'Answer 1.');
    await closing.pop()?.();
    await open({}, { store: forgetful });
    await receiver.until('the question again', () => answers === 2);
    await ask('and now?');
    await until('the next answer', 'Answer 3.');
    expect(lines()).not.to.include('Answer 2.');
  });
});
