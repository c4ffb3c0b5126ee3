import { expect } from 'chai';
import { generations, transports, type Ear } from './clients.js';
import { openTickets, type TicketsService } from './tickets-service.js';

const T = '6f0c9a52-3d1e-4c7a-9b7e-2f1d5a8e0c11';
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const svg = 'PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=';

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What came under one name, taken in order; `createdAt` and `lastResponseAt` are checked for their form alone. */
async function next(ear: Ear, name: string): Promise<readonly unknown[]> {
  const args = await ear.next(name);
  return args.map((arg) => {
    if (typeof arg !== 'object' || arg === null) return arg;
    const { createdAt, lastResponseAt, ...rest } = arg as Record<string, unknown>;
    if (createdAt !== undefined) expect(createdAt).to.match(iso);
    if (lastResponseAt !== undefined && lastResponseAt !== '') expect(lastResponseAt).to.match(iso);
    return rest;
  });
}

function named(ear: Ear, name: string): number {
  return ear.heard.filter((frame) => frame.name === name).length;
}

/** Every frame of this client so far arrived in answer to something: asks a thing that is answered in order. */
async function settle(...ears: readonly Ear[]): Promise<void> {
  for (const ear of ears) await ear.ask('unsubscribeNothing');
}

const ticket = {
  ticketId: T,
  displayNm: 'Ada',
  ticketNm: 'Invoice',
  statusId: 100,
  handleById: '',
  handleByNm: '',
  ownerId: 'u1',
  ownerNm: 'Ada',
  programId: '',
  isExternal: false,
};
const olgas = { ...ticket, statusId: 200, handleById: 'o1', handleByNm: 'Olga' };

const message = (more: object): object => ({
  ticketId: T,
  recipientId: '',
  recipientNm: '',
  type: 1,
  encoding: 'utf-8',
  statusId: 1,
  senderId: 'u1',
  senderNm: 'Ada',
  programId: '',
  ...more,
});

type Traces = Readonly<Record<string, (service: TicketsService, more: object) => Promise<void>>>;

async function createAndAccept(U: Ear, O1: Ear): Promise<void> {
  await U.ask('createTicket', T, { ticketId: T, displayNm: 'Ada', ticketNm: 'Invoice', statusId: 100 });
  await O1.next('ticketCreated');
  await O1.ask('acceptTicket', T, { ticketId: T, statusId: 200 }, 'u1');
  await U.next('ticketAccepted');
  await O1.next('ticketAccepted');
}

const traces: Traces = {
  async 'a ticket from its creation through a race, a reply and receipts to its end'(service, more) {
    const U = service.connect(more);
    await U.next('connect');
    U.say('authenticate', { accessToken: 'user:u1@1893492000000' });
    expect(await U.next('authenticated')).to.deep.equal([
      { userId: 'u1', fullNm: 'Ada', role: 'user', programId: '', expiresAt: '2030-01-01T10:00:00.000Z' },
    ]);
    expect(await U.ask('subscribe')).to.deep.equal([null, { replayed: 0 }]);
    const O1 = await service.join('operator:o1', more);
    const O2 = await service.join('operator:o2', more);

    const object = {
      ticketId: T,
      displayNm: 'Ada',
      ticketNm: 'Invoice',
      statusId: 100,
      createdAt: new Date().toISOString(),
    };
    const empty = { handleById: '', handleByNm: '', lastResponseAt: '' };
    expect(await U.ask('createTicket', T, { ...object, ...empty })).to.deep.equal([
      null,
      { ticketId: T, statusId: 100 },
    ]);
    for (const O of [O1, O2]) expect(await next(O, 'ticketCreated')).to.deep.equal([ticket]);

    const m1 = { ticketId: T, messageId: 'm1', content: 'Hello', type: 1, encoding: 'utf-8', statusId: 1 };
    expect(await U.ask('updateMessage', T, 'm1', m1, '')).to.deep.equal([null, { messageId: 'm1', statusId: 1 }]);
    for (const O of [O1, O2])
      expect(await next(O, 'messageUpdated')).to.deep.equal([message({ messageId: 'm1', content: 'Hello' })]);

    expect(await O2.ask('updateMessageStatus', 'm1', 2, '', 'u1', true)).to.deep.equal([null, { changed: 1 }]);
    expect(await U.next('messageStatusUpdated')).to.deep.equal(['m1', 2]);

    expect(await O1.ask('acceptTicket', T, { ticketId: T, statusId: 200 }, 'u1')).to.deep.equal([
      null,
      { ticketId: T, statusId: 200 },
    ]);
    expect(await O2.ask('acceptTicket', T, { ticketId: T, statusId: 200 }, 'u1')).to.deep.equal([
      'already_accepted: Olga accepted this ticket',
      {
        code: 'already_accepted',
        message: 'Olga accepted this ticket',
        retryable: false,
        handleById: 'o1',
        handleByNm: 'Olga',
      },
    ]);
    for (const ear of [U, O1, O2]) expect(await next(ear, 'ticketAccepted')).to.deep.equal([olgas]);

    expect(await O1.ask('updateMessageStatus', 'all', 3, 'o1', 'u1', false)).to.deep.equal([null, { changed: 1 }]);
    expect(await U.next('messageStatusUpdated')).to.deep.equal(['m1', 3]);
    for (const O of [O1, O2]) expect(await O.next('ticketResponded')).to.deep.equal([T]);
    U.say('typing', T, 'o1');
    expect(await O1.next('typing')).to.deep.equal([T, 'Ada']);

    expect(await O1.ask('updateMessage', T, 'm2', { content: 'Hi Ada', type: 1 }, 'u1')).to.deep.equal([
      null,
      { messageId: 'm2', statusId: 1 },
    ]);
    expect(await next(U, 'messageUpdated')).to.deep.equal([
      message({
        messageId: 'm2',
        content: 'Hi Ada',
        senderId: 'o1',
        senderNm: 'Olga',
        recipientId: 'u1',
        recipientNm: 'Ada',
      }),
    ]);
    for (const [status, isDelivery] of [
      [2, true],
      [3, false],
    ]) {
      await U.ask('updateMessageStatus', 'm2', status, 'u1', 'o1', isDelivery);
      expect(await O1.next('messageStatusUpdated')).to.deep.equal(['m2', status]);
    }

    expect(await O1.ask('updateTicketStatus', T, { ticketId: T, statusId: 10000 }, 10000, 'u1')).to.deep.equal([
      null,
      { statusId: 10000 },
    ]);
    for (const ear of [U, O1, O2]) expect(await ear.next('ticketStatusUpdated')).to.deep.equal([T, 10000]);
    expect(await U.ask('updateMessage', T, 'm3', { content: 'one more' }, 'o1')).to.deep.equal([
      'ticket_closed: the ticket is closed',
      { code: 'ticket_closed', message: 'the ticket is closed', retryable: false },
    ]);

    await settle(U, O1, O2);
    const counts = (ear: Ear) =>
      [
        'ticketCreated',
        'ticketAccepted',
        'messageUpdated',
        'messageStatusUpdated',
        'ticketResponded',
        'typing',
        'notifyOfAssignment',
      ].map((name) => named(ear, name));
    expect(counts(U)).to.deep.equal([0, 1, 1, 2, 0, 0, 0]);
    expect(counts(O1)).to.deep.equal([1, 1, 1, 2, 1, 1, 0]);
    expect(counts(O2)).to.deep.equal([1, 1, 1, 0, 1, 0, 0]);
  },

  async 'a lost answer, a new connection, and tokens that run out'(service, more) {
    const first = await service.join('user:u1', more);
    const O1 = await service.join('operator:o1', more);
    await createAndAccept(first, O1);
    // Only what was written a while before a sign of life counts as arrived.
    service.clock.leap(10_000);
    await first.ask('updateMessage', T, 'm7', { ticketId: T, content: 'Are you there?', type: 1 }, 'o1');
    first.close();
    await O1.next('messageUpdated');
    await O1.ask('updateMessage', T, 'm8', { content: 'Yes' }, 'u1');

    const U = service.connect(more);
    await U.next('connect');
    const [refusal, details] = await U.ask('subscribe');
    expect(refusal).to.equal('unauthenticated: authenticate first');
    expect(details).to.include({ code: 'unauthenticated', retryable: false });
    expect(await U.next('unauthenticated')).to.deep.equal([
      { code: 'auth_required', message: 'authenticate first', attemptsLeft: 5, retryAfterMs: 0 },
    ]);
    U.say('authenticate', { accessToken: 'old:u1' });
    expect((await U.next('unauthenticated'))[0]).to.include({ code: 'token_expired', attemptsLeft: 4 });
    const expiresAt = Date.now() + 3_600_000;
    U.say('authenticate', { accessToken: `user:u1@${expiresAt}` });
    await U.next('authenticated');
    expect(await U.ask('subscribe')).to.deep.equal([null, { replayed: 1 }]);
    expect((await U.next('messageUpdated'))[0]).to.include({ messageId: 'm8', content: 'Yes', statusId: 1 });
    const again = { ticketId: T, content: 'Are you there?', type: 1 };
    expect(await U.ask('updateMessage', T, 'm7', again, 'o1')).to.deep.equal([
      null,
      { messageId: 'm7', statusId: 1, duplicate: true },
    ]);
    const [conflict] = await U.ask('updateMessage', T, 'm7', { content: 'Other text' }, 'o1');
    expect(conflict).to.match(/^id_conflict: /);
    service.clock.leap(3_600_000);
    expect((await U.next('unauthenticated'))[0]).to.include({ code: 'token_expired' });
    await O1.ask('updateMessage', T, 'm9', { content: 'Still here' }, 'u1');
    U.say('authenticate', { accessToken: 'user:u1' });
    await U.next('authenticated');
    expect((await U.next('messageUpdated'))[0]).to.include({ messageId: 'm9' });
    await settle(U, O1);
    expect(named(O1, 'messageUpdated')).to.equal(1);
    expect(U.heard.at(-1)?.name).to.equal('messageUpdated');
  },

  async 'an external program, pictures, and a ticket that changes hands'(service, more) {
    const X = service.connect(more);
    await X.next('connect');
    X.say('authenticate', { accessToken: 'program:p9' });
    expect((await X.next('authenticated'))[0]).to.include({ userId: 'p9', role: 'program', programId: 'p9' });
    const O1 = await service.join('operator:o1', more);
    const O2 = await service.join('operator:o2', more);
    const object = { ticketId: T, displayNm: 'Eve', ticketNm: '', statusId: 100, programId: 'p9' };
    expect((await X.ask('createTicket', T, object))[0]).to.match(/^not_subscribed: /);
    expect((await X.ask('subscribe', { userId: 'ext-5', fullNm: 'Eve' }))[0]).to.match(/^program_required: /);
    expect(await X.ask('subscribe', { userId: 'ext-5', fullNm: 'Eve', programId: 'p9' })).to.deep.equal([
      null,
      { replayed: 0 },
    ]);
    expect((await X.ask('createTicket', T, object))[0]).to.equal(null);
    for (const O of [O1, O2]) {
      const [created] = await O.next('ticketCreated');
      expect(created).to.include({ ownerId: 'ext-5', ownerNm: 'Eve', programId: 'p9', isExternal: true });
    }
    expect((await O1.ask('acceptTicket', T, { ticketId: T, statusId: 200 }, 'ext-5'))[0]).to.equal(null);
    for (const ear of [X, O1, O2])
      expect((await ear.next('ticketAccepted'))[0]).to.include({ handleById: 'o1', programId: 'p9' });
    const image = { content: png, type: 2, programId: 'p9' };
    expect((await X.ask('updateMessage', T, 'i1', image, 'o1'))[0]).to.equal(null);
    expect((await O1.next('messageUpdated'))[0]).to.include({
      messageId: 'i1',
      type: 2,
      content: png,
      senderId: 'ext-5',
      programId: 'p9',
    });
    const [refusal] = await X.ask('updateMessage', T, 'i2', { content: svg, type: 2, programId: 'p9' }, 'o1');
    expect(refusal).to.match(/^unsupported_image: /);

    expect(await O2.ask('assignTicket', { ticketId: T, handleById: null })).to.deep.equal([
      null,
      { ticketId: T, statusId: 200 },
    ]);
    expect(await O1.next('notifyOfAssignment')).to.deep.equal([T, 0, 'Eve']);
    expect(await O2.next('notifyOfAssignment')).to.deep.equal([T, 1, 'Eve']);
    expect((await X.next('ticketAccepted'))[0]).to.include({ handleById: 'o2' });
    expect((await O2.next('messageUpdated'))[0]).to.include({ messageId: 'i1', recipientId: 'o2', content: png });
    expect((await O1.ask('updateMessage', T, 'm4', { content: 'still me' }, 'ext-5'))[0]).to.match(/^not_handler: /);
    expect((await O2.ask('assignTicket', { ticketId: T, handleById: 'o1' }))[0]).to.equal(null);
    expect(await O2.next('notifyOfAssignment')).to.deep.equal([T, 0, 'Eve']);
    expect(await O1.next('notifyOfAssignment')).to.deep.equal([T, 1, 'Eve']);
    await settle(X, O1, O2);
    expect(named(O1, 'messageUpdated')).to.equal(1);
    expect(named(O2, 'ticketAccepted')).to.equal(1);
  },
};

describe('the sequence traces of the ticket protocol', () => {
  let service: TicketsService;

  beforeEach(async () => {
    service = await openTickets();
  });
  afterEach(() => service.close());

  for (const version of Object.keys(generations)) {
    for (const kind of ['websocket', 'polling']) {
      for (const [claim, run] of Object.entries(traces)) {
        it(`${claim}: client ${version} over ${kind}`, () =>
          run(service, { version, options: { transports: transports[kind] } }));
      }
    }
  }
});
