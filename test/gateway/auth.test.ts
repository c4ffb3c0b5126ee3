import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '@dragoman/gateway';
import { expect } from 'chai';

describe('a config that says who may sign in', () => {
  const env = { SECRET: 'x'.repeat(32), SHORT: 'x' };

  function problems(auth: unknown): readonly string[] {
    const adapters = [{ dialect: 'happychat', workspace: 'default', auth }];
    const config = { listeners: [{ name: 'main', port: 0 }], workspaces: [{ id: 'default' }], adapters };
    const checked = checkConfig(config, { env, hasVerifier: false });
    return checked.ok ? [] : checked.problems.map(({ path, what }) => `${path.replace('adapters[0].', '')}: ${what}`);
  }
  const hs256 = { kind: 'hs256', secret: { env: 'SECRET' } };
  const jwks = { kind: 'jwks', url: 'https://id.example/keys', issuer: 'https://id.example', audience: 'chat' };
  const introspection = {
    kind: 'introspection',
    url: 'https://id.example/introspect',
    client: { id: 'chat', secret: { env: 'SHORT' } },
  };

  it('may name every verifier, each with all its options', () => {
    const person = {
      claims: { id: 'uid', roles: '/realm_access/roles' },
      grants: { 'chat-agent': 'operator', 'https://x/y z': 'customer' },
      allow: ['customer', 'operator'],
    };
    const times = { maxAgeMs: 1, maxStaleMs: 0, cooldownMs: 0, timeoutMs: 1000 };
    const bounds = { cacheMs: 0, maxCached: 1, timeoutMs: 1000, maxConcurrent: 1, maxWaiting: 1 };
    const all = [
      { ...hs256, ...person, issuer: 'shop', audience: 'chat' },
      { ...jwks, ...person, ...times, algorithms: ['RS256'] },
      { ...introspection, ...person, ...bounds, client: { ...introspection.client, in: 'form' } },
    ];
    for (const auth of [...all, { kind: 'firstOf', of: all }]) {
      expect(problems(auth), auth.kind).to.deep.equal([]);
    }
  });

  it('has the problems of each verifier reported at its own path', () => {
    const of = [
      { ...hs256, secret: { env: 'SHORT' }, allow: ['admin'] },
      { ...jwks, audience: undefined, algorithms: ['none'] },
      { ...introspection, client: { id: 'chat', secret: {} }, grants: { a: 'root' } },
      { kind: 'ldap' },
    ];
    const roles = 'must be one of customer, operator, supervisor, bot, monitor, program';
    expect(problems(JSON.parse(JSON.stringify({ kind: 'firstOf', of })))).to.deep.equal([
      `auth.of[0].allow[0]: ${roles}`,
      'auth.of[1].audience: is missing',
      'auth.of[1].algorithms[0]: must be one of RS256, PS256, ES256, EdDSA, Ed25519',
      'auth.of[2].client.secret: must not have fewer than 1 properties',
      `auth.of[2].grants.a: ${roles}`,
      'auth.of[3].kind: must be one of hs256, jwks, introspection',
    ]);
    expect(problems({ kind: 'firstOf', of: [{ kind: 'firstOf', of: [hs256] }] })).to.have.length(1);
  });

  it('needs every secret it names, and never a short one for hs256', () => {
    expect(problems({ ...hs256, secret: { env: 'SHORT' } })).to.deep.equal([
      'auth.secret.env: the secret in SHORT is shorter than 32 bytes',
    ]);
    const client = { id: 'chat', secret: { env: 'ABSENT' } };
    expect(problems({ kind: 'firstOf', of: [hs256, { ...introspection, client }] })).to.deep.equal([
      'auth.of[1].client.secret.env: the environment variable ABSENT is not set',
    ]);
    expect(problems({ ...hs256, secret: { env: 'SECRET', file: '/x' } })).to.deep.equal([
      'auth.secret: must not have more than 1 properties',
    ]);
  });

  it('may keep a secret in a file, with a line end after it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dragoman-secret-'));
    try {
      const file = join(folder, 'secret');
      const at = { ...hs256, secret: { file } };
      expect(problems(at)).to.deep.equal([`auth.secret.file: ${file} cannot be read or is empty`]);
      writeFileSync(file, `${'x'.repeat(31)}\n`);
      expect(problems(at)).to.deep.equal([`auth.secret.file: the secret in ${file} is shorter than 32 bytes`]);
      writeFileSync(file, `${'x'.repeat(32)}\r\n`);
      expect(problems(at)).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('proves to an authority in exactly one way who asks', () => {
    const neither = { kind: introspection.kind, url: introspection.url };
    const why = 'auth.client: is missing, or `bearer` is: exactly one of them proves who asks';
    expect(problems(neither)).to.deep.equal([why]);
    expect(problems({ ...introspection, bearer: { env: 'SHORT' } })).to.deep.equal([why]);
    expect(problems({ ...neither, bearer: { env: 'SHORT' } })).to.deep.equal([]);
  });

  it('asks others over https alone, unless it is said to be meant', () => {
    for (const auth of [jwks, introspection]) {
      const open = { ...auth, url: auth.url.replace('https:', 'http:') };
      expect(problems(open)).to.deep.equal([
        'auth.url: the address must be https without a user, or http on this machine',
      ]);
      expect(problems({ ...open, allowHttp: true })).to.deep.equal([]);
      expect(problems({ ...auth, url: 'http://localhost:8080/' })).to.deep.equal([]);
    }
    expect(problems({ ...jwks, url: 'https://me:pw@id.example/' })[0]).to.include(
      'auth.url: must read like https://id.example',
    );
  });

  it('has one way of signing for one issuer', () => {
    const shop = { ...hs256, issuer: 'https://shop.example' };
    expect(problems({ kind: 'firstOf', of: [shop, jwks] })).to.deep.equal([]);
    expect(problems({ kind: 'firstOf', of: [{ ...hs256, issuer: jwks.issuer }, jwks] })).to.deep.equal([
      'auth.of[0].issuer: signs with keys already at adapters[0].auth.of[1]',
    ]);
  });
});
