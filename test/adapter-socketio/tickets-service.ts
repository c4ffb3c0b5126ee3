import { socketioCarrier, ticketsAdapter, type DoorOptions, type TicketsOptions } from '@dragoman/adapter-socketio';
import { createCore, type Adapter, type Core, type TokenVerifier, type VerifiedIdentity } from '@dragoman/core';
import { generations, listenTo, type Ear } from './clients.js';
import { createLeapingClock, type LeapingClock } from './leaping-clock.js';
import { openListener } from './listener.js';

/** Everything that may reach a client of the ticket protocol. */
export const outbound: readonly string[] = [
  'connect',
  'disconnect',
  'connect_error',
  'authenticated',
  'unauthenticated',
  'ticketCreated',
  'ticketAccepted',
  'ticketStatusUpdated',
  'messageUpdated',
  'messageStatusUpdated',
  'typing',
  'notifyOfAssignment',
  'ticketResponded',
];

export interface ConnectOptions {
  readonly version?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A ticket service on a free port with real clients. */
export interface TicketsService {
  readonly adapter: Adapter;
  readonly core: Core;
  /** Of the core that is made here. */
  readonly clock: LeapingClock;
  readonly url: string;
  /** A client that has done nothing yet. */
  connect(more?: ConnectOptions): Ear;
  /** A client whose token was accepted: `user:u1`, `operator:o1`, `supervisor:s1`, `program:p9`. */
  enter(token: string, more?: ConnectOptions): Promise<Ear>;
  /** The same, subscribed to what is its own, and as an operator to what is all operators'. */
  join(token: string, more?: ConnectOptions): Promise<Ear>;
  close(): Promise<void>;
}

const names: Readonly<Record<string, string>> = { u1: 'Ada', u2: 'Bob', o1: 'Olga', o2: 'Otto' };

const roles: Readonly<Record<string, Pick<VerifiedIdentity, 'role' | 'isSupervisor'>>> = {
  user: { role: 'customer' },
  program: { role: 'customer' },
  operator: { role: 'operator' },
  supervisor: { role: 'operator', isSupervisor: true },
  bot: { role: 'bot' },
};

/**
 * Knows `<role>:<id>`, and `<role>:<id>@<ms>` that expires then; `old:…` has expired, `down` finds nobody who could
 * tell, and `never` gets no answer.
 */
export const verify: TokenVerifier = async (token) => {
  if (token === 'down') return { ok: false, code: 'unavailable' };
  if (token === 'never') return new Promise(() => undefined);
  const [, role = '', externalId = '', expiresAt] = /^(\w+):([\w-]+)(?:@(\d+))?$/.exec(token) ?? [];
  if (role === 'old') return { ok: false, code: 'expired' };
  const known = roles[role];
  if (known === undefined) return { ok: false, code: 'invalid' };
  const name = names[externalId] ?? externalId;
  const identity = { ...known, externalId, name, ...(role === 'program' && { realm: externalId }) };
  return { ok: true, identity, ...(expiresAt !== undefined && { expiresAt: Number(expiresAt) }) };
};

/** Attempts need not wait for each other here. */
export const hasty = { attemptGapMs: 0 } as const;

export async function openTickets(
  options: Partial<TicketsOptions> = {},
  given?: Core,
  door: DoorOptions = {},
): Promise<TicketsService> {
  const clock = createLeapingClock();
  const own = given === undefined ? await createCore({ clock }) : undefined;
  const core = given ?? own;
  if (core === undefined) throw new Error('there is no core');
  const web = await openListener();
  const adapter = ticketsAdapter(socketioCarrier({ listener: web.listener, ...door }), {
    workspaceId: 'default',
    verify,
    signIn: hasty,
    ...options,
  });
  await adapter.start(core);
  const ears: Ear[] = [];

  function connect({ version = '4.8.4', options: more }: ConnectOptions = {}): Ear {
    const open = generations[version];
    if (open === undefined) throw new Error(`no client ${version}`);
    const ear = listenTo(open(web.url, { forceNew: true, transports: ['websocket'], ...more }), outbound);
    ears.push(ear);
    return ear;
  }

  async function enter(token: string, more?: ConnectOptions): Promise<Ear> {
    const ear = connect(more);
    await ear.next('connect');
    ear.say('authenticate', { accessToken: token });
    await ear.next('authenticated');
    return ear;
  }

  return {
    adapter,
    core,
    clock,
    url: web.url,
    connect,
    enter,
    async join(token, more) {
      const ear = await enter(token, more);
      await ear.ask(token.startsWith('user') ? 'subscribe' : 'subscribeOperator');
      return ear;
    },
    async close() {
      for (const ear of ears) ear.close();
      await adapter.stop();
      await web.close();
      await own?.stop();
    },
  };
}
