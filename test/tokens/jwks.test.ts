import type { Verified } from '@dragoman/core';
import { createCollectingLog, createFixedClock } from '@dragoman/core/testing';
import { jwksVerifier, type JwksOptions } from '@dragoman/tokens';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { silence, startAuthority, type Authority } from './authority.js';

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly secret: CryptoKey;
  readonly jwk: object;
}

async function makeKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { kid, alg, secret: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

describe('a token signed with a key that its issuer serves', () => {
  const invalid: Verified = { ok: false, code: 'invalid' };
  const [issuer, audience] = ['https://id.shop.example', 'chat'];
  let clock = createFixedClock();
  let log = createCollectingLog();
  let server: Authority;
  let [first, second, rsa]: Key[] = [];

  before(async () => {
    [first, second, rsa] = await Promise.all([makeKey('k1'), makeKey('k2'), makeKey('k3', 'RS256')]);
  });
  beforeEach(async () => {
    clock = createFixedClock();
    log = createCollectingLog();
    server = await startAuthority();
    serve(first);
  });
  afterEach(() => server.stop());

  const serve = (...keys: readonly (Key | undefined)[]): void => {
    server.answer = () => ({ keys: keys.map((key) => key?.jwk) });
  };
  const verifier = (more: Partial<JwksOptions> = {}) =>
    jwksVerifier({ url: server.url, issuer, audience, clock, log, ...more });

  function signed(key: Key | undefined, claims: JWTPayload = {}, header: object = {}): Promise<string> {
    if (key === undefined) throw new Error('no key');
    const all = { sub: 'ada', iss: issuer, aud: audience, exp: clock.now() / 1000 + 86_400, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.secret);
  }
  const isGood = async (verify: ReturnType<typeof verifier>, token: string): Promise<boolean> =>
    (await verify(token, {})).ok;

  it('says who its bearer is and until when, asking the key server once', async () => {
    const verify = verifier();
    const exp = clock.now() / 1000 + 60;
    const tokens = await Promise.all([signed(first, { exp }), signed(first, { sub: 'bob' })]);
    const [ada] = await Promise.all(tokens.map((token) => verify(token, {})));
    const subject = '["jwks https://id.shop.example","ada"]';
    expect(ada).to.deep.equal({
      ok: true,
      identity: { externalId: 'ada', idType: 'string', role: 'customer', profile: {}, subject },
      expiresAt: exp * 1000,
    });
    expect(server.asked).to.have.length(1);
    expect(server.asked[0]?.request.method).to.equal('GET');
  });

  for (const alg of ['RS256', 'ES256', 'EdDSA', 'Ed25519']) {
    it(`may be signed with ${alg}`, async () => {
      const key = alg === 'RS256' ? rsa : await makeKey('k3', alg);
      serve(first, key);
      expect(await isGood(verifier(), await signed(key))).to.equal(true);
    });
  }

  it('is refused without an issuer, an audience or an end', async () => {
    const verify = verifier();
    for (const claims of [{ iss: undefined }, { aud: undefined }, { exp: undefined }, { iss: 'x' }, { aud: ['x'] }]) {
      const { ...given } = claims as JWTPayload;
      expect(await verify(await signed(first, given), {}), JSON.stringify(claims)).to.deep.equal(invalid);
    }
  });

  it('is refused when another key signed it under the same name', async () => {
    const forger = await makeKey('k1');
    expect(await verifier()(await signed(forger), {})).to.deep.equal(invalid);
  });

  it('is refused when it brings or names its own key', async () => {
    const forger = await makeKey('k9');
    const tempting = await startAuthority();
    try {
      tempting.answer = () => ({ keys: [forger.jwk] });
      const verify = verifier({ cooldownMs: 0 });
      for (const header of [{ jku: tempting.url }, { x5u: tempting.url }, { jwk: forger.jwk }]) {
        expect(await verify(await signed(forger, {}, header), {})).to.deep.equal(invalid);
      }
      expect(tempting.asked).to.have.length(0);
    } finally {
      await tempting.stop();
    }
  });

  it('is refused when it is unsigned, or signed with the public key as if that were a secret', async () => {
    serve(rsa);
    const verify = verifier();
    const claims = { sub: 'ada', iss: issuer, aud: audience, exp: clock.now() / 1000 + 60 };
    const shared = new TextEncoder().encode(JSON.stringify(rsa?.jwk));
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k3' }).sign(shared);
    for (const token of [forged, new UnsecuredJWT(claims).encode(), '', 'a.b.c', 'x'.repeat(100_000)]) {
      expect(await verify(token, {})).to.deep.equal(invalid);
    }
    expect(server.asked, 'none of these is worth a question').to.have.length(0);
  });

  it('is refused when it is signed with an algorithm that was ruled out', async () => {
    expect(await verifier({ algorithms: ['RS256'] })(await signed(first), {})).to.deep.equal(invalid);
  });

  it('without the name of its key is tried with each that may fit', async () => {
    serve(second, first);
    const verify = verifier();
    expect(await isGood(verify, await signed(first, {}, { kid: undefined }))).to.equal(true);
    const stranger = await makeKey('k9');
    expect(await verify(await signed(stranger, {}, { kid: undefined }), {})).to.deep.equal(invalid);
    const exp = clock.now() / 1000;
    expect(await verify(await signed(first, { exp }, { kid: undefined }), {})).to.have.property('code', 'expired');
  });

  it('without the name of its key is tried with ten keys and no more', async () => {
    const others = await Promise.all(Array.from({ length: 10 }, (_, index) => makeKey(`o${index}`)));
    const token = await signed(first, {}, { kid: undefined });
    serve(...others.slice(1), first);
    expect(await isGood(verifier(), token)).to.equal(true);
    serve(...others, first);
    expect(await verifier()(token, {})).to.deep.equal(invalid);
  });

  it('is refused while the server serves a secret instead of public keys', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES256' };
    server.answer = () => ({ keys: [jwk] });
    const token = await signed({ kid: 'k1', alg: 'ES256', secret: privateKey, jwk });
    expect(await verifier()(token, {})).to.deep.equal(invalid);
  });

  describe('when the keys change', () => {
    it('is good at once with a key nobody has seen', async () => {
      const verify = verifier();
      expect(await isGood(verify, await signed(first))).to.equal(true);
      serve(first, second);
      clock.advance(1);
      expect(await isGood(verify, await signed(second))).to.equal(true);
      expect(await isGood(verify, await signed(first))).to.equal(true);
      expect(server.asked).to.have.length(2);
    });

    it('causes one question in 30 s however many keys are made up', async () => {
      const verify = verifier();
      const strange = await Promise.all(['a', 'b', 'c'].map((kid) => signed(first, {}, { kid })));
      expect(await isGood(verify, await signed(first))).to.equal(true);
      for (const token of strange) {
        clock.advance(1);
        expect(await verify(token, {})).to.deep.equal(invalid);
      }
      expect(server.asked).to.have.length(2);
      clock.advance(30_000);
      const answers = await Promise.all(strange.map((token) => verify(token, {})));
      expect(answers).to.deep.equal([invalid, invalid, invalid]);
      expect(server.asked).to.have.length(3);
    });

    it('is refused within ten minutes of the withdrawal of its key', async () => {
      const verify = verifier();
      const token = await signed(first);
      expect(await isGood(verify, token)).to.equal(true);
      serve(second);
      clock.advance(599_999);
      expect(await isGood(verify, token)).to.equal(true);
      clock.advance(1);
      expect(await verify(token, {})).to.deep.equal(invalid);
    });

    it('is refused when all keys are withdrawn', async () => {
      const verify = verifier();
      serve();
      expect(await verify(await signed(first), {})).to.deep.equal(invalid);
    });
  });

  describe('when the key server fails', () => {
    const unavailable: Verified = { ok: false, code: 'unavailable', retryAfterMs: 2000 };

    const garbage: Readonly<Record<string, (server: Authority) => void>> = {
      'answers 500': (it) => (it.answer = ({ response }) => ((response.statusCode = 500), { keys: [first?.jwk] })),
      'answers a redirect': (it) =>
        (it.answer = ({ response }) => (response.writeHead(302, { location: '/elsewhere' }), '')),
      'answers no JSON': (it) => (it.answer = () => '<html>'),
      'answers another JSON': (it) => (it.answer = () => ({ keys: 'none' })),
      'answers a list': (it) => (it.answer = () => [null]),
      'answers keys that are none': (it) => (it.answer = () => ({ keys: [1, 'a', null] })),
      'answers without an end': (it) => (it.answer = () => ' '.repeat(300_000)),
      'cuts the connection': (it) => (it.answer = ({ response }) => (response.destroy(), silence)),
    };
    for (const [name, fail] of Object.entries(garbage)) {
      it(`cannot be judged while it ${name}`, async () => {
        fail(server);
        const verify = verifier();
        expect(await verify(await signed(first), {})).to.deep.equal(unavailable);
        serve(first);
        clock.advance(2000);
        expect(await isGood(verify, await signed(first))).to.equal(true);
      });
    }

    it('cannot be judged while it is down, which costs one attempt in 2 s', async () => {
      const verify = verifier();
      server.answer = ({ response }) => (response.destroy(), silence);
      const token = await signed(first);
      const answers = await Promise.all([verify(token, {}), verify(token, {})]);
      expect(answers).to.deep.equal([unavailable, unavailable]);
      clock.advance(500);
      expect(await verify(token, {})).to.deep.equal({ ...unavailable, retryAfterMs: 1500 });
      expect(server.asked).to.have.length(1);
      await server.stop();
      clock.advance(1500);
      expect(await verify(token, {})).to.deep.equal(unavailable);
    });

    it('cannot be judged while it is slow, and does not wait longer than 3 s', async () => {
      server.answer = () => silence;
      const answer = verifier()(await signed(first), {});
      await server.heard(1);
      clock.advance(3000);
      expect(await answer).to.deep.equal(unavailable);
      expect(clock.waiting).to.equal(0);
    });

    it('cannot be judged either while it begins an answer and does not end it', async () => {
      server.answer = ({ response }) => (response.write('{"keys":['), silence);
      const answer = verifier()(await signed(first), {});
      await server.heard(1);
      clock.advance(3000);
      expect(await answer).to.deep.equal(unavailable);
    });

    it('is good for another hour by the keys that are known', async () => {
      const verify = verifier();
      const token = await signed(first);
      expect(await isGood(verify, token)).to.equal(true);
      server.answer = () => '<html>';
      clock.advance(600_000);
      expect(await isGood(verify, token)).to.equal(true);
      expect(await verify(await signed(second), {}), 'a new key may be the reason').to.deep.equal(unavailable);
      clock.advance(3_599_999);
      expect(await isGood(verify, token)).to.equal(true);
      clock.advance(1);
      expect(await verify(token, {})).to.have.property('code', 'unavailable');
    });

    it('is judged at once by keys that are known while the server hangs, which is asked once at a time', async () => {
      let warned = (): void => {};
      const failed = new Promise<void>((resolve) => (warned = resolve));
      const verify = verifier({ log: { ...log, warn: () => warned() } });
      const token = await signed(first);
      expect(await isGood(verify, token)).to.equal(true);
      server.answer = () => silence;
      clock.advance(300_000);
      for (let round = 0; round < 3; round += 1) expect(await isGood(verify, token)).to.equal(true);
      await server.heard(2);
      clock.advance(3000);
      await failed;
      clock.advance(300_000);
      for (let round = 0; round < 3; round += 1) expect(await isGood(verify, token)).to.equal(true);
      await server.heard(3);
      expect(server.asked).to.have.length(3);
    });

    it('waits for the one question under way when its key is not known', async () => {
      const verify = verifier();
      expect(await isGood(verify, await signed(first))).to.equal(true);
      let answer = (): void => {};
      server.answer = () => new Promise((resolve) => (answer = () => resolve({ keys: [first?.jwk, second?.jwk] })));
      clock.advance(300_000);
      expect(await isGood(verify, await signed(first))).to.equal(true);
      const judged = isGood(verify, await signed(second));
      await server.heard(2);
      answer();
      expect(await judged).to.equal(true);
      expect(server.asked).to.have.length(2);
    });

    it('is not waited for by more than a thousand at a time', async () => {
      server.answer = () => silence;
      const verify = verifier({ maxWaiting: 2 });
      const token = await signed(first);
      const waiting = [verify(token, {}), verify(token, {})];
      expect(await verify(token, {})).to.deep.equal(unavailable);
      await server.heard(1);
      serve(first);
      clock.advance(3000);
      await Promise.all(waiting);
      clock.advance(2000);
      expect(await isGood(verify, token)).to.equal(true);
    });

    it('is told of in the log once, and once when it is back, without any token', async () => {
      const verify = verifier({ url: `${server.url}keys?hint=private` });
      const token = await signed(first);
      server.answer = () => '<html>';
      await verify(token, {});
      clock.advance(2000);
      await verify(token, {});
      serve(first);
      clock.advance(2000);
      await verify(token, {});
      const url = `${server.url}keys`;
      expect(log.lines.map(({ level, facts }) => ({ level, ...facts }))).to.deep.equal([
        { level: 'warn', url, problem: 'the answer is not JSON' },
        { level: 'info', url },
      ]);
      for (const part of token.split('.')) expect(JSON.stringify(log.lines)).not.to.include(part);
    });
  });

  it('is not looked up over a connection that others can change', () => {
    for (const url of ['http://id.shop.example/', 'ftp://id.shop.example/', 'keys', 'https://me:pw@id.shop.example/']) {
      expect(() => verifier({ url }), url).to.throw(TypeError, 'must be https');
    }
    expect(() => verifier({ url: 'http://id.shop.example/', allowHttp: true })).not.to.throw();
    for (const host of ['localhost:1', '127.0.0.1', '[::1]']) verifier({ url: `http://${host}/` });
  });
});
