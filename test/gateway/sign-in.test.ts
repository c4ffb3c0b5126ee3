import { createCollectingLog, createFixedClock, eventually } from '@dragoman/core/testing';
import type { Frame } from '@dragoman/adapter-socketio';
import { createGateway, tokens, type AuthConfig, type Gateway } from '@dragoman/gateway';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { generations, listenTo, type Ear } from '../adapter-socketio/clients.js';
import { silence, startAuthority, type Authority } from '../tokens/authority.js';

describe('signing in at a gateway', () => {
  const [issuer, audience] = ['https://id.shop.example', 'chat'];
  const environment = { SHOP: 'a secret of thirty-two characters', CLIENT: 'the secret of the gateway' };
  const log = createCollectingLog();
  const ears: Ear[] = [];
  let clock = createFixedClock();
  let server: Authority;
  let one: Gateway;
  let secret: CryptoKey;
  let jwk: object;

  before(async () => {
    const pair = await generateKeyPair('ES256');
    secret = pair.privateKey;
    jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' };
  });
  beforeEach(async () => {
    clock = createFixedClock();
    server = await startAuthority();
    server.answer = () => ({ keys: [jwk] });
  });
  afterEach(async () => {
    for (const ear of ears.splice(0)) ear.close();
    await one.stop();
    await server.stop();
  });

  async function serve(auth: AuthConfig): Promise<void> {
    one = createGateway(
      {
        listeners: [{ name: 'main', port: 0 }],
        store: { kind: 'memory' },
        workspaces: [{ id: 'default' }],
        adapters: [
          { dialect: 'happychat', workspace: 'default', auth },
          { dialect: 'tickets', workspace: 'default', auth },
        ],
        drainMs: 0,
      },
      {
        environment,
        bind(container) {
          container.rebind(tokens.log).toConstantValue(log);
          container.rebind(tokens.clock).toConstantValue(clock);
        },
      },
    );
    await one.start();
  }

  /** A real client that brings a token; resolves with what it is told first. */
  async function come(namespace: 'customer' | 'operator', jwt: string): Promise<[Ear, string]> {
    const connect = generations['4.8.4'] ?? expect.fail('no client');
    const socket = connect(`${one.url()}/${namespace}`, { transports: ['websocket'], reconnection: false });
    socket.on('token', (answer: (what: object) => void) => answer({ jwt }));
    const ear = listenTo(socket, ['init', 'unauthorized', 'disconnect', 'connect_error']);
    ears.push(ear);
    await ear.until((heard) => heard.length > 0);
    return [ear, ear.heard[0]?.name ?? ''];
  }

  function byKey(claims: JWTPayload = {}): Promise<string> {
    const all = { sub: 'olga', iss: issuer, aud: audience, exp: clock.now() / 1000 + 60, ...claims };
    return new SignJWT({ username: 'olga', display_name: 'Olga', avatar_URL: '', ...all })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(secret);
  }
  const bySecret = (claims: JWTPayload): Promise<string> =>
    new SignJWT({ username: 'joe', display_name: 'Joe', avatar_URL: '', session_id: 's', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(environment.SHOP));
  const jwks = (): AuthConfig & { kind: 'jwks' } => ({ kind: 'jwks', url: server.url, issuer, audience });

  it('works with keys of a key server, and ends in the second the token names', async () => {
    await serve(jwks());
    const [olga, told] = await come('operator', await byKey({ role: 'operator' }));
    expect(told).to.equal('init');
    clock.advance(59_999);
    expect(olga.heard).to.have.length(1);
    clock.advance(1);
    await olga.next('unauthorized');
    clock.advance(10_000);
    await olga.next('disconnect');
    const [, then] = await come('operator', await byKey({ role: 'operator', exp: clock.now() / 1000 }));
    expect(then).to.equal('unauthorized');
  });

  it('works by asking an authority', async () => {
    const about = { username: 'olga', display_name: 'Olga', avatar_URL: '' };
    server.answer = ({ form, request }) => ({
      active: form.get('token') === 'good' && request.headers.authorization?.startsWith('Basic '),
      sub: 'olga',
      scope: 'livechat.operator',
      ...about,
    });
    const client = { id: 'chat', secret: { env: 'CLIENT' } };
    await serve({ kind: 'introspection', url: server.url, client });
    expect((await come('operator', 'good'))[1]).to.equal('init');
    expect((await come('operator', 'bad'))[1]).to.equal('unauthorized');
  });

  it('gives customers of the shop and operators of the company each their own way, and no other', async () => {
    const shop: AuthConfig = { kind: 'hs256', secret: { env: 'SHOP' }, allow: ['customer'] };
    await serve({ kind: 'firstOf', of: [shop, { ...jwks(), allow: ['operator'] }] });
    expect((await come('customer', await bySecret({ sub: 'joe' })))[1]).to.equal('init');
    expect((await come('operator', await byKey({ role: 'operator' })))[1]).to.equal('init');
    expect((await come('operator', await bySecret({ sub: 'joe', role: 'operator' })))[1]).to.equal('unauthorized');
    expect((await come('customer', await byKey({ session_id: 's' })))[1]).to.equal('unauthorized');
  });

  it('is refused in time when the key server hangs, while others are served', async () => {
    server.answer = () => silence;
    const shop: AuthConfig = { kind: 'hs256', secret: { env: 'SHOP' } };
    await serve({ kind: 'firstOf', of: [shop, jwks()] });
    const hanging = byKey({ role: 'operator' }).then((token) => come('operator', token));
    await server.heard(1);
    expect((await come('customer', await bySecret({ sub: 'joe' })))[1]).to.equal('init');
    clock.advance(3000);
    expect((await hanging)[1]).to.equal('unauthorized');
  });

  it('tells a ticket client who it is, as what, and until when; a program is one only with its name', async () => {
    await serve(jwks());
    const connect = generations['4.8.4'] ?? expect.fail('no client');
    const socket = connect(one.url() ?? '', { transports: ['websocket'], reconnection: false });
    const ear = listenTo(socket, ['authenticated', 'unauthenticated']);
    ears.push(ear);
    const exp = clock.now() / 1000 + 86_400;
    /** What the adapter says to a token; it looks at one in half a second, by its own clock. */
    const told = async (claims: JWTPayload): Promise<Frame> => {
      const before = ear.heard.length;
      clock.advance(500);
      ear.say('authenticate', { accessToken: await byKey({ ...claims, exp }) });
      await eventually('an answer', () => (clock.advance(0), ear.heard.length > before));
      return ear.heard[before] ?? expect.fail('no answer');
    };
    const expiresAt = new Date(exp * 1000).toISOString();
    const ada = await told({ sub: 'ada', name: 'Ada' });
    expect(ada.args[0]).to.include({ userId: 'ada', fullNm: 'Ada', role: 'user', programId: '', expiresAt });
    expect((await told({ sub: 'oscar', scope: 'chat livechat.operator' })).args[0]).to.include({ role: 'operator' });
    const program = await told({ sub: 'p9', scope: 'livechat.program', azp: 'p9' });
    expect(program.args[0]).to.include({ userId: 'p9', role: 'program', programId: 'p9' });
    const nameless = await told({ sub: 'p9', scope: 'livechat.program' });
    expect(nameless).to.have.nested.property('args[0].code', 'invalid_token');
  });

  it('leaves no token and no secret in the log, whatever becomes of it', async () => {
    const client = { id: 'chat', secret: { env: 'CLIENT' } };
    const shop: AuthConfig = { kind: 'hs256', secret: { env: 'SHOP' } };
    const asking: AuthConfig = { kind: 'introspection', url: `${server.url}?key=private`, client };
    server.answer = ({ request }) => (request.method === 'GET' ? { keys: [jwk] } : 'garbage');
    await serve({ kind: 'firstOf', of: [shop, jwks(), asking] });
    const good = [await bySecret({ sub: 'joe' }), await byKey()];
    const bad = [await bySecret({}), `${good[1]}x`, await byKey({ exp: 1 }), 'opaque-t0ken'];
    for (const token of [...good, ...bad]) await come('customer', token);
    const text = JSON.stringify(log.lines);
    expect(text).to.include('does not answer as it should');
    for (const word of [...good, ...bad].flatMap((token) => token.split('.'))) expect(text).not.to.include(word);
    expect(text).not.to.match(/private|thirty-two|the secret of/);
  });
});
