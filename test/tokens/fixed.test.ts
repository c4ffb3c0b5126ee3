import { developmentVerifier, fixedVerifier } from '@dragoman/tokens';
import { expect } from 'chai';

const invalid = { ok: false, code: 'invalid' };

describe('fixed tokens', () => {
  const identity = { externalId: 'shop', role: 'bot' } as const;
  const verify = fixedVerifier([
    { token: 'first token', identity },
    { token: 'second token', identity: { externalId: 'spy', role: 'monitor' } },
  ]);

  it('each name their own bearer', async () => {
    expect(await verify('first token', {})).to.deep.equal({ ok: true, identity });
    expect(await verify('second token', {})).to.have.nested.property('identity.externalId', 'spy');
  });

  it('are the only ones', async () => {
    for (const token of ['', 'first', 'first token ', 'FIRST TOKEN', 'x'.repeat(100_000)]) {
      expect(await verify(token, {})).to.deep.equal(invalid);
    }
    expect(await fixedVerifier([])('', {})).to.deep.equal(invalid);
  });

  it('cannot be empty', () => {
    expect(() => fixedVerifier([{ token: '', identity }])).to.throw(TypeError);
  });
});

describe('the development credentials', () => {
  const verify = developmentVerifier();

  it('name their role and their person', async () => {
    const identity = { externalId: 'olga', name: 'Olga', role: 'operator', isSupervisor: true, subject: 'dev olga' };
    expect(await verify('dev-supervisor-olga', {})).to.deep.equal({ ok: true, identity });
    for (const role of ['customer', 'operator', 'bot']) {
      expect(await verify(`dev-${role}-x1`, {})).to.have.nested.property('identity.role', role);
      expect(await verify(`dev-${role}-x1`, {})).not.to.have.nested.property('identity.realm');
    }
  });

  it('of a program are a customer in a realm of its own', async () => {
    const identity = { externalId: 'p9', name: 'P9', role: 'customer', realm: 'p9' };
    expect(await verify('dev-program-p9', {})).to.deep.equal({ ok: true, identity });
  });

  it('are the only ones', async () => {
    const others = ['', 'dev-operator-', 'dev-admin-a', 'dev-operator-Olga', `dev-bot-${'x'.repeat(33)}`, ' dev-bot-a'];
    for (const word of [...others, 'dev-constructor-a', 'dev-bot-a\n']) {
      expect(await verify(word, {}), word).to.deep.equal(invalid);
    }
  });
});
