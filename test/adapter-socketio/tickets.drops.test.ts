import { expect } from 'chai';
import { eventually } from '@dragoman/core/testing';
import { stall, type Ear } from './clients.js';
import { openTickets, type TicketsService } from './tickets-service.js';

const T = '6f0c9a52-3d1e-4c7a-9b7e-2f1d5a8e0c11';

/** How a connection is lost. */
type Loss = 'closed' | 'dead';

/** A page as a careful client would be: it comes back, and repeats what was not answered. */
interface Page {
  readonly ticket: { status: number; handler: string };
  readonly messages: ReadonlyMap<string, string>;
  /** The furthest status told of each message. */
  readonly statuses: ReadonlyMap<string, number>;
  /** How often a message came. */
  readonly times: ReadonlyMap<string, number>;
  /** Resolves when the call was answered with success, on whichever connection. */
  call(name: string, ...args: readonly unknown[]): Promise<void>;
  lose(loss: Loss): void;
  /** Signed in and subscribed, for the first time or again. */
  readonly isReady: boolean;
}

/** Connections that seem alive; they go on when the test is over, or nobody could close them. */
const stalled: (() => void)[] = [];

function openPage(service: TicketsService, token: string): Page {
  const ticket = { status: 0, handler: '' };
  const messages = new Map<string, string>();
  const statuses = new Map<string, number>();
  const times = new Map<string, number>();
  const unanswered = new Set<() => void>();
  let connection: Ear | undefined;
  let isReady = false;

  function connect(): void {
    const ear = service.connect({ options: { reconnection: false } });
    isReady = false;
    connection = ear;
    ear.socket.on('connect', () => ear.say('authenticate', { accessToken: token }));
    ear.socket.on('authenticated', () => {
      void ear.ask(token.startsWith('user') ? 'subscribe' : 'subscribeOperator').then(() => {
        if (connection !== ear) return;
        isReady = true;
        for (const repeat of unanswered) repeat();
      });
    });
    listen(ear);
  }

  function listen(ear: Ear): void {
    const on = (name: string, hear: (...args: never[]) => void): void =>
      void ear.socket.on(name, (...args: never[]) => {
        if (connection === ear) hear(...args);
      });
    on('ticketCreated', (told: { statusId: number }) => (ticket.status = told.statusId));
    on('ticketAccepted', (told: { statusId: number; handleById: string }) => {
      ticket.status = told.statusId;
      ticket.handler = told.handleById;
    });
    on('ticketStatusUpdated', (_id: string, status: number) => (ticket.status = status));
    on('messageUpdated', ({ messageId, content }: { messageId: string; content: string }) => {
      messages.set(messageId, content);
      times.set(messageId, (times.get(messageId) ?? 0) + 1);
    });
    on('messageStatusUpdated', (id: string, status: number) => {
      statuses.set(id, Math.max(status, statuses.get(id) ?? 0));
    });
  }

  connect();
  return {
    ticket,
    messages,
    statuses,
    times,
    get isReady() {
      return isReady;
    },
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        const ask = (): void => {
          void connection?.ask(name, ...args).then(([error, result]) => {
            if (!unanswered.delete(ask)) return;
            const status: unknown = Reflect.get(Object(result), 'statusId');
            if (name.endsWith('TicketStatus')) ticket.status = Number(status);
            if (error === null) resolve();
            else reject(new Error(`${name}: ${String(error)}`));
          });
        };
        unanswered.add(ask);
        if (isReady) ask();
      }),
    lose(loss) {
      if (connection === undefined) return;
      if (loss === 'closed') connection.close();
      else stalled.push(stall(connection));
      connect();
    },
  };
}

type Actor = 'U' | 'O1';

interface Scene {
  readonly U: Page;
  readonly O1: Page;
}

const text = (content: string): object => ({ ticketId: T, content, type: 1 });

/** The trace from creation to end: who acts, what he has to know for it, and what he does. */
const steps: readonly {
  readonly by: Actor;
  readonly knows?: (scene: Scene) => boolean;
  readonly does: (page: Page) => Promise<void>;
}[] = [
  { by: 'U', does: (page) => page.call('createTicket', T, { ticketId: T, ticketNm: 'Invoice', statusId: 100 }) },
  { by: 'U', does: (page) => page.call('updateMessage', T, 'm1', text('Hello'), '') },
  {
    by: 'O1',
    knows: ({ O1 }) => O1.ticket.status === 100 && O1.messages.has('m1'),
    does: (page) => page.call('acceptTicket', T, { statusId: 200 }, 'u1'),
  },
  { by: 'O1', does: (page) => page.call('updateMessageStatus', 'all', 3, 'o1', 'u1', false) },
  { by: 'O1', does: (page) => page.call('updateMessage', T, 'm2', text('Hi Ada'), 'u1') },
  {
    by: 'U',
    knows: ({ U }) => U.messages.has('m2') && U.ticket.handler === 'o1',
    does: (page) => page.call('updateMessageStatus', 'm2', 2, 'u1', 'o1', true),
  },
  { by: 'U', does: (page) => page.call('updateMessageStatus', 'm2', 3, 'u1', 'o1', false) },
  {
    by: 'O1',
    knows: ({ O1 }) => O1.statuses.get('m2') === 3,
    does: (page) => page.call('updateTicketStatus', T, { statusId: 10000 }, 10000, 'u1'),
  },
];

async function play(scene: Scene, at: number, loss: (step: Promise<void>) => void, before: () => void): Promise<void> {
  await eventually('both are there', () => scene.U.isReady && scene.O1.isReady);
  for (const [index, { by, knows, does }] of steps.entries()) {
    if (knows !== undefined) await eventually(`${by} knows enough for step ${index}`, () => knows(scene));
    if (index === at) before();
    const step = does(scene[by]);
    if (index === at) loss(step);
    await step;
  }
}

async function endsWell({ U, O1 }: Scene): Promise<void> {
  await eventually('the owner knows the end', () => U.ticket.status === 10000 && U.statuses.get('m1') === 3);
  expect(U.ticket).to.deep.equal({ status: 10000, handler: 'o1' });
  expect([...U.messages]).to.deep.equal([['m2', 'Hi Ada']]);
  expect(U.statuses.get('m1')).to.equal(3);
  expect(O1.ticket).to.deep.equal({ status: 10000, handler: 'o1' });
  expect([...O1.messages]).to.deep.equal([['m1', 'Hello']]);
  expect(O1.statuses.get('m2')).to.equal(3);
}

describe('a ticket whose connections break', () => {
  let service: TicketsService;

  beforeEach(async () => {
    service = await openTickets();
  });
  afterEach(async () => {
    for (const goOn of stalled.splice(0)) goOn();
    await service.close();
  });

  const open = (): Scene => ({ U: openPage(service, 'user:u1'), O1: openPage(service, 'operator:o1') });
  const nothing = (): void => undefined;

  it('ends well when nothing breaks', async () => {
    const scene = open();
    await play(scene, -1, nothing, nothing);
    await endsWell(scene);
    expect([...scene.U.times, ...scene.O1.times]).to.deep.equal([
      ['m2', 1],
      ['m1', 1],
    ]);
  });

  for (const who of ['U', 'O1'] as const) {
    for (const at of steps.keys()) {
      for (const loss of ['closed', 'dead'] as const) {
        it(`ends the same when ${who}’s is ${loss} before step ${at + 1}`, async () => {
          const scene = open();
          await play(scene, at, nothing, () => scene[who].lose(loss));
          await endsWell(scene);
        });
      }
      it(`ends the same when ${who}’s breaks in the middle of step ${at + 1}`, async () => {
        const scene = open();
        await play(scene, at, () => scene[who].lose('closed'), nothing);
        await endsWell(scene);
      });
    }
  }
});
