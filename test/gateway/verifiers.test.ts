import { createFixedClock } from '@dragoman/core/testing';
import { hs256Verifier, verifyDev } from '@dragoman/gateway';
import { expect } from 'chai';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';

describe('a token signed with the shared secret', () => {
  const secret = 'a secret of thirty-two characters';
  const clock = createFixedClock();
  const verify = hs256Verifier({ secret, clock });
  const signed = (claims: JWTPayload, key = secret): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(key));
  const invalid = { ok: false, code: 'invalid' };

  it('says who its bearer is', async () => {
    const token = await signed({
      sub: 'olga',
      role: 'supervisor',
      name: 'Olga',
      locale: 'fr',
      groups: ['sales'],
      x: 1,
    });
    expect(await verify(token, {})).to.deep.equal({
      ok: true,
      identity: {
        externalId: 'olga',
        idType: 'string',
        role: 'operator',
        isSupervisor: true,
        name: 'Olga',
        locale: 'fr',
        groups: ['sales'],
        profile: {},
      },
    });
  });

  it('may be what a WordPress backend signs', async () => {
    const user = { ID: 7, username: 'joe', display_name: 'Joe', avatar_URL: 'https://x/j.png', password: 'no' };
    expect(await verify(await signed({ user, session_id: 's1' }), {})).to.deep.equal({
      ok: true,
      identity: {
        externalId: '7',
        idType: 'number',
        role: 'customer',
        name: 'Joe',
        profile: { username: 'joe', display_name: 'Joe', avatar_URL: 'https://x/j.png', session_id: 's1' },
      },
    });
  });

  it('is only a customer when it names no role, and nobody when it names an unknown one', async () => {
    expect(await verify(await signed({ sub: 'a' }), {})).to.have.nested.property('identity.role', 'customer');
    for (const role of ['admin', 'constructor', 7]) {
      expect(await verify(await signed({ sub: 'a', role }), {}), String(role)).to.deep.equal(invalid);
    }
  });

  it('runs out, and says when it will', async () => {
    const exp = Math.floor(clock.now() / 1000) + 60;
    const token = await signed({ sub: 'a', exp });
    expect(await verify(token, {})).to.have.property('expiresAt', exp * 1000);
    clock.advance(70_000);
    expect(await verify(token, {})).to.deep.equal({ ok: false, code: 'expired' });
  });

  it('is refused when somebody else signed it, nobody signed it, or it is no token', async () => {
    expect(await verify(await signed({ sub: 'a' }, 'another secret of 32 characters!'), {})).to.deep.equal(invalid);
    expect(await verify(new UnsecuredJWT({ sub: 'a' }).encode(), {})).to.deep.equal(invalid);
    for (const word of ['', 'a.b.c', '..', 'x'.repeat(100_000)]) expect(await verify(word, {})).to.deep.equal(invalid);
  });

  it('is refused when it says not who it is for, or for nobody in particular', async () => {
    for (const claims of [{}, { sub: '' }, { user: { ID: 1.5 } }, { sub: 'x'.repeat(201) }]) {
      expect(await verify(await signed(claims), {})).to.deep.equal(invalid);
    }
  });

  it('must be from the issuer and for the audience that are configured', async () => {
    const strict = hs256Verifier({ secret, clock, issuer: 'shop', audience: 'chat' });
    expect(await strict(await signed({ sub: 'a', iss: 'shop', aud: 'chat' }), {})).to.have.property('ok', true);
    expect(await strict(await signed({ sub: 'a', iss: 'shop' }), {})).to.deep.equal(invalid);
    expect(await strict(await signed({ sub: 'a', aud: 'chat' }), {})).to.deep.equal(invalid);
  });
});

describe('the development credentials', () => {
  it('name their role and their person', async () => {
    const identity = { externalId: 'olga', name: 'Olga', role: 'operator', isSupervisor: true };
    expect(await verifyDev('dev-supervisor-olga', {})).to.deep.equal({ ok: true, identity });
    for (const role of ['customer', 'operator', 'bot']) {
      expect(await verifyDev(`dev-${role}-x1`, {})).to.have.nested.property('identity.role', role);
    }
  });

  it('are the only ones', async () => {
    const others = ['', 'dev-operator-', 'dev-admin-a', 'dev-operator-Olga', `dev-bot-${'x'.repeat(33)}`, ' dev-bot-a'];
    for (const word of [...others, 'dev-constructor-a', 'dev-bot-a\n']) {
      expect(await verifyDev(word, {}), word).to.deep.equal({ ok: false, code: 'invalid' });
    }
  });
});
