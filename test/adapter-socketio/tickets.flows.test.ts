import { randomUUID } from 'node:crypto';
import {
  createCore,
  createMemoryStore,
  memoryAttachments,
  systemClock,
  systemIds,
  type Attachments,
  type Store,
} from '@dragoman/core';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { openTickets, type TicketsService } from './tickets-service.js';

const text = (content: string): object => ({ content, type: 1 });

function named(ear: Ear, name: string): readonly (readonly unknown[])[] {
  return ear.heard.filter((frame) => frame.name === name).map(({ args }) => args);
}

/** What was sent to these before they asked has arrived when this resolves. */
async function settle(...ears: readonly Ear[]): Promise<void> {
  for (const ear of ears) await ear.ask('nothing');
}

const field = (args: readonly unknown[], key: string): unknown => Reflect.get(Object(args[0]), key);

describe('a ticket service that starts again', () => {
  it('knows its tickets, its messages and their ids', async () => {
    const memory = createMemoryStore({ clock: systemClock, ids: systemIds });
    // The memory of this test outlives the core.
    const store = new Proxy<Store>(memory, {
      get(target, name) {
        if (name === 'close') return async () => undefined;
        const part: unknown = Reflect.get(target, name);
        return typeof part === 'function' ? part.bind(target) : part;
      },
    });
    const T = randomUUID();
    const before = await createCore({ store });
    const first = await openTickets({}, before);
    const [U, O1] = [await first.join('user:u1'), await first.join('operator:o1')];
    await U.ask('createTicket', T, {});
    await U.ask('updateMessage', T, 'm1', text('one'), '');
    await O1.ask('acceptTicket', T, {}, 'u1');
    await O1.ask('updateTicketStatus', T, {}, 10000, 'u1');
    await first.close();
    await before.stop();

    const after = await createCore({ store });
    const second = await openTickets({}, after);
    try {
      const O2 = await second.join('operator:o2');
      expect((await O2.ask('updateTicketStatus', T, {}, 200, 'u2'))[0]).to.match(/^owner_mismatch: /);
      expect(await O2.ask('updateTicketStatus', T, {}, 200, 'u1')).to.deep.equal([null, { statusId: 200 }]);
      expect(await O2.ask('updateMessageStatus', 'm1', 3, 'o2', 'u1')).to.deep.equal([null, { changed: 1 }]);
      const back = await second.join('user:u1');
      await settle(back);
      expect(named(back, 'messageStatusUpdated')).to.deep.equal([['m1', 3]]);
      expect(await back.ask('updateMessage', T, 'm1', text('one'), '')).to.deep.equal([
        null,
        { messageId: 'm1', statusId: 3, duplicate: true },
      ]);
      expect((await back.ask('createTicket', T, { ticketNm: 'x' }))[1]).to.include({ statusId: 200, duplicate: true });
    } finally {
      await second.close();
      await after.stop();
    }
  });
});

describe('a ticket service whose disk is full', () => {
  it('asks for a picture again with the same id, and takes it when there is room', async () => {
    const kept = memoryAttachments();
    let isFull = true;
    const attachments: Attachments = {
      ...kept,
      put: (...picture) => (isFull ? Promise.reject(new Error('ENOSPC')) : kept.put(...picture)),
    };
    const core = await createCore({ attachments });
    const service = await openTickets({}, core);
    try {
      const T = randomUUID();
      const U = await service.join('user:u1');
      await U.ask('createTicket', T, {});
      const gif = { content: Buffer.from('GIF89a\x01\0\x01\0', 'latin1').toString('base64'), type: 2 };
      expect((await U.ask('updateMessage', T, 'm1', gif, ''))[0]).to.match(/^unavailable: /);
      isFull = false;
      expect((await U.ask('updateMessage', T, 'm1', gif, ''))[0]).to.equal(null);
    } finally {
      await service.close();
      await core.stop();
    }
  });
});

/** A store whose disk rests on demand: `seeking` resolves when something is to be written then. */
function slowDisk(): { readonly store: Store; rest(): { readonly seeking: Promise<void>; work(): void } } {
  const memory = createMemoryStore({ clock: systemClock, ids: systemIds });
  let disk: Promise<unknown> = Promise.resolve();
  let seek: () => void = () => undefined;
  const store = new Proxy<Store>(memory, {
    get(target, name) {
      const part: unknown = Reflect.get(target, name);
      if (typeof part !== 'function') return part;
      if (name !== 'appendMany') return part.bind(target);
      return (...args: readonly unknown[]) => {
        seek();
        return disk.then(() => Reflect.apply(part, target, args));
      };
    },
  });
  return {
    store,
    rest() {
      let work = (): void => undefined;
      disk = new Promise<void>((resolve) => (work = resolve));
      return { seeking: new Promise<void>((resolve) => (seek = resolve)), work: () => work() };
    },
  };
}

describe('a ticket service with a slow disk', () => {
  type Call = readonly [name: string, ...args: unknown[]];
  interface Repeated {
    readonly who: string;
    /** What happened before. */
    readonly given: readonly Call[];
    readonly call: Call;
    readonly repeat?: Call;
    readonly result: object;
  }

  const T = randomUUID();
  const accept: Call = ['acceptTicket', T, {}, ''];
  const toMe: Call = ['assignTicket', { ticketId: T, handleById: null }];
  const putBack: Call = ['updateTicketStatus', T, {}, 100, ''];
  const open: Call = ['createTicket', T, {}];
  const repeated: Readonly<Record<string, Repeated>> = {
    createTicket: { who: 'user:u1', given: [], call: open, result: { ticketId: T, statusId: 100 } },
    assignTicket: { who: 'operator:o1', given: [open], call: toMe, result: { ticketId: T, statusId: 200 } },
    'assignTicket behind acceptTicket': {
      who: 'operator:o1',
      given: [open],
      call: accept,
      repeat: toMe,
      result: { ticketId: T, statusId: 200 },
    },
    'updateTicketStatus to 100': {
      who: 'operator:o1',
      given: [open, accept],
      call: putBack,
      result: { statusId: 100 },
    },
  };

  for (const [what, { who, given, call, repeat = call, result }] of Object.entries(repeated)) {
    it(`answers the repetition of a call no sooner than the call: ${what}`, async () => {
      const { store, rest } = slowDisk();
      const core = await createCore({ store });
      const service = await openTickets({}, core);
      const [owner, first, second] = [await service.join('user:u1'), await service.join(who), await service.join(who)];
      for (const [name, ...args] of given) await (name === 'createTicket' ? owner : first).ask(name, ...args);
      const { seeking, work } = rest();
      try {
        const answered: string[] = [];
        const asking = first.ask(...call).then(() => answered.push('first'));
        await seeking;
        const repeating = second.ask(...repeat);
        void repeating.then(() => answered.push('second'));
        // Answered out of turn: there was time to answer the other as well.
        for (const token of ['bad', 'worse']) await second.ask('authenticate', { accessToken: token });
        expect(answered).to.deep.equal([]);
        work();
        expect(await repeating).to.deep.equal([null, { ...result, duplicate: true }]);
        await asking;
      } finally {
        work();
        await service.close();
        await core.stop();
      }
    });
  }
});

describe('the life of a ticket', () => {
  let service: TicketsService;
  let U: Ear;
  let O1: Ear;
  let O2: Ear;
  const T = randomUUID();

  beforeEach(async () => {
    service = await openTickets();
    [U, O1, O2] = [await service.join('user:u1'), await service.join('operator:o1'), await service.join('operator:o2')];
    await U.ask('createTicket', T, { displayNm: 'Ada', ticketNm: 'Invoice' });
    await O1.next('ticketCreated');
    await O2.next('ticketCreated');
  });
  afterEach(() => service.close());

  async function accepted(): Promise<void> {
    await O1.ask('acceptTicket', T, {}, 'u1');
    for (const ear of [U, O1, O2]) await ear.next('ticketAccepted');
  }

  it('twenty operators accept at once: one has it, nineteen are told who', async () => {
    const crowd = await Promise.all(Array.from({ length: 20 }, (_, n) => service.join(`operator:crowd-${n}`)));
    const answers = await Promise.all(crowd.map((one) => one.ask('acceptTicket', T, { statusId: 200 }, 'u1')));
    const winners = answers.flatMap(([error], n) => (error === null ? [n] : []));
    expect(winners).to.have.length(1);
    const name = `crowd-${winners[0]}`;
    for (const [error, details] of answers.filter(([refusal]) => refusal !== null)) {
      expect(error).to.equal(`already_accepted: ${name} accepted this ticket`);
      expect(details).to.deep.equal({
        code: 'already_accepted',
        message: `${name} accepted this ticket`,
        retryable: false,
        handleById: name,
        handleByNm: name,
      });
    }
    await settle(U, ...crowd);
    for (const ear of [U, ...crowd]) expect(named(ear, 'ticketAccepted')).to.have.length(1);
    for (const ear of crowd) expect(named(ear, 'notifyOfAssignment')).to.have.length(0);
  });

  it('twenty operators take it from each other: each change is told to both, and the last one holds it', async () => {
    await accepted();
    const crowd = await Promise.all(Array.from({ length: 20 }, (_, n) => service.join(`operator:crowd-${n}`)));
    const answers = await Promise.all(crowd.map((one) => one.ask('assignTicket', { ticketId: T, handleById: null })));
    expect(answers.every(([error]) => error === null)).to.equal(true);
    await settle(U, O1, ...crowd);
    const told = (flag: number): number =>
      [O1, ...crowd].flatMap((ear) => named(ear, 'notifyOfAssignment')).filter(([, one]) => one === flag).length;
    expect([told(0), told(1)]).to.deep.equal([20, 20]);
    const holder = field(named(U, 'ticketAccepted').at(-1) ?? [], 'handleById');
    const last = crowd.filter((ear) => named(ear, 'notifyOfAssignment').at(-1)?.[1] === 1);
    expect(last).to.have.length(1);
    expect(holder).to.equal(`crowd-${crowd.indexOf(last[0] ?? O1)}`);
  });

  it('a status set to open accepts, and says the status first', async () => {
    expect(await O1.ask('updateTicketStatus', T, { statusId: 200 }, '200', 'u1')).to.deep.equal([
      null,
      { statusId: 200 },
    ]);
    await settle(U, O1, O2);
    for (const ear of [U, O1, O2]) {
      const life = ear.heard.filter(({ name }) => name === 'ticketStatusUpdated' || name === 'ticketAccepted');
      expect(life.map(({ name }) => name)).to.deep.equal(['ticketStatusUpdated', 'ticketAccepted']);
      expect(life[0]?.args).to.deep.equal([T, 200]);
    }
    expect(named(O1, 'notifyOfAssignment')).to.have.length(0);
  });

  it('what is asked twice happens once', async () => {
    await accepted();
    const again: readonly (readonly [name: string, ...args: unknown[]])[] = [
      ['acceptTicket', T, {}, ''],
      ['updateTicketStatus', T, {}, 200, ''],
      ['assignTicket', { ticketId: T, handleById: null }],
      ['assignTicket', { ticketId: T, handleById: 'o1' }],
    ];
    for (const call of again)
      expect((await O1.ask(...call))[1], call[0]).to.include({ statusId: 200, duplicate: true });
    await O1.ask('updateTicketStatus', T, {}, 100, '');
    expect((await O2.ask('updateTicketStatus', T, {}, 100, ''))[1]).to.include({ statusId: 100, duplicate: true });
    await O1.ask('updateTicketStatus', T, {}, 10000, '');
    expect((await O2.ask('updateTicketStatus', T, {}, 10000, ''))[1]).to.include({ statusId: 10000, duplicate: true });
    expect(await U.ask('createTicket', T.toUpperCase(), { ticketNm: 'another' })).to.deep.equal([
      null,
      { ticketId: T.toUpperCase(), statusId: 10000, duplicate: true },
    ]);
    await settle(U, O1, O2);
    expect(named(O2, 'ticketStatusUpdated')).to.deep.equal([
      [T, 100],
      [T, 10000],
    ]);
    expect(named(O2, 'ticketCreated')).to.have.length(1);
  });

  it('put back it waits for anybody, closed it opens for any operator', async () => {
    await accepted();
    await O1.ask('updateTicketStatus', T, {}, 100, 'u1');
    for (const ear of [U, O1, O2]) expect(await ear.next('ticketStatusUpdated')).to.deep.equal([T, 100]);
    await O2.ask('acceptTicket', T, {}, 'u1');
    for (const ear of [U, O1, O2]) expect((await ear.next('ticketAccepted'))[0]).to.include({ handleById: 'o2' });
    await O2.ask('updateTicketStatus', T, {}, 10000, 'u1');
    await O1.ask('updateTicketStatus', T, { statusId: 200 }, 200, 'u1');
    for (const ear of [U, O1, O2]) {
      expect(await ear.next('ticketStatusUpdated')).to.deep.equal([T, 10000]);
      expect(await ear.next('ticketStatusUpdated')).to.deep.equal([T, 200]);
      expect((await ear.next('ticketAccepted'))[0]).to.include({ handleById: 'o1', statusId: 200 });
    }
    await O1.ask('updateTicketStatus', T, {}, 10000, 'u1');
    service.clock.leap(24 * 3_600_000 - 1000);
    const later = await service.join('operator:o3');
    service.clock.leap(2000);
    expect((await later.ask('updateTicketStatus', T, {}, 200, ''))[0]).to.match(/^ticket_closed: /);
  });

  it('a supervisor may what its handler may', async () => {
    await accepted();
    const S = await service.join('supervisor:s1');
    expect((await S.ask('updateTicketStatus', T, {}, 100, ''))[0]).to.equal(null);
    expect(await O1.next('notifyOfAssignment')).to.deep.equal([T, 0, 'Ada']);
    await O2.ask('acceptTicket', T, {}, '');
    expect((await S.ask('updateTicketStatus', T, {}, 10000, ''))[0]).to.equal(null);
  });

  it('given to a colleague from the queue it is his, and everybody knows', async () => {
    await O1.ask('assignTicket', { ticketId: T, handleById: 'o2' });
    expect(await O2.next('notifyOfAssignment')).to.deep.equal([T, 1, 'Ada']);
    for (const ear of [U, O1, O2])
      expect((await ear.next('ticketAccepted'))[0]).to.include({ handleById: 'o2', handleByNm: 'Otto' });
    await settle(O1);
    expect(named(O1, 'notifyOfAssignment')).to.have.length(0);
  });

  it('every device of a person hears, but not his own words', async () => {
    const phone = await service.join('user:u1');
    await accepted();
    await U.ask('updateMessage', T, 'm1', text('from the desk'), '');
    await O1.ask('updateMessage', T, 'm2', text('to both'), '');
    for (const ear of [U, phone]) expect((await ear.next('messageUpdated'))[0]).to.include({ content: 'to both' });
    await phone.ask('updateMessageStatus', 'm2', 3, 'u1', 'o1', false);
    expect(await U.next('messageStatusUpdated')).to.deep.equal(['m2', 3]);
    expect(await O1.next('messageStatusUpdated')).to.deep.equal(['m2', 3]);
    await settle(U, phone, O2);
    expect(named(phone, 'messageStatusUpdated')).to.have.length(0);
    expect(named(phone, 'messageUpdated')).to.have.length(1);
    expect(named(O2, 'messageUpdated')).to.have.length(0);
  });

  it('a status only rises, and what changes nothing is told to nobody', async () => {
    await accepted();
    await U.ask('updateMessage', T, 'm1', text('one'), '');
    const steps: readonly (readonly [status: number, changed: number])[] = [
      [3, 1],
      [2, 0],
      [3, 0],
    ];
    for (const [status, changed] of steps)
      expect(await O1.ask('updateMessageStatus', 'm1', status, 'o1', 'u1')).to.deep.equal([null, { changed }]);
    await settle(U);
    expect(named(U, 'messageStatusUpdated')).to.deep.equal([['m1', 3]]);
    expect(await U.ask('updateMessage', T, 'm1', text('one'), '')).to.deep.equal([
      null,
      { messageId: 'm1', statusId: 3, duplicate: true },
    ]);
  });

  it('all of a sender is each message of his, in the tickets between the two', async () => {
    await accepted();
    for (const id of ['m1', 'm2', 'm3']) await U.ask('updateMessage', T, id, text(id), '');
    await O1.ask('updateMessageStatus', 'm2', 3, '', '');
    expect(await O1.ask('updateMessageStatus', 'all', 2, '', 'u1', true)).to.deep.equal([null, { changed: 2 }]);
    expect(await O1.ask('updateMessageStatus', 'all', '3', 'o1', 'u1', false)).to.deep.equal([null, { changed: 2 }]);
    await settle(U, O2);
    expect(named(U, 'messageStatusUpdated')).to.deep.equal([
      ['m2', 3],
      ['m1', 2],
      ['m3', 2],
      ['m1', 3],
      ['m3', 3],
    ]);
    expect(named(O2, 'ticketResponded')).to.deep.equal([[T]]);
    for (const id of ['r1', 'r2']) await O1.ask('updateMessage', T, id, text(id), '');
    expect(await U.ask('updateMessageStatus', 'all', 3, 'u1', 'o1', false)).to.deep.equal([null, { changed: 2 }]);
    expect(await U.ask('updateMessageStatus', 'all', 3, 'u1', 'o2', false)).to.deep.equal([null, { changed: 0 }]);
    await settle(O1);
    expect(named(O1, 'messageStatusUpdated')).to.deep.equal([
      ['r1', 3],
      ['r2', 3],
    ]);
  });

  it('whoever subscribes in both ways hears everything once; who leaves hears nothing', async () => {
    await O1.ask('subscribe');
    await accepted();
    await U.ask('updateMessage', T, 'm1', text('one'), '');
    await settle(O1);
    expect(named(O1, 'messageUpdated')).to.have.length(1);
    expect(await O1.ask('unsubscribeOperator')).to.deep.equal([null, {}]);
    await U.ask('updateMessage', T, 'm2', text('two'), '');
    await service.join('user:u2').then((bob) => bob.ask('createTicket', randomUUID(), {}));
    await settle(O1);
    expect(named(O1, 'messageUpdated')).to.have.length(2);
    expect(named(O1, 'ticketCreated')).to.have.length(1);
    await O1.ask('unsubscribe');
    await U.ask('updateMessage', T, 'm3', text('three'), '');
    await settle(O1);
    expect(named(O1, 'messageUpdated')).to.have.length(2);
    expect((await O1.ask('updateMessage', T, 'r', text('I may still speak'), ''))[0]).to.equal(null);
  });

  it('a page that was refreshed finds its tickets, those that wait, and what was said there', async () => {
    await U.ask('updateMessage', T, 'm1', text('one'), '');
    await accepted();
    const other = randomUUID();
    await U.ask('createTicket', other, { ticketNm: 'Second' });
    await U.ask('updateMessage', other, 'm2', text('two'), '');
    O1.close();
    await U.ask('updateMessage', T, 'm3', text('three'), '');
    const fresh = await service.enter('operator:o1');
    const [, result] = await fresh.ask('subscribeOperator');
    await settle(fresh);
    const told = fresh.heard.filter(({ name }) => !['connect', 'authenticated'].includes(name));
    expect(told.map(({ name, args }) => [name, field(args, 'ticketNm') ?? field(args, 'messageId')])).to.deep.equal([
      ['ticketAccepted', 'Invoice'],
      ['ticketCreated', 'Second'],
      ['messageUpdated', 'm2'],
      ['messageUpdated', 'm1'],
      ['messageUpdated', 'm3'],
    ]);
    expect(result).to.deep.equal({ replayed: 5 });
  });

  it('a ticket taken from an absent operator is told to him when he is back, unless he has it again', async () => {
    await accepted();
    service.clock.leap(6000);
    await O1.ask('typing', T, '');
    O1.close();
    await O2.ask('assignTicket', { ticketId: T });
    const back = await service.join('operator:o1');
    await settle(back);
    expect(named(back, 'notifyOfAssignment')).to.deep.equal([[T, 0, 'Ada']]);
    expect(named(back, 'ticketAccepted')).to.have.length(0);
    back.close();
    await O2.ask('assignTicket', { ticketId: T, handleById: 'o1' });
    await O2.ask('assignTicket', { ticketId: T, handleById: null });
    await O2.ask('assignTicket', { ticketId: T, handleById: 'o1' });
    const again = await service.join('operator:o1');
    await settle(again);
    expect(named(again, 'notifyOfAssignment')).to.deep.equal([[T, 1, 'Ada']]);
    expect(named(again, 'ticketAccepted')).to.have.length(1);
  });

  it('what nobody confirms is handed over five times and not for ever', async () => {
    await accepted();
    U.close();
    await O1.ask('updateMessage', T, 'm1', text('hello?'), '');
    const counts: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const back = await service.join('user:u1');
      await settle(back);
      counts.push(named(back, 'messageUpdated').length);
      back.close();
    }
    expect(counts).to.deep.equal([1, 1, 1, 1, 1, 0, 0]);
  });

  it('a ticket closed while its owner was away is told to him', async () => {
    await accepted();
    U.close();
    await O1.ask('updateMessage', T, 'm1', text('solved'), '');
    await O1.ask('updateTicketStatus', T, {}, 10000, '');
    const back = await service.join('user:u1');
    await settle(back);
    expect(named(back, 'ticketStatusUpdated')).to.deep.equal([[T, 10000]]);
    expect(named(back, 'messageUpdated').map((args) => field(args, 'messageId'))).to.deep.equal(['m1']);
  });

  it('who comes back is told what became of his own words, and not what he confirmed himself', async () => {
    await accepted();
    await U.ask('updateMessage', T, 'm1', text('one'), '');
    await O1.ask('updateMessage', T, 'r1', text('answer'), '');
    await U.ask('updateMessageStatus', 'r1', 2, 'u1', 'o1', true);
    await O1.ask('updateMessageStatus', 'm1', 3, 'o1', 'u1', false);
    U.close();
    O1.close();
    const [owner, handler] = [await service.join('user:u1'), await service.join('operator:o1')];
    await settle(owner, handler);
    expect(named(owner, 'messageStatusUpdated')).to.deep.equal([['m1', 3]]);
    expect(named(handler, 'messageStatusUpdated')).to.deep.equal([['r1', 2]]);
  });

  it('an upper case id comes back in upper case', async () => {
    const id = randomUUID().toUpperCase();
    expect(await U.ask('createTicket', id, { ticketId: id.toLowerCase() })).to.deep.equal([
      null,
      { ticketId: id, statusId: 100 },
    ]);
    expect((await O1.next('ticketCreated'))[0]).to.include({ ticketId: id });
    await O1.ask('acceptTicket', id.toLowerCase(), {}, '');
    expect((await U.next('ticketAccepted'))[0]).to.include({ ticketId: id });
  });

  it('times near ours are shown as told, others are ours; the last answer is shown', async () => {
    const near = new Date(service.clock.now() - 60_000).toISOString();
    const far = '2001-01-01T00:00:00.000Z';
    for (const [createdAt, isShown] of [
      [near, true],
      [far, false],
    ] as const) {
      const id = randomUUID();
      await U.ask('createTicket', id, { createdAt });
      const [created] = await O1.next('ticketCreated');
      expect(Reflect.get(Object(created), 'createdAt') === createdAt).to.equal(isShown);
      await U.ask('updateMessage', id, `m-${id}`, { content: 'x', createdAt }, '');
      const [message] = await O1.next('messageUpdated');
      expect(Reflect.get(Object(message), 'createdAt') === createdAt).to.equal(isShown);
    }
    await accepted();
    expect(field(named(U, 'ticketAccepted').at(-1) ?? [], 'lastResponseAt')).to.equal('');
    await O1.ask('updateMessage', T, 'r', text('answer'), '');
    await O1.ask('assignTicket', { ticketId: T, handleById: 'o2' });
    expect((await U.next('ticketAccepted'))[0])
      .to.have.property('lastResponseAt')
      .that.matches(/Z$/);
  });

  const large = Buffer.from(`GIF89a\x01\x00\x01\x00${'x'.repeat(3_500_000)}`, 'latin1').toString('base64');

  for (const [way, transport] of Object.entries({ websocket: 'websocket', polling: 'polling' })) {
    it(`who missed many large pictures gets them and what was said after them, in order, by ${way}`, async () => {
      await accepted();
      U.close();
      const ids = ['i1', 'i2', 'i3'];
      for (const id of ids)
        expect((await O1.ask('updateMessage', T, id, { content: large, type: 2 }, ''))[0]).to.equal(null);
      await O1.ask('updateMessage', T, 'm1', text('seen them?'), '');
      const back = await service.enter('user:u1', { options: { transports: [transport] } });
      expect(await back.ask('subscribe')).to.deep.equal([null, { replayed: 5 }]);
      await O1.ask('updateMessage', T, 'm2', text('live'), '');
      await back.until((heard) => heard.some(({ args }) => field(args, 'messageId') === 'm2'));
      expect(named(back, 'messageUpdated').map((args) => field(args, 'messageId'))).to.deep.equal([...ids, 'm1', 'm2']);
    });
  }

  it('who subscribes again while pictures are on their way still gets each once', async () => {
    await accepted();
    U.close();
    for (const id of ['i1', 'i2', 'i3']) await O1.ask('updateMessage', T, id, { content: large, type: 2 }, '');
    const back = await service.enter('user:u1');
    back.say('subscribe');
    back.say('unsubscribe');
    await back.ask('subscribe');
    await O1.ask('updateMessage', T, 'm2', text('live'), '');
    await back.until((heard) => heard.some(({ args }) => field(args, 'messageId') === 'm2'));
    expect(named(back, 'messageUpdated').map((args) => field(args, 'messageId'))).to.deep.equal([
      'i1',
      'i2',
      'i3',
      'm2',
    ]);
  });

  it('an operator who begins finds a picture in each of five tickets', async () => {
    const tickets = [T, ...Array.from({ length: 4 }, () => randomUUID())];
    for (const id of tickets.slice(1)) await U.ask('createTicket', id, {});
    for (const id of tickets)
      expect((await U.ask('updateMessage', id, `i-${id}`, { content: large, type: 2 }, ''))[0]).to.equal(null);
    const O3 = await service.join('operator:o3');
    await O3.until((heard) => heard.filter(({ name }) => name === 'messageUpdated').length === tickets.length);
    expect(O3.socket.connected).to.equal(true);
    expect(O3.heard.filter(({ name }) => name === 'disconnect')).to.have.length(0);
  });

  it('typing goes on once in two seconds', async () => {
    await accepted();
    for (let n = 0; n < 5; n += 1) await U.ask('typing', T, 'o1');
    service.clock.leap(2000);
    await U.ask('typing', T, 'somebody');
    await settle(O1, O2);
    expect(named(O1, 'typing')).to.deep.equal([
      [T, 'Ada'],
      [T, 'Ada'],
    ]);
    expect(named(O2, 'typing')).to.have.length(0);
  });

  it('who comes back with a hundred messages and when he is told to gets all of them through', async () => {
    let due = Array.from({ length: 100 }, (_, n) => ({ id: `q${n}`, at: service.clock.now() }));
    let refusals = 0;
    while (due.length > 0) {
      const next = Math.min(...due.map(({ at }) => at));
      service.clock.leap(Math.max(0, next - service.clock.now()));
      const now = service.clock.now();
      const waiting = due.filter(({ at }) => at > now);
      const asking = due.filter(({ at }) => at <= now);
      const answers = await Promise.all(asking.map(({ id }) => U.ask('updateMessage', T, id, text(id), '')));
      const refused = asking.flatMap(({ id }, index) => {
        const [error, details] = answers[index] ?? [];
        return error === null ? [] : [{ id, at: now + Number(Reflect.get(Object(details), 'retryAfterMs')) }];
      });
      refusals += refused.length;
      due = [...waiting, ...refused];
    }
    expect(refusals).to.be.within(80, 250);
    expect(U.heard.filter(({ name }) => name === 'disconnect')).to.have.length(0);
  });

  it('too much is refused by name, and far too much ends the connection', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => U.ask('updateMessage', T, `f${n}`, text('x'), '')),
    );
    const refused = answers.filter(([error]) => error !== null);
    expect(refused).to.have.length(10);
    expect(refused[0]?.[1]).to.include({ code: 'rate_limited', retryable: true, retryAfterMs: 200 });
    for (let n = 0; n < 700; n += 1) U.say('typing', T, '');
    await U.next('disconnect');
  });
});
