import { randomUUID } from 'node:crypto';
import { happychatAdapter, socketioCarrier, ticketsAdapter, tokenAuthenticator } from '@dragoman/adapter-socketio';
import { createCore, systemClock } from '@dragoman/core';
import { expect } from 'chai';
import { generations, listenTo, transports, type Ear } from './clients.js';
import { verify as verifyHappychat } from './happychat-service.js';
import { createLeapingClock } from './leaping-clock.js';
import { openListener } from './listener.js';
import { openRaw } from './raw-client.js';
import { hasty, openTickets, outbound, verify, type TicketsService } from './tickets-service.js';

const code = (args: readonly unknown[]): unknown => Reflect.get(Object(args[0]), 'code');

async function refusal(ear: Ear): Promise<object> {
  const [told] = await ear.next('unauthenticated');
  return Object(told) as object;
}

async function connected(service: TicketsService, more?: object): Promise<Ear> {
  const ear = service.connect(more);
  await ear.next('connect');
  return ear;
}

describe('the sign-in of the ticket protocol', () => {
  let service: TicketsService;

  beforeEach(async () => {
    service = await openTickets();
  });
  afterEach(() => service.close());

  for (const version of Object.keys(generations)) {
    for (const kind of ['websocket', 'polling']) {
      it(`sends away who says nothing for 30 s, and he stays away: client ${version} over ${kind}`, async () => {
        const ear = await connected(service, { version, options: { transports: transports[kind] } });
        service.clock.leap(29_000);
        expect(ear.socket.connected).to.equal(true);
        service.clock.leap(1000);
        expect(await refusal(ear)).to.include({ code: 'auth_timeout' });
        expect(await ear.next('disconnect')).to.include('io server disconnect');
      });
    }
  }

  it('tells why a token is refused, counts, and lets go after the fifth', async () => {
    const ear = await connected(service);
    const tokens = [undefined, 'nonsense', 'old:u1', 'bot:b1', 'nonsense'];
    const told: object[] = [];
    for (const accessToken of tokens) {
      ear.say('authenticate', accessToken === undefined ? undefined : { accessToken });
      told.push(await refusal(ear));
    }
    expect(told.map((one) => Reflect.get(one, 'code'))).to.deep.equal([
      'invalid_request',
      'invalid_token',
      'token_expired',
      'insufficient_scope',
      'too_many_attempts',
    ]);
    expect(told.map((one) => Reflect.get(one, 'attemptsLeft'))).to.deep.equal([4, 3, 2, 1, 0]);
    await ear.next('disconnect');
  });

  it('acknowledges what was asked with a callback, both ways', async () => {
    const ear = await connected(service);
    const [error, details] = await ear.ask('authenticate', { accessToken: 'nonsense' });
    expect(error).to.equal('invalid_token: this token is not accepted');
    expect(details).to.include({ code: 'invalid_token', retryable: false });
    expect(await ear.ask('authenticate', { accessToken: 'Bearer user:u1' })).to.deep.equal([null, {}]);
    expect((await ear.next('authenticated'))[0]).to.include({ userId: 'u1' });
  });

  it('does not hold against anybody that nobody can verify', async () => {
    const ear = await connected(service);
    ear.say('authenticate', { accessToken: 'down' });
    const unavailable = { code: 'verifier_unavailable', retryAfterMs: 2000, attemptsLeft: 5 };
    expect(await refusal(ear)).to.include(unavailable);
    const answer = ear.ask('authenticate', { accessToken: 'never' });
    await connected(service);
    service.clock.leap(5000);
    expect(await refusal(ear)).to.include(unavailable);
    expect((await answer)[1]).to.include({ retryable: true, retryAfterMs: 2000 });
  });

  it('takes the newer of two attempts', async () => {
    const ear = await connected(service);
    const first = ear.ask('authenticate', { accessToken: 'never' });
    const second = ear.ask('authenticate', { accessToken: 'user:u2' });
    expect((await first)[0]).to.match(/^unauthenticated: /);
    expect((await second)[0]).to.equal(null);
    expect((await ear.next('authenticated'))[0]).to.include({ userId: 'u2' });
  });

  it('makes attempts wait that come too soon after each other', async () => {
    const patient = await openTickets({ signIn: {} });
    try {
      const ear = await connected(patient);
      ear.say('authenticate', { accessToken: 'nonsense' });
      await refusal(ear);
      ear.say('authenticate', { accessToken: 'user:u1' });
      await ear.ask('subscribe');
      expect(ear.heard.some(({ name }) => name === 'authenticated')).to.equal(false);
      patient.clock.leap(500);
      await ear.next('authenticated');
    } finally {
      await patient.close();
    }
  });

  it('executes nothing for strangers, and says so once a second as an event, each time in the answer', async () => {
    const ear = await connected(service);
    for (let n = 0; n < 3; n += 1) expect((await ear.ask('subscribe'))[0]).to.match(/^unauthenticated: /);
    expect(ear.heard.filter(({ name }) => name === 'unauthenticated')).to.have.length(1);
    service.clock.leap(1000);
    await ear.ask('createTicket', randomUUID(), {});
    const scoldings = (): number => ear.heard.filter((frame) => code(frame.args) === 'auth_required').length;
    await ear.until(() => scoldings() === 2);
    await ear.ask('subscribe');
    expect(scoldings()).to.equal(2);
  });

  it('cuts a stranger off who sends much', async () => {
    const ear = await connected(service);
    expect((await ear.ask('createTicket', 'x'.repeat(40_000)))[0]).to.match(/^unauthenticated: /);
    ear.say('createTicket', 'x'.repeat(30_000));
    await ear.next('disconnect');
    const dumb = await openRaw(service.url, '/', 4);
    dumb.say('451-["createTicket",{"_placeholder":true,"num":0}]');
    dumb.say(new Uint8Array(70_000));
    await dumb.closed;
    const sly = await openRaw(service.url, '/', 4);
    // What is announced to be more never becomes an event.
    sly.say('452-["createTicket",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
    sly.say(new Uint8Array(70_000));
    await sly.closed;
  });

  it('keeps an address out that failed 20 times in a minute, and lets it in again a minute later', async () => {
    let from = 0;
    const addressOf = (): string => `2001:db8::${(from += 1)}`;
    const strict = await openTickets({ failuresPerAddress: 4, keepOutMs: 300 }, undefined, { addressOf });
    try {
      for (let n = 0; n < 4; n += 1) {
        const ear = await connected(strict, { options: { reconnection: false } });
        ear.say('authenticate', {});
        await refusal(ear);
      }
      const polled = await fetch(`${strict.url}/socket.io/?EIO=4&transport=polling`);
      expect(polled.status).to.equal(429);
      expect(Number(polled.headers.get('retry-after'))).to.equal(1);
      // Ids of a connection that Engine.IO takes for none.
      for (const id of ['sid=', 'sid=x&sid='])
        expect((await fetch(`${strict.url}/socket.io/?EIO=4&transport=polling&${id}`)).status).to.equal(429);
      const late = strict.connect();
      await late.next('connect_error');
      await late.next('connect');
    } finally {
      await strict.close();
    }
  });

  it('lets nobody wait for a day who signs in again after the clock was set back by one', async () => {
    let behind = 0;
    const core = await createCore({ clock: { ...systemClock, now: () => systemClock.now() - behind } });
    const own = await openTickets({ signIn: { attemptGapMs: 20 } }, core);
    try {
      const ear = await own.enter('user:u1');
      behind = 86_400_000;
      ear.socket.emit('authenticate', { accessToken: 'user:u1' });
      const [again] = await ear.next('authenticated');
      expect(again).to.include({ userId: 'u1' });
    } finally {
      await own.close();
      await core.stop();
    }
  });

  it('suspends whose token expires, and closes when no new one comes', async () => {
    const expiresAt = service.clock.now() + 60_000;
    const ear = await service.join(`user:u1@${expiresAt}`);
    service.clock.leap(60_000);
    expect(await refusal(ear)).to.include({ code: 'token_expired', attemptsLeft: 5 });
    expect((await ear.ask('typing', randomUUID(), ''))[0]).to.match(/^unauthenticated: /);
    service.clock.leap(60_000);
    await ear.next('disconnect');
  });

  it('lets no token count for more than a day', async () => {
    const ear = await service.join('user:u1');
    service.clock.leap(24 * 3_600_000);
    expect(await refusal(ear)).to.include({ code: 'token_expired' });
  });

  it('keeps subscriptions over a renewal, and drops them for somebody else', async () => {
    const ear = await service.join('user:u1');
    const operator = await service.join('operator:o1');
    const ticketId = randomUUID();
    await ear.ask('createTicket', ticketId, {});
    await ear.ask('authenticate', { accessToken: 'user:u1' });
    await operator.ask('acceptTicket', ticketId, {}, '');
    await ear.next('ticketAccepted');
    await ear.ask('authenticate', { accessToken: 'user:u2' });
    await operator.ask('updateTicketStatus', ticketId, {}, 10000, '');
    expect((await ear.ask('typing', ticketId, ''))[0]).to.match(/^ticket_not_found: /);
    expect(ear.heard.some(({ name }) => name === 'ticketStatusUpdated')).to.equal(false);
  });

  it('takes rights away with a token that no longer gives them, and keeps the subscriptions', async () => {
    const [owner, handler] = [await service.join('user:u1'), await service.join('operator:o1')];
    const boss = await service.join('supervisor:s1');
    const ticketId = randomUUID();
    await owner.ask('createTicket', ticketId, {});
    await handler.ask('acceptTicket', ticketId, {}, '');
    await boss.ask('authenticate', { accessToken: 'operator:s1' });
    expect((await boss.ask('updateTicketStatus', ticketId, {}, 100, ''))[0]).to.match(/^not_handler: /);
    await handler.ask('updateTicketStatus', ticketId, {}, 10000, '');
    await boss.until((heard) => heard.some(({ name, args }) => name === 'ticketStatusUpdated' && args[1] === 10000));
  });

  it('goes on with the old token when a new one is refused', async () => {
    const ear = await service.join('user:u1');
    await ear.ask('authenticate', { accessToken: 'nonsense' });
    expect((await ear.ask('createTicket', randomUUID(), {}))[0]).to.equal(null);
    service.clock.leap(40_000);
    expect((await ear.ask('createTicket', randomUUID(), {}))[0]).to.equal(null);
  });
});

describe('the ticket protocol beside Happychat on one path', () => {
  for (const version of Object.keys(generations)) {
    it(`leaves a Happychat client in peace that never heard of tickets: client ${version}`, async () => {
      const clock = createLeapingClock();
      const core = await createCore({ clock });
      const web = await openListener();
      const carrier = socketioCarrier({ listener: web.listener });
      const byToken = tokenAuthenticator(verifyHappychat);
      const authenticators = { customer: byToken, operator: byToken, agent: byToken };
      const adapters = [
        happychatAdapter(carrier, { workspaceId: 'default', authenticators }),
        ticketsAdapter(carrier, { workspaceId: 'default', verify, signIn: hasty }),
      ];
      for (const adapter of adapters) await adapter.start(core);
      const open = generations[version];
      if (open === undefined) throw new Error(`no client ${version}`);
      const options = { forceNew: true, transports: ['websocket'] };
      const socket = open(`${web.url}/customer`, options);
      socket.on('token', (answer: (proof: object) => void) => answer({ jwt: 'customer:joe' }));
      const joe = listenTo(socket, ['init', 'log', 'message', 'disconnect']);
      const ada = listenTo(open(web.url, options), outbound);
      const oscar = listenTo(open(web.url, options), outbound);
      try {
        await joe.next('log');
        for (const [ear, accessToken] of [
          [ada, 'user:u1'],
          [oscar, 'operator:o1'],
        ] as const) {
          await ear.next('connect');
          await ear.ask('authenticate', { accessToken });
        }
        await oscar.ask('subscribeOperator');
        for (let n = 0; n < 4; n += 1) clock.leap(30_000);
        joe.say('message', { id: 'h-1', text: 'still here' });
        const [told] = await oscar.next('messageUpdated');
        expect(told).to.include({ content: 'still here', senderNm: 'Joe', programId: 'happychat' });
        const ticketId: unknown = Reflect.get(Object(told), 'ticketId');
        expect((await oscar.ask('acceptTicket', ticketId, {}, ''))[0]).to.equal(null);
        await oscar.ask('updateMessage', ticketId, 't-1', { content: 'welcome' }, '');
        expect((await joe.next('message'))[0]).to.include({ text: 'still here' });
        expect((await joe.next('message'))[0]).to.include({ text: 'welcome' });
        expect((await ada.ask('createTicket', randomUUID(), {}))[0]).to.equal(null);
        expect(joe.heard.some(({ name }) => name === 'disconnect')).to.equal(false);
      } finally {
        for (const ear of [joe, ada, oscar]) ear.close();
        for (const adapter of adapters) await adapter.stop();
        await web.close();
        await core.stop();
      }
    });
  }
});
