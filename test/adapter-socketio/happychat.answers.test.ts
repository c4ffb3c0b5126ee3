import type { ChatEvent, Command, Page, Transcript } from '@dragoman/core';
import { rejectionCodes } from '@dragoman/core';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { chat, happened, people } from './happychat-scene.js';
import { openService, type Service } from './happychat-service.js';
import { accepted, emptyLobby, refused, scriptedCore, type ScriptedCore } from './scripted-core.js';

function posted(seq: number, text: string): ChatEvent {
  const event = happened({
    type: 'MessagePosted',
    message: {
      id: `${chat.id}:${seq}`,
      seq,
      clientId: null,
      authorId: 'p_joe',
      authorRole: 'customer',
      authorName: 'Joe',
      at: chat.openedAt,
      claimedAt: null,
      body: { kind: 'text', text },
      extras: null,
      visibility: 'all',
      holdMs: 0,
      variants: {},
    },
  });
  return { ...event, version: 10 + seq };
}

function page(...events: readonly ChatEvent[]): Transcript {
  return { entries: events.map((event) => ({ event, receipt: null })), hasMore: false, people };
}

function upTo({ upToVersion = Infinity }: Page, ...events: readonly ChatEvent[]): Transcript {
  return page(...events.filter(({ version }) => version <= upToVersion));
}

const neverAsked = {
  customer: (): void => undefined,
  agent: (): void => undefined,
};

describe("happychat's answers", () => {
  let core: ScriptedCore;
  let service: Service;

  beforeEach(async () => {
    core = scriptedCore();
    core.board = { ...emptyLobby, chats: new Map([[chat.id, { ...chat, addresses: { happychat: 's-7' } }]]) };
    service = await openService(core);
  });

  afterEach(() => service.close());

  async function operator(name = 'olga'): Promise<Ear> {
    const ear = service.join('/operator', name);
    await ear.next('broadcast.state');
    return ear;
  }

  describe('to operators', () => {
    it('status: done without arguments', async () => {
      const olga = await operator();
      expect(await olga.ask('status', 'available')).to.deep.equal([]);
      expect(core.commands.at(-1)).to.deep.equal({ type: 'SetAvailability', status: 'available', isRequesting: false });
    });

    it('capacity: done with the capacity', async () => {
      const olga = await operator();
      expect(await olga.ask('capacity', 4)).to.deep.equal([4]);
    });

    it('broadcast.state: version and state to the callback, or an event without one', async () => {
      const olga = await operator();
      const [version, state] = await olga.ask('broadcast.state');
      expect(state).to.have.nested.property('chatlist.s-7[0]', 'assigned');
      olga.say('broadcast.state');
      expect(await olga.next('broadcast.state')).to.deep.equal([version, state]);
    });

    it('broadcast.dispatch: null and the version, whatever the action does', async () => {
      const olga = await operator();
      const [version] = await olga.ask('broadcast.state');
      const asked = { type: 'SET_OPERATOR_CAPACITY', locale: 'fr', capacity: 2 };
      expect(await olga.ask('broadcast.dispatch', asked)).to.deep.equal([null, version]);
      const nothing = { type: 'SET_OPERATOR_CAPACITY', locale: 'fr', capacity: 'x' };
      expect(await olga.ask('broadcast.dispatch', nothing)).to.deep.equal([null, version]);
    });

    for (const action of [{ type: 'CLOSE_CHAT' }, { type: 'toString' }, { type: '__proto__' }, {}, null, 7, 'text']) {
      it(`broadcast.dispatch of ${JSON.stringify(action)}: not allowed`, async () => {
        const olga = await operator();
        expect(await olga.ask('broadcast.dispatch', action)).to.deep.equal(['Remote dispatch not allowed']);
        olga.say('broadcast.dispatch', action);
        expect(await olga.ask('status', 'available')).to.deep.equal([]);
      });
    }

    it('chat.transcript: what was said, with the timestamp asked for', async () => {
      const olga = await operator();
      core.pages = async () => page(posted(1, 'hello'));
      const [error, answer] = await olga.ask('chat.transcript', 's-7', 1_732_150_900);
      expect(error).to.equal(null);
      expect(answer).to.have.property('timestamp', 1_732_150_900);
      expect(answer).to.have.nested.property('messages[0].text', 'hello');
      expect(answer).to.have.nested.property('messages[0].user.name', 'Joe');
    });

    it('chat.transcript of an unknown chat: not found', async () => {
      const olga = await operator();
      expect(await olga.ask('chat.transcript', 'ghost', null)).to.deep.equal(['chat not found', null]);
    });

    it('chat.open of a chat he is in: chat.open and log again, to this socket', async () => {
      core.board = { ...core.board, chats: new Map([[chat.id, { ...chat, memberIds: ['p_new'] }]]) };
      const olga = await operator();
      await olga.next('log');
      olga.say('chat.open', 's-7');
      await olga.until((heard) => heard.filter(({ name }) => name === 'log').length === 2);
      expect(olga.heard.filter(({ name }) => name === 'chat.open')).to.have.lengthOf(2);
      expect(core.commands).to.deep.equal([]);
    });

    it('what is said while he comes in is in the log, and not live as well', async () => {
      core.board = { ...core.board, chats: new Map([[chat.id, { ...chat, memberIds: ['p_new'] }]]) };
      let proceed: () => void = () => undefined;
      core.answer = () => new Promise((resolve) => (proceed = () => resolve(accepted)));
      core.pages = async () => page(posted(1, 'meanwhile'));
      await service.close();
      service = await openService(core, {
        authenticators: {
          ...neverAsked,
          operator: (_socket, callback) =>
            callback(null, { id: 'olga', username: 'o', picture: '', status: 'reserve' }),
        },
      });
      const olga = service.join('/operator', 'olga');
      expect(await core.commanded(1)).to.deep.equal([{ type: 'SetAvailability', status: 'reserve' }]);
      const session = await core.session('operator');
      session.deliver(posted(1, 'meanwhile'), 'operator');
      proceed();
      expect(await olga.next('log')).to.have.nested.property('[1][0].text', 'meanwhile');
      session.deliver(posted(2, 'live'), 'operator');
      expect(await olga.next('chat.message')).to.have.nested.property('[1].text', 'live');
      expect(olga.heard.filter(({ name }) => name === 'chat.message')).to.have.lengthOf(1);
    });

    it('chat.open while something is on its way to him: live alone', async () => {
      const mine = { ...chat, version: 11, memberIds: ['p_new'] };
      core.board = { ...core.board, chats: new Map([[chat.id, mine]]) };
      core.find = async () => ({ ...mine, version: 12 });
      core.pages = async (asked) => upTo(asked, posted(1, 'before'), posted(2, 'on its way'));
      const olga = await operator();
      await olga.next('log');
      olga.say('chat.open', 's-7');
      const [, again] = await olga.next('log');
      (await core.session('operator')).deliver(posted(2, 'on its way'), 'operator');
      expect(await olga.next('chat.message')).to.have.nested.property('[1].text', 'on its way');
      expect(again).to.have.length(1);
    });

    it('chat.open of any other chat: a join', async () => {
      const olga = await operator();
      olga.say('chat.open', 's-7');
      expect(await core.commanded(1)).to.deep.equal([{ type: 'JoinChat', to: { key: 's-7' } }]);
    });

    for (const code of rejectionCodes) {
      it(`a remote action refused with ${code}: a stated error, or silence`, async () => {
        const olga = await operator();
        core.answer = () => refused(code);
        const said: Partial<Record<string, string>> = {
          UNKNOWN_CHAT: 'chat not found',
          NOT_ALLOWED: 'Remote dispatch not allowed',
          BUSY: 'temporarily unavailable',
          TOO_FAST: 'temporarily unavailable',
        };
        let answer: readonly unknown[] | undefined;
        olga.socket.emit('broadcast.dispatch', { type: 'JOIN_LOCALE', locale: 'fr' }, (...args: unknown[]) => {
          answer = args;
        });
        await core.commanded(1);
        // What is answered at all is answered before a later question.
        await olga.ask('broadcast.state');
        expect(answer?.[0]).to.equal(said[code]);
      });
    }
  });

  describe('to customers', () => {
    it('transcript: an empty one before anything was said', async () => {
      const joe = service.join('/customer', 'joe');
      expect(await joe.ask('transcript', null)).to.deep.equal([null, { timestamp: null, messages: [] }]);
    });

    it('transcript: what was said, each with id and user', async () => {
      core.answer = () => ({ ...accepted, chat: { ...chat, addresses: { happychat: 'joe' } } });
      core.pages = async () => page(posted(1, 'hello'), posted(2, 'again'));
      const joe = service.join('/customer', 'joe');
      const [error, answer] = await joe.ask('transcript', null);
      expect(error).to.equal(null);
      expect(answer).to.have.property('messages').with.lengthOf(2);
      expect(answer).to.have.nested.property('messages[1].id', `${chat.id}:2`);
      expect(answer).to.have.nested.property('messages[1].user.id', 7);
    });

    it('6: transcript while the store is gone: an error text', async () => {
      core.answer = () => ({ ...accepted, chat: { ...chat, addresses: { happychat: 'joe' } } });
      const joe = service.join('/customer', 'joe');
      await joe.next('log');
      core.pages = () => Promise.reject(new Error('the disk is full'));
      expect(await joe.ask('transcript', null)).to.deep.equal(['temporarily unavailable', null]);
    });

    it('a message that comes between the answer and the greeting is live, and not in the log', async () => {
      const own = (event: ChatEvent): ChatEvent => ({
        ...event,
        chat: { ...event.chat, version: event.version, addresses: { happychat: 'joe' } },
      });
      const [before, between] = [own(posted(1, 'before')), own(posted(2, 'between'))];
      core.answer = async () => {
        (await core.session('customer')).deliver(between, 'customer');
        return { ...accepted, chat: { ...chat, version: 11, addresses: { happychat: 'joe' } } };
      };
      core.pages = async (asked) => upTo(asked, before, between);
      const joe = service.join('/customer', 'joe');
      expect(await joe.next('log')).to.have.deep.nested.property('[0].length', 1);
      expect(await joe.next('message')).to.have.nested.property('[0].text', 'between');
    });

    it('more than can be kept while he comes in: he comes again, and misses nothing', async () => {
      let visits = 0;
      core.answer = async () => {
        const session = core.sessions.at(-1);
        visits += 1;
        const flood = visits === 1 ? 10_001 : 0;
        for (let seq = 1; seq <= flood; seq += 1) session?.deliver(posted(seq, 'flood'), 'customer');
        return accepted;
      };
      const joe = service.join('/customer', 'joe', { options: { reconnectionDelay: 10 } });
      expect(await joe.next('disconnect')).to.have.property('0', 'transport close');
      await joe.next('log');
      expect(visits).to.equal(2);
    });

    it('a message is in the log or live, never both', async () => {
      core.answer = () => ({ ...accepted, chat: { ...chat, version: 11, addresses: { happychat: 'joe' } } });
      let fill: (one: Transcript) => void = () => undefined;
      core.pages = () =>
        new Promise((resolve) => {
          fill = resolve;
        });
      const joe = service.join('/customer', 'joe');
      const session = await core.session('customer');
      const own = (event: ChatEvent): ChatEvent => ({
        ...event,
        chat: { ...event.chat, addresses: { happychat: 'joe' } },
      });
      session.deliver(own(posted(1, 'in the log')), 'customer');
      await core.commanded(1);
      await new Promise((resolve) => setImmediate(resolve));
      session.deliver(own(posted(2, 'live')), 'customer');
      fill(page(own(posted(1, 'in the log'))));
      expect(await joe.next('log')).to.have.deep.nested.property('[0].length', 1);
      expect(await joe.next('message')).to.have.nested.property('[0].text', 'live');
      expect(joe.heard.map(({ name }) => name)).to.deep.equal([
        'connect',
        'init',
        'accept',
        'status',
        'log',
        'message',
      ]);
    });

    it('advice about new chats does not reach who is waiting or being helped', async () => {
      core.answer = () => ({ ...accepted, chat: { ...chat, status: 'pending', addresses: { happychat: 'joe' } } });
      const joe = service.join('/customer', 'joe');
      await joe.next('accept');
      const session = await core.session('customer');
      await joe.next('log');
      session.deliver({ type: 'AcceptingChanged', canAccept: false, isPlatformOpen: true }, 'customer');
      const closed = { status: 'closed', addresses: { happychat: 'joe' } } as const;
      session.deliver(happened({ type: 'ChatClosed', reason: 'operator', byId: 'p_one' }, closed), 'customer');
      session.deliver({ type: 'AcceptingChanged', canAccept: true, isPlatformOpen: true }, 'customer');
      expect(await joe.next('accept')).to.deep.equal([true]);
      expect(joe.heard.filter(({ name }) => name === 'accept')).to.have.lengthOf(2);
    });

    it('typing goes on at once, and then ten times a second at most', async () => {
      const joe = service.join('/customer', 'joe');
      await joe.next('log');
      for (const text of ['h', 'he', 'hel']) joe.say('typing', text);
      await core.commanded(2);
      await joe.ask('transcript', null);
      core.clock.advance(100);
      await core.commanded(3);
      const typing = core.commands.filter(({ type }) => type === 'SetTyping');
      expect(typing.map((command: Command) => 'preview' in command && command.preview)).to.deep.equal(['h', 'hel']);
    });

    it('wishes told before the first word are part of the opening', async () => {
      const joe = service.join('/customer', 'joe');
      await joe.next('log');
      joe.say('preferences', { skills: { language: ['fr'], product: ['vip'] } });
      joe.say('chat.setFields', { plan: 'gold' });
      joe.say('message', { id: 'm-1', text: 'hello' });
      const commands = await core.commanded(2);
      expect(commands[1]).to.have.deep.property('opening', {
        displayName: 'Joe',
        locale: 'fr',
        groups: ['vip'],
        fields: { plan: 'gold' },
      });
    });

    it('what is beyond the rate of one identity is ignored, over all its sockets', async () => {
      await service.close();
      service = await openService(core, { customerRate: { perSecond: 1, burst: 3 }, socketShare: 1 });
      const [one, two] = [service.join('/customer', 'joe'), service.join('/customer', 'joe')];
      await Promise.all([one.next('log'), two.next('log')]);
      for (const ear of [one, two]) {
        for (const id of [1, 2, 3]) ear.say('message', { id, text: 'hello' });
      }
      const other = service.join('/customer', 'ann');
      await other.next('log');
      expect(await other.ask('transcript', null)).to.have.lengthOf(2);
      expect(core.commands.filter(({ type }) => type === 'PostMessage')).to.have.lengthOf(3);
    });
  });

  it('what is beyond the rate of one socket is ignored, and the other sockets of its identity are heard', async () => {
    await service.close();
    service = await openService(core, { customerRate: { perSecond: 1, burst: 10 }, socketShare: 0.3 });
    const loud = service.join('/customer', 'joe');
    await loud.next('log');
    const { ended } = await core.session('customer');
    const calm = service.join('/customer', 'joe');
    await calm.next('log');
    for (const id of [1, 2, 3, 4, 5]) loud.say('message', { id, text: 'loud' });
    loud.close();
    await ended;
    calm.say('message', { id: 6, text: 'calm' });
    await calm.ask('transcript', null);
    const said = core.commands.flatMap((command) => (command.type === 'PostMessage' ? [command.body] : []));
    expect(said.map((body) => 'text' in body && body.text)).to.deep.equal(['loud', 'loud', 'loud', 'calm']);
  });

  describe('to agents', () => {
    it('system.info: to the callback, or as an event', async () => {
      const echo = service.join('/agent', 'echo');
      const [info] = await echo.ask('system.info');
      expect(info).to.have.deep.property('operators', []);
      expect(info).to.have.nested.property('chats[0].id', 's-7');
      echo.say('system.info');
      expect(await echo.next('system.info')).to.deep.equal([info]);
    });

    it('role.add: done without arguments', async () => {
      const echo = service.join('/agent', 'echo');
      expect(await echo.ask('role.add', 'logger')).to.deep.equal([]);
    });

    it('words for an unknown chat reach the other agents, and nobody else', async () => {
      core.answer = () => refused('UNKNOWN_CHAT');
      const [echo, logger] = [service.join('/agent', 'echo'), service.join('/agent', 'logger')];
      await Promise.all([echo.next('init'), logger.next('init')]);
      echo.say('message', { id: 'a-1', session_id: 'ghost', text: 'boo', author_type: 'customer' });
      const heard = {
        id: 'a-1',
        session_id: 'ghost',
        text: 'boo',
        timestamp: core.clock.now() / 1000,
        source: 'agent',
        author_type: 'agent',
      };
      expect(await logger.next('message')).to.deep.equal([heard]);
      expect(await echo.next('message')).to.deep.equal([heard]);
    });
  });

  it('changes of the state reach operators once they are quiet, and after 200 ms at the latest', async () => {
    const olga = await operator();
    const watch = core.sessions.find(({ who }) => who.role === 'monitor');
    const [version] = await olga.ask('broadcast.state');
    const missed = happened({ type: 'ChatMissed', cause: 'timeout', place: 1, priority: 0 }, { status: 'missed' });
    core.board = { ...core.board, chats: new Map([[chat.id, { ...chat, status: 'missed' }]]) };
    for (let count = 0; count < 10; count += 1) {
      watch?.deliver(missed, 'lobby');
      core.clock.advance(19);
    }
    expect(await olga.ask('broadcast.state')).to.have.property('0', version);
    watch?.deliver(missed, 'lobby');
    core.clock.advance(10);
    const [held, next, patch] = await olga.next('broadcast.update');
    expect(held).to.equal(version);
    expect(await olga.ask('broadcast.state')).to.have.property('0', next);
    expect(patch).to.have.nested.property('v.chatlist.v.s-7.v[0]', 'missed');
  });
});
