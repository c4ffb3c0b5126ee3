import type { Fields } from '@dragoman/core';
import { hs256Verifier, type IdentityOptions } from '@dragoman/tokens';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { SignJWT } from 'jose';

describe('the claims of a token', () => {
  const secret = 'a secret of thirty-two characters';
  const key = new TextEncoder().encode(secret);

  /** Whom these claims name; undefined for nobody. */
  async function bearer(claims: Fields, options: IdentityOptions = {}): Promise<unknown> {
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
    const verified = await hs256Verifier({ ...options, secret })(token, {});
    if (!verified.ok) return undefined;
    const { subject: _, ...identity } = verified.identity;
    return identity;
  }
  const joe = { externalId: 'joe', idType: 'string', profile: {} };

  it('say who it is', async () => {
    const claims = { sub: 'olga', role: 'supervisor', name: 'Olga', locale: 'fr', groups: ['sales'], x: 1 };
    expect(await bearer(claims)).to.deep.equal({
      externalId: 'olga',
      idType: 'string',
      role: 'operator',
      isSupervisor: true,
      name: 'Olga',
      locale: 'fr',
      groups: ['sales'],
      profile: {},
    });
  });

  it('may be what a WordPress backend signs', async () => {
    const user = { ID: 7, username: 'joe', display_name: 'Joe', avatar_URL: 'https://x/j.png', password: 'no' };
    expect(await bearer({ user, session_id: 's1' })).to.deep.equal({
      externalId: '7',
      idType: 'number',
      role: 'customer',
      name: 'Joe',
      profile: { username: 'joe', display_name: 'Joe', avatar_URL: 'https://x/j.png', session_id: 's1' },
    });
  });

  it('without a role are a customer, and with an unknown one nobody', async () => {
    expect(await bearer({ sub: 'joe' })).to.deep.equal({ ...joe, role: 'customer' });
    expect(await bearer({ sub: 'joe', role: null })).to.deep.equal({ ...joe, role: 'customer' });
    for (const role of ['admin', 'constructor', '', 7, ['operator'], { toString: 1 }]) {
      expect(await bearer({ sub: 'joe', role }), JSON.stringify(role)).to.equal(undefined);
    }
  });

  it('name nobody without an id that can be one', async () => {
    for (const claims of [{}, { sub: '' }, { user: { ID: 1.5 } }, { sub: 'x'.repeat(201) }, { user: [7] }]) {
      expect(await bearer(claims), JSON.stringify(claims)).to.equal(undefined);
    }
  });

  it('grant a role by scope, the highest of several, and none by words of others', async () => {
    const operator = { ...joe, role: 'operator' };
    expect(await bearer({ sub: 'joe', scope: 'openid livechat.operator' })).to.deep.equal(operator);
    expect(await bearer({ sub: 'joe', roles: ['livechat.operator'] })).to.deep.equal(operator);
    expect(await bearer({ sub: 'joe', scope: ['livechat.operator', 'livechat.supervisor'] })).to.deep.equal({
      ...operator,
      isSupervisor: true,
    });
    for (const scope of ['operator', 'livechat.operators', 'LIVECHAT.OPERATOR', { 0: 'livechat.operator' }]) {
      expect(await bearer({ sub: 'joe', scope }), JSON.stringify(scope)).to.deep.equal({ ...joe, role: 'customer' });
    }
  });

  it('of a program name it, and speak for nobody without its name', async () => {
    const program = { ...joe, role: 'customer', realm: 'p9' };
    const scope = 'livechat.program';
    for (const named of [{ programId: 'p9', azp: 'p1' }, { azp: 'p9', client_id: 'p1' }, { client_id: 'p9' }]) {
      expect(await bearer({ sub: 'joe', scope, ...named })).to.deep.equal(program);
    }
    expect(await bearer({ scope, programId: 'p9' })).to.deep.equal({ ...program, externalId: 'p9' });
    expect(await bearer({ sub: 'joe', scope })).to.equal(undefined);
    expect(await bearer({ sub: 'joe', scope, programId: '' })).to.equal(undefined);
  });

  it('that name a program give no realm to whoever is none', async () => {
    expect(await bearer({ sub: 'joe', programId: 'p9', azp: 'p9' })).to.deep.equal({ ...joe, role: 'customer' });
  });

  it('may have other names, or stand deeper', async () => {
    const claims = { id: '/user~1info/0~0', role: 'https://shop.example/role', roles: '/realm_access/roles' };
    const options = { claims, grants: { 'chat-agent': 'operator' } } as const;
    const token = { 'user/info': { '0~': 'joe' }, sub: 'other' };
    const operator = { ...joe, role: 'operator' };
    expect(await bearer({ ...token, realm_access: { roles: ['x', 'chat-agent'] } }, options)).to.deep.equal(operator);
    expect(await bearer({ ...token, 'https://shop.example/role': 'chat-agent' }, options)).to.deep.equal(operator);
    expect(await bearer({ ...token, scope: 'livechat.operator' }, options)).to.have.property('role', 'customer');
    expect(await bearer({ sub: 'joe' }, options)).to.equal(undefined);
  });

  it('are refused when they give a role that this verifier may not give', async () => {
    const options = { allow: ['customer'] } as const;
    expect(await bearer({ sub: 'joe' }, options)).to.have.property('role', 'customer');
    for (const role of ['operator', 'supervisor', 'bot', 'monitor', 'program']) {
      expect(await bearer({ sub: 'joe', role, programId: 'p' }, options), role).to.equal(undefined);
    }
  });

  it('of any form name somebody properly, or nobody', async () => {
    const claim = fc.constantFrom('sub', 'user', 'role', 'roles', 'scope', 'name', 'groups', 'programId', '__proto__');
    const claims = fc.dictionary(claim, fc.jsonValue(), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(claims, async (some) => {
        const known = await bearer(some);
        if (known === undefined) return;
        expect(known).to.have.property('externalId').that.is.a('string').with.length.within(1, 200);
      }),
      { numRuns: 200 },
    );
  });
});
