import { createRequire } from 'node:module';
import { tokenAuthenticator } from '@dragoman/adapter-socketio';
import { expect } from 'chai';
import { at, hasText, message } from './heard.js';
import { openDesk, type Desk } from './happychat-desk.js';
import { verify } from './happychat-service.js';

/** What the pages' own code calls back with, by the name under which it calls. */
interface Told {
  readonly type: string;
  readonly args: readonly unknown[];
}

/** The connection that pages with Happychat ship, unmodified. */
interface PageConnection {
  init(dispatch: (action: unknown) => void, auth: Promise<object>): Promise<unknown>;
  send(action: { readonly event: string; readonly payload: unknown }): Promise<unknown>;
  request(action: object, timeoutMs: number): Promise<unknown>;
}

/** Every action the connection knows how to make. */
const actions = [
  'receiveConnect',
  'receiveToken',
  'receiveInit',
  'requestTranscript',
  'receiveUnauthorized',
  'receiveDisconnect',
  'receiveReconnecting',
  'receiveStatus',
  'receiveAccept',
  'receiveLocalizedSupport',
  'receiveMessage',
  'receiveMessageOptimistic',
  'receiveMessageUpdate',
  'receiveError',
];

const signIn = tokenAuthenticator(verify);
const byToken = { authenticators: { customer: signIn, operator: signIn, agent: signIn } };

const page: unknown = createRequire(import.meta.url)('@automattic/happychat-connection/dist/cjs/connection.js');

function isConnection(value: unknown): value is PageConnection {
  return ['init', 'send', 'request'].every((name) => typeof at(value, name) === 'function');
}

function buildConnection(): PageConnection {
  const make =
    (type: string) =>
    (...args: readonly unknown[]): Told => ({ type, args });
  const built: unknown = Reflect.apply(Reflect.get(Object(page), 'default'), undefined, [
    Object.fromEntries(actions.map((type) => [type, make(type)])),
  ]);
  if (!isConnection(built)) throw new Error('the page has another connection');
  return built;
}

function isTold(value: unknown): value is Told {
  return typeof at(value, 'type') === 'string';
}

describe('happychat for pages that carry its client', () => {
  let desk: Desk;
  const open = new Set<unknown>();

  afterEach(async () => {
    for (const socket of open) Reflect.apply(Reflect.get(Object(socket), 'close'), socket, []);
    open.clear();
    await desk.close();
  });

  /** A page; it takes for granted what its backend says of its user. */
  async function visit(user: object): Promise<{ page: PageConnection; told: Told[]; socket: unknown }> {
    const told: Told[] = [];
    const connection = buildConnection();
    const auth = Promise.resolve({ url: `${desk.service.url}/customer`, user });
    const socket = await connection.init((action) => void (isTold(action) && told.push(action)), auth);
    open.add(socket);
    return { page: connection, told, socket };
  }

  const joe = { signer_user_id: 7, jwt: 'customer:joe', locale: 'en-US', groups: [], skills: {} };

  const lastOf = (told: readonly Told[], type: string): unknown => told.findLast((one) => one.type === type)?.args[0];

  it('they come in, chat, type, read it all again, and come back by polling when their connection breaks', async () => {
    desk = await openDesk({}, byToken);
    const olga = await desk.operator('olga', { user: { jwt: 'operator:olga' } });
    const { page: tab, told, socket } = await visit(joe);
    await desk.until('the page knows where it stands', () => lastOf(told, 'receiveStatus') === 'new');
    expect(told.slice(0, 4).map(({ type }) => type)).to.deep.equal([
      ...['receiveConnect', 'receiveToken', 'receiveInit', 'requestTranscript'],
    ]);
    expect(lastOf(told, 'receiveAccept')).to.equal(true);
    await tab.send({ event: 'preferences', payload: { locale: 'en-US', groups: [], skills: {} } });
    await tab.send({ event: 'message', payload: { id: 'u-1', text: 'Grüße 🙂', meta: {} } });
    await desk.until('the page is told of its operator', () => lastOf(told, 'receiveStatus') === 'assigned');
    expect(lastOf(told, 'receiveMessage')).to.deep.include({ id: 'u-1', text: 'Grüße 🙂', source: 'customer' });
    await tab.send({ event: 'typing', payload: { message: 'and' } });
    expect((await olga.next('chat.typing'))[2]).to.equal('and');
    olga.say('message', 'joe', { id: 'o-1', text: 'Willkommen' });
    await desk.until('the page is answered', () => at(lastOf(told, 'receiveMessage'), 'id') === 'o-1');
    expect(lastOf(told, 'receiveMessage')).to.nested.include({ 'user.name': 'Olga', source: 'operator' });

    const transcript = await tab.request({ event: 'transcript', payload: null }, 10_000);
    expect(at(transcript, 'messages', 'length')).to.equal(2);

    const engine = at(socket, 'io', 'engine');
    Reflect.apply(Reflect.get(Object(engine), 'close'), engine, []);
    await desk.until('the page is back', () => told.filter(({ type }) => type === 'receiveInit').length === 2);
    expect(told.map(({ type }) => type)).to.include.members(['receiveDisconnect', 'receiveReconnecting']);
    await tab.send({ event: 'message', payload: { id: 'u-2', text: 'noch da? ключ', meta: {} } });
    await olga.until(hasText('noch da? ключ'));
    expect(message(olga, 'noch da? ключ')).to.nested.include({ 'user.username': 'joe' });
    expect(told.filter(({ type }) => type === 'receiveError')).to.deep.equal([]);
  });

  it('they hear that they are not let in, close, and do not try again', async () => {
    desk = await openDesk({}, byToken);
    const told: Told[] = [];
    const auth = Promise.resolve({ url: `${desk.service.url}/customer`, user: { ...joe, jwt: 'nonsense' } });
    const outcome = await buildConnection()
      .init((action) => void (isTold(action) && told.push(action)), auth)
      .catch((reason: unknown) => reason);
    expect(outcome).to.equal('user is not authorized');
    expect(told.map(({ type }) => type)).to.deep.equal([
      ...['receiveConnect', 'receiveToken', 'receiveDisconnect', 'receiveUnauthorized'],
    ]);
  });
});
