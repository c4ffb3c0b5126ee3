import type { Verified } from '@dragoman/core';
import { createCollectingLog, createFixedClock } from '@dragoman/core/testing';
import { introspectionVerifier, type IntrospectionOptions } from '@dragoman/tokens';
import { expect } from 'chai';
import { silence, startAuthority, type Authority } from './authority.js';

describe('a token that its authority is asked about', () => {
  const invalid: Verified = { ok: false, code: 'invalid' };
  const unavailable: Verified = { ok: false, code: 'unavailable', retryAfterMs: 2000 };
  const client = { id: 'chat gateway', secret: 'c:/ü+secret' };
  const ada = { externalId: 'ada', idType: 'string', role: 'customer', profile: {} };
  const subject = (): string => `["introspection ${server.url}introspect","ada"]`;
  let clock = createFixedClock();
  let log = createCollectingLog();
  let server: Authority;

  beforeEach(async () => {
    clock = createFixedClock();
    log = createCollectingLog();
    server = await startAuthority();
    server.answer = ({ form }) => ({ active: true, sub: form.get('token') });
  });
  afterEach(() => server.stop());

  const verifier = (more: Partial<IntrospectionOptions> = {}) =>
    introspectionVerifier({ url: `${server.url}introspect`, client, clock, log, ...more });

  it('is whose the authority says, until when it says', async () => {
    const exp = clock.now() / 1000 + 60;
    server.answer = () => ({ active: true, sub: 'ada', name: 'Ada', scope: 'livechat.operator', exp, client_id: 'x' });
    expect(await verifier()('t0ken', {})).to.deep.equal({
      ok: true,
      identity: { ...ada, name: 'Ada', role: 'operator', subject: subject() },
      expiresAt: exp * 1000,
    });
  });

  it('is sent in a form, after who asks', async () => {
    await verifier()('a+b/c=&d', {});
    const [{ request, form } = expect.fail('nothing came')] = server.asked;
    expect([request.method, request.url]).to.deep.equal(['POST', '/introspect']);
    expect(request.headers['content-type']).to.match(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(form)).to.deep.equal({ token: 'a+b/c=&d', token_type_hint: 'access_token' });
    const [scheme, pair = ''] = request.headers.authorization?.split(' ') ?? [];
    expect(scheme).to.equal('Basic');
    expect(Buffer.from(pair, 'base64').toString()).to.equal('chat+gateway:c%3A%2F%C3%BC%2Bsecret');
  });

  it('may be asked about with the proof in the form, or with a token of our own', async () => {
    await verifier({ client: { ...client, in: 'form' } })('one', {});
    await verifier({ client: { bearer: 'ours' } })('two', {});
    const [first, second] = server.asked;
    expect(first?.request.headers).not.to.have.property('authorization');
    expect(first?.form.get('client_id')).to.equal(client.id);
    expect(first?.form.get('client_secret')).to.equal(client.secret);
    expect(second?.request.headers.authorization).to.equal('Bearer ours');
    expect(second?.form.has('client_secret')).to.equal(false);
  });

  it('is refused when it is not active, whatever else is said of it', async () => {
    server.answer = () => ({ active: false, sub: 'ada' });
    expect(await verifier()('t', {})).to.deep.equal(invalid);
  });

  it('is refused when its time is over or has not come', async () => {
    const now = clock.now() / 1000;
    const times: readonly (readonly [object, Verified])[] = [
      [{ exp: now }, { ok: false, code: 'expired' }],
      [{ exp: 'soon' }, invalid],
      [{ nbf: now + 31 }, invalid],
    ];
    for (const [time, answer] of times) {
      server.answer = () => ({ active: true, sub: 'ada', ...time });
      expect(await verifier()('t', {}), JSON.stringify(time)).to.deep.equal(answer);
    }
  });

  it('must be from the issuer and for the audience that are configured', async () => {
    const verify = verifier({ issuer: 'shop', audience: 'chat' });
    const said: readonly (readonly [object, boolean])[] = [
      [{ iss: 'shop', aud: 'chat' }, true],
      [{ iss: 'shop', aud: ['x', 'chat'] }, true],
      [{ iss: 'shop' }, false],
      [{ aud: 'chat' }, false],
      [{ iss: 'shop', aud: 'x' }, false],
    ];
    for (const [index, [claims, ok]] of said.entries()) {
      server.answer = () => ({ active: true, sub: 'ada', ...claims });
      expect(await verify(`t${index}`, {}), JSON.stringify(claims)).to.have.property('ok', ok);
    }
  });

  it('names nobody by claims of a strange form', async () => {
    for (const claims of [{}, { sub: {} }, { sub: 'a', role: { toString: 1, valueOf: 1 } }, { sub: ['a'] }]) {
      server.answer = () => ({ active: true, ...claims });
      expect(await verifier()('t', {}), JSON.stringify(claims)).to.deep.equal(invalid);
    }
  });

  it('is refused unasked when it is empty or longer than any token', async () => {
    const verify = verifier();
    expect(await verify('', {})).to.deep.equal(invalid);
    expect(await verify('x'.repeat(8193), {})).to.deep.equal(invalid);
    expect(server.asked).to.have.length(0);
    expect(await verify('x'.repeat(200), {})).to.have.property('ok', true);
  });

  describe('again and again', () => {
    it('is asked about once a minute', async () => {
      const verify = verifier();
      await verify('ada', {});
      clock.advance(59_999);
      expect(await verify('ada', {})).to.have.deep.property('identity', { ...ada, subject: subject() });
      expect(server.asked).to.have.length(1);
      server.answer = () => ({ active: false });
      clock.advance(1);
      expect(await verify('ada', {})).to.deep.equal(invalid);
    });

    it('is asked about once when many sockets bring it at once', async () => {
      const verify = verifier();
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify('ada', {})));
      expect(new Set(answers.map((answer) => answer.ok))).to.deep.equal(new Set([true]));
      expect(server.asked).to.have.length(1);
    });

    it('is asked about once a minute also when the clock is set back a day', async () => {
      let behind = 0;
      const verify = verifier({ clock: { ...clock, now: () => clock.now() - behind } });
      expect((await verify('t0ken', {})).ok).to.equal(true);
      behind = 86_400_000;
      server.answer = () => ({ active: false });
      clock.advance(60_000);
      expect(await verify('t0ken', {})).to.deep.equal(invalid);
    });

    it('is never remembered beyond its end', async () => {
      const exp = clock.now() / 1000 + 10;
      server.answer = () => ({ active: true, sub: 'ada', exp });
      const verify = verifier();
      await verify('ada', {});
      clock.advance(10_000);
      expect(await verify('ada', {})).to.deep.equal({ ok: false, code: 'expired' });
      expect(server.asked).to.have.length(2);
    });

    it('is asked about anew when it was refused or the authority was away', async () => {
      const verify = verifier();
      server.answer = () => ({ active: false });
      await verify('ada', {});
      server.answer = () => 'oops';
      expect(await verify('ada', {})).to.deep.equal(unavailable);
      server.answer = () => ({ active: true, sub: 'ada' });
      expect(await verify('ada', {})).to.have.property('ok', true);
    });

    it('is forgotten first when it was used least lately and too many others come', async () => {
      const verify = verifier({ maxCached: 2 });
      for (const token of ['ada', 'bob', 'ada', 'cay']) await verify(token, {});
      expect(server.asked).to.have.length(3);
      await verify('ada', {});
      expect(server.asked).to.have.length(3);
      await verify('bob', {});
      expect(server.asked).to.have.length(4);
    });
  });

  describe('while the authority fails', () => {
    const failures: Readonly<Record<string, Authority['answer']>> = {
      'answers 401 to us': ({ response }) => ((response.statusCode = 401), { active: true, sub: 'ada' }),
      'answers 500': ({ response }) => ((response.statusCode = 500), { active: true, sub: 'ada' }),
      'answers 201': ({ response }) => ((response.statusCode = 201), { active: true, sub: 'ada' }),
      'sends us elsewhere': ({ response }) => (response.writeHead(307, { location: '/elsewhere' }), ''),
      'answers no JSON': () => 'active',
      'answers another JSON': () => [{ active: true }],
      'is not sure': () => ({ active: 'true', sub: 'ada' }),
      'answers without an end': () => ({ active: true, sub: 'ada', filler: ' '.repeat(70_000) }),
      'cuts the connection': ({ response }) => (response.destroy(), silence),
    };
    for (const [name, answer] of Object.entries(failures)) {
      it(`cannot be judged: it ${name}`, async () => {
        server.answer = answer;
        expect(await verifier()('t', {})).to.deep.equal(unavailable);
        expect(server.asked).to.have.length(1);
      });
    }

    it('cannot be judged: it is down', async () => {
      const verify = verifier();
      await server.stop();
      expect(await verify('t', {})).to.deep.equal(unavailable);
      expect(log.lines[0]).to.have.nested.property('facts.problem', 'ECONNREFUSED');
    });

    it('cannot be judged: it is slow, and nobody waits longer than 2 s', async () => {
      server.answer = () => silence;
      const answer = verifier()('t', {});
      await server.heard(1);
      clock.advance(2000);
      expect(await answer).to.deep.equal(unavailable);
      expect(clock.waiting).to.equal(0);
    });

    it('is asked so many questions at once and no more; the others wait their turn, or are sent away', async () => {
      const waiting: (() => void)[] = [];
      server.answer = ({ response }) => {
        waiting.push(() => response.end(JSON.stringify({ active: true, sub: 'ada' })));
        return silence;
      };
      const verify = verifier({ maxConcurrent: 2, maxWaiting: 1 });
      const [first, second, third, fourth] = ['1', '2', '3', '4'].map((token) => verify(token, {}));
      expect(await fourth).to.deep.equal(unavailable);
      await server.heard(2);
      expect(waiting).to.have.length(2);
      waiting.shift()?.();
      expect(await first).to.have.property('ok', true);
      await server.heard(3);
      for (const answer of waiting) answer();
      expect(await Promise.all([second, third])).to.have.nested.property('[1].ok', true);
      expect(server.asked).to.have.length(3);
    });

    it('lets nobody wait for a turn longer than 2 s either', async () => {
      server.answer = () => silence;
      const verify = verifier({ maxConcurrent: 1 });
      const answers = Promise.all([verify('1', {}), verify('2', {})]);
      await server.heard(1);
      clock.advance(2000);
      expect(await answers).to.deep.equal([unavailable, unavailable]);
      server.answer = () => ({ active: true, sub: 'ada' });
      expect(await verify('3', {})).to.have.property('ok', true);
    });

    it('tells the log once, and once when it is back, without token or secret', async () => {
      const verify = verifier({ url: `${server.url}introspect?key=private` });
      server.answer = () => 'oops';
      await verify('t0ken', {});
      await verify('t0ken', {});
      server.answer = () => ({ active: false });
      await verify('t0ken', {});
      expect(log.lines.map(({ level, facts }) => [level, facts['url']])).to.deep.equal([
        ['warn', `${server.url}introspect`],
        ['info', `${server.url}introspect`],
      ]);
      expect(JSON.stringify(log.lines)).not.to.match(/t0ken|secret|private/);
    });
  });

  it('is not sent over a connection that others can read', () => {
    expect(() => verifier({ url: 'http://id.shop.example/introspect' })).to.throw(TypeError, 'must be https');
    expect(() => verifier({ url: 'http://id.shop.example/introspect', allowHttp: true })).not.to.throw();
  });
});
