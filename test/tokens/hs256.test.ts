import { createFixedClock } from '@dragoman/core/testing';
import { hs256Verifier } from '@dragoman/tokens';
import { expect } from 'chai';
import { CompactSign, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';

describe('a token signed with the shared secret', () => {
  const secret = 'a secret of thirty-two characters';
  const clock = createFixedClock();
  const verify = hs256Verifier({ secret, clock });
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const signed = (claims: JWTPayload, key = secret): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(bytes(key));
  const nowS = (): number => clock.now() / 1000;
  const invalid = { ok: false, code: 'invalid' };

  it('says who its bearer is and until when', async () => {
    const exp = nowS() + 60;
    const subject = '["hs256 f6UlNc4RthBTUgHVQ6ngozN74K3kTMebykoTdNqO5+k=","olga"]';
    expect(await verify(await signed({ sub: 'olga', role: 'supervisor', exp }), {})).to.deep.equal({
      ok: true,
      identity: { externalId: 'olga', idType: 'string', role: 'operator', isSupervisor: true, profile: {}, subject },
      expiresAt: exp * 1000,
    });
  });

  it('names the same subject wherever the same secret is trusted, and another where another is', async () => {
    const subjectOf = async (key: string, sub: string): Promise<unknown> => {
      const verified = await hs256Verifier({ secret: key, clock })(await signed({ sub }, key), {});
      return verified.ok ? verified.identity.subject : 'refused';
    };
    const olga = await subjectOf(secret, 'olga');
    expect(await subjectOf(secret, 'olga')).to.equal(olga);
    expect(olga).not.to.contain(secret);
    for (const [key, sub] of [
      [secret, 'ann'],
      ['another secret of 32 characters!', 'olga'],
    ] as const) {
      expect(await subjectOf(key, sub))
        .to.be.a('string')
        .that.is.not.oneOf([olga, 'refused']);
    }
  });

  it('of a program names no subject, since it speaks for its own users', async () => {
    const token = await signed({ sub: 'p9', scope: 'livechat.program', programId: 'p9' });
    const verified = await verify(token, {});
    expect(verified).to.have.nested.property('identity.realm', 'p9');
    expect(verified).not.to.have.nested.property('identity.subject');
  });

  it('runs out in the second it names', async () => {
    const exp = nowS() + 60;
    const token = await signed({ sub: 'a', exp });
    clock.advance(59_999);
    expect(await verify(token, {})).to.have.property('ok', true);
    clock.advance(1);
    expect(await verify(token, {})).to.deep.equal({ ok: false, code: 'expired' });
    clock.advance(3_600_000);
    expect(await verify(token, {})).to.deep.equal({ ok: false, code: 'expired' });
  });

  it('is good a little before its time, since clocks differ, but no earlier', async () => {
    for (const claim of ['nbf', 'iat']) {
      expect(await verify(await signed({ sub: 'a', [claim]: nowS() + 30 }), {}), claim).to.have.property('ok', true);
      expect(await verify(await signed({ sub: 'a', [claim]: nowS() + 31 }), {}), claim).to.deep.equal(invalid);
    }
  });

  it('is refused when somebody else signed it, nobody signed it, or it is no token', async () => {
    expect(await verify(await signed({ sub: 'a' }, 'another secret of 32 characters!'), {})).to.deep.equal(invalid);
    expect(await verify(new UnsecuredJWT({ sub: 'a' }).encode(), {})).to.deep.equal(invalid);
    for (const word of ['', 'a.b.c', '..', 'x'.repeat(100_000)]) expect(await verify(word, {})).to.deep.equal(invalid);
  });

  it('is refused when it is signed with the secret in another way', async () => {
    const long = 'x'.repeat(64);
    const wide = hs256Verifier({ secret: long, clock });
    for (const alg of ['HS384', 'HS512']) {
      const token = await new SignJWT({ sub: 'a' }).setProtectedHeader({ alg }).sign(bytes(long));
      expect(await wide(token, {}), alg).to.deep.equal(invalid);
    }
  });

  it('is refused when what is signed is no set of claims', async () => {
    for (const payload of ['[]', '"a"', 'null', '{', '{"sub":"a","exp":"tomorrow"}', '{"sub":"a","nbf":{}}']) {
      const token = await new CompactSign(bytes(payload)).setProtectedHeader({ alg: 'HS256' }).sign(bytes(secret));
      expect(await verify(token, {}), payload).to.deep.equal(invalid);
    }
  });

  it('is refused unread when it is longer than any token', async () => {
    const token = await signed({ sub: 'a', filler: 'x'.repeat(6000) });
    expect(token)
      .to.have.length.above(8192 - 200)
      .and.below(8193);
    expect(await verify(token, {})).to.have.property('ok', true);
    expect(await verify(await signed({ sub: 'a', filler: 'x'.repeat(6200) }), {})).to.deep.equal(invalid);
  });

  it('must be from the issuer and for the audience that are configured', async () => {
    const strict = hs256Verifier({ secret, clock, issuer: 'shop', audience: 'chat' });
    expect(await strict(await signed({ sub: 'a', iss: 'shop', aud: ['x', 'chat'] }), {})).to.have.property('ok', true);
    expect(await strict(await signed({ sub: 'a', iss: 'shop' }), {})).to.deep.equal(invalid);
    expect(await strict(await signed({ sub: 'a', aud: 'chat' }), {})).to.deep.equal(invalid);
    expect(await strict(await signed({ sub: 'a', iss: 'shop', aud: 'other' }), {})).to.deep.equal(invalid);
  });

  it('cannot be signed with a secret that could be guessed', () => {
    expect(() => hs256Verifier({ secret: 'x'.repeat(31) })).to.throw(TypeError, 'shorter than 32 bytes');
    expect(() => hs256Verifier({ secret: 'é'.repeat(16) })).not.to.throw();
  });
});
