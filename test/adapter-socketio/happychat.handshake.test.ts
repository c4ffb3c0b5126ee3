import type { IncomingMessage } from 'node:http';
import { tokenAuthenticator, type Authenticator } from '@dragoman/adapter-socketio';
import { expect } from 'chai';
import { chat } from './happychat-scene.js';
import { generations } from './clients.js';
import { openService, type Service } from './happychat-service.js';
import { accepted, refused, scriptedCore, type ScriptedCore } from './scripted-core.js';

describe("happychat's handshake", () => {
  let core: ScriptedCore;
  let service: Service;

  beforeEach(async () => {
    core = scriptedCore();
    service = await openService(core);
  });

  afterEach(() => service.close());

  for (const version of Object.keys(generations)) {
    it(`lets client ${version} in by its token, as a customer, an operator and an agent`, async () => {
      const joe = service.join('/customer', 'joe', { version });
      const [user] = await joe.next('init');
      expect(user).to.deep.equal({ id: 'joe', username: 'joe', displayName: 'Joe', picture: '', session_id: 'joe' });
      const olga = service.join('/operator', 'olga', { version });
      expect(await olga.next('init')).to.deep.equal([
        { id: 'olga', username: 'olga', displayName: 'Olga', picture: '' },
      ]);
      const echo = service.join('/agent', 'echo', { version });
      expect(await echo.next('init')).to.have.nested.property('[0].id', 'echo');
    });

    it(`tells client ${version} that it is unauthorized, and nothing more`, async () => {
      const joe = service.join('/customer', 'joe', { version, answer: { jwt: 'nonsense' } });
      expect(await joe.next('unauthorized')).to.deep.equal([]);
      joe.say('message', { id: 'm-1', text: 'hello' });
      core.clock.advance(5_000);
      await joe.next('disconnect');
      expect(joe.heard.map(({ name }) => name)).to.deep.equal(['connect', 'unauthorized', 'disconnect']);
      expect(core.commands).to.deep.equal([]);
    });
  }

  it('greets a customer with init, accept, status and log, in this order', async () => {
    const joe = service.join('/customer', 'joe');
    await joe.next('log');
    expect(joe.heard.slice(1).map(({ name, args }) => [name, ...args.slice(0, name === 'init' ? 0 : 1)])).to.deep.equal(
      [['init'], ['accept', true], ['status', 'new'], ['log', []]],
    );
  });

  it('greets an operator with init and then the shared state', async () => {
    const olga = service.join('/operator', 'olga');
    const [version, state] = await olga.next('broadcast.state');
    expect(version).to.be.a('string');
    expect(state).to.have.all.keys('operators', 'chatlist', 'groups', 'locales');
    expect(olga.heard.map(({ name }) => name)).to.deep.equal(['connect', 'init', 'broadcast.state']);
  });

  it('tells a verifier where the client is, and not where the proxy is that it comes over', async () => {
    await service.close();
    const asked: unknown[] = [];
    const customer = tokenAuthenticator(async (_, about) => {
      asked.push(about);
      return { ok: false, code: 'invalid' };
    });
    const authenticators = { customer, operator: customer, agent: customer };
    const addressOf = ({ headers }: IncomingMessage): string => String(headers['x-forwarded-for']);
    service = await openService(core, { authenticators }, { addressOf });
    const options = { extraHeaders: { 'X-Forwarded-For': '192.0.2.1' } };
    await service.join('/customer', 'joe', { options }).next('unauthorized');
    expect(asked).to.deep.equal([{ remoteAddress: '192.0.2.1' }]);
  });

  it('refuses a token of another role', async () => {
    await service.join('/operator', 'joe', { answer: { jwt: 'customer:joe' } }).next('unauthorized');
    await service.join('/customer', 'olga', { answer: { jwt: 'operator:olga' } }).next('unauthorized');
    await service.join('/agent', 'joe', { answer: { jwt: 'customer:joe' } }).next('unauthorized');
  });

  for (const [what, answer] of Object.entries({
    'an empty object': {},
    'a text': 'jwt',
    'no jwt': { signer_user_id: 7 },
  })) {
    it(`refuses a client that answers with ${what}`, async () => {
      const joe = service.join('/customer', 'joe', { answer });
      await joe.next('unauthorized');
    });
  }

  it('refuses a client that never answers, after 30 seconds', async () => {
    const joe = service.join('/customer', 'joe', { answer: null });
    await joe.next('connect');
    // The deadline stands before the first packet leaves.
    core.clock.advance(29_999);
    expect(joe.heard.map(({ name }) => name)).to.deep.equal(['connect']);
    core.clock.advance(1);
    await joe.next('unauthorized');
  });

  it('replays what a client sent before it was let in', async () => {
    const joe = service.join('/customer', 'joe');
    joe.say('message', { id: 'm-1', text: 'first' });
    joe.say('message', { id: 'm-2', text: 'second' });
    await joe.next('log');
    const commands = await core.commanded(3);
    expect(commands.map(({ type }) => type)).to.deep.equal(['OpenChat', 'PostMessage', 'PostMessage']);
    expect(commands[1]).to.have.deep.property('body', { kind: 'text', text: 'first' });
  });

  it('answers a remote action at once when its sender is not known yet', async () => {
    const olga = service.join('/operator', 'olga', { answer: null });
    await olga.next('connect');
    const action = { type: 'SET_OPERATOR_STATUS', status: 'available' };
    expect(await olga.ask('broadcast.dispatch', action)).to.deep.equal(['socket not authorized']);
    expect(core.commands).to.deep.equal([]);
  });

  it('sends a client back when the core cannot serve it now', async () => {
    core.answer = () => refused('BUSY');
    const joe = service.join('/customer', 'joe', { options: { reconnection: false } });
    expect(await joe.next('disconnect')).to.have.property('0', 'transport close');
  });

  it('joins the chat of a session that somebody else opened, and shows there who he is now', async () => {
    const opened = { ...accepted, chat: { ...chat, customerIds: ['p_ann'], addresses: { happychat: 'joe' } } };
    core.answer = () => opened;
    const joe = service.join('/customer', 'joe');
    await joe.next('log');
    expect(core.commands).to.deep.equal([
      { type: 'OpenChat', key: 'joe' },
      { type: 'JoinChat', to: { key: 'joe' } },
      { type: 'UpdateParticipant' },
    ]);
  });

  it('ends the session when the client goes', async () => {
    const joe = service.join('/customer', 'joe');
    await joe.next('log');
    const session = await core.session('customer');
    expect(session.how).to.deep.include({
      scope: 'own',
      away: { leavesDesk: true, noticeMs: 10_000, closeMs: 90_000 },
    });
    joe.close();
    await session.ended;
  });

  it('says unauthorized when a credential has run out, and lets a replaced or slow client go', async () => {
    const [joe, ann, zoe] = ['joe', 'ann', 'zoe'].map((name) =>
      service.join('/customer', name, { options: { reconnection: false } }),
    );
    await Promise.all([joe?.next('log'), ann?.next('log'), zoe?.next('log')]);
    const of = (id: string): (typeof core.sessions)[number] | undefined =>
      core.sessions.find(({ who }) => who.externalId === id);
    of('joe')?.endBecause('UNAUTHENTICATED');
    await joe?.next('unauthorized');
    of('ann')?.endBecause('REPLACED');
    expect(await ann?.next('disconnect')).to.have.property('0', 'io server disconnect');
    of('zoe')?.endBecause('SLOW');
    expect(await zoe?.next('disconnect')).to.have.property('0', 'transport close');
  });

  it('closes connections, never namespaces, when it stops', async () => {
    const joe = service.join('/customer', 'joe', { options: { reconnection: false } });
    await joe.next('log');
    await service.adapter.stop();
    await service.adapter.stop();
    expect(await joe.next('disconnect')).to.have.property('0', 'transport close');
  });

  describe("with an authenticator of the user's own", () => {
    const joe = { id: 7, username: 'joe', picture: '', session_id: 's-7', shoeSize: 44 };
    const how: Readonly<Record<string, readonly [Authenticator, string | undefined]>> = {
      'that calls back with an error': [(_socket, done) => done(new Error('no')), 'its credentials were refused'],
      'that throws': [
        () => {
          throw new Error('no');
        },
        'the authenticator failed',
      ],
      'that gives no user': [(_socket, done) => done(null), 'the authenticator gave no user'],
      'that forgets keys': [
        (_socket, done) => done(null, { id: 7, picture: null }),
        'the user lacks username, picture, session_id',
      ],
      'that lets in and then thinks again': [
        (_socket, done) => {
          done(null, joe);
          done(new Error('no'));
        },
        undefined,
      ],
      'that speaks events of its own': [
        (socket, done) => void socket.emit('auth', (error: unknown, user: unknown) => done(error, user)),
        undefined,
      ],
    };

    for (const [what, [customer, problem]] of Object.entries(how)) {
      it(`${what}: ${problem === undefined ? 'init with the very user' : 'unauthorized'}`, async () => {
        await service.close();
        const others = { operator: customer, agent: customer };
        service = await openService(core, { authenticators: { customer, ...others } });
        const ear = service.join('/customer', 'joe');
        ear.socket.on('auth', (answer: (error: unknown, user: unknown) => void) => answer(null, joe));
        if (problem === undefined) expect(await ear.next('init')).to.deep.equal([joe]);
        else await ear.next('unauthorized');
        expect(core.log.lines.map(({ facts }) => facts['reason'])).to.deep.equal(
          problem === undefined ? [] : [problem],
        );
      });
    }
  });

  it('writes no credential and no word into the log', async () => {
    const joe = service.join('/customer', 'joe', { answer: { jwt: 'very-secret' } });
    await joe.next('unauthorized');
    expect(core.log.lines).to.have.lengthOf(1);
    expect(JSON.stringify(core.log.lines)).to.not.contain('very-secret');
  });
});
