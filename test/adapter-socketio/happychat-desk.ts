import type { Authenticator, HappychatOptions } from '@dragoman/adapter-socketio';
import { createCore, type Core, type CoreOptions, type Group } from '@dragoman/core';
import { createFixedClock, eventually, type FixedClock } from '@dragoman/core/testing';
import { generations, type Ear } from './clients.js';
import { openService, type Service } from './happychat-service.js';

/** Takes the client's word for who it is: what it answers to `token` is its user. */
const byItself: Authenticator = (socket, callback) => {
  socket.emit('token', (user: unknown) => callback(null, user));
};

const groups: readonly Group[] = [
  { id: 'shop', name: 'Shop', isExclusive: false },
  { id: 'vip', name: 'VIP', isExclusive: true },
];

type User = Readonly<Record<string, unknown>>;

/** How an operator works, before he is sent chats. */
export interface Work {
  /** Default `available`; null: he says nothing about it. */
  readonly status?: string | null;
  /** In the default locale. */
  readonly capacity?: number;
  readonly actions?: readonly object[];
  readonly user?: User;
}

/** A whole service with real clients of every generation, one after the other, on a clock that stands still. */
export interface Desk {
  readonly clock: FixedClock;
  readonly core: Core;
  readonly service: Service;
  /** In English for all, unless his user says otherwise; resolves once he has heard where he stands. */
  customer(id: string | number, user?: User): Promise<Ear>;
  operator(id: string | number, work?: Work): Promise<Ear>;
  agent(user?: User): Promise<Ear>;
  /** A customer whose first words have been said. */
  asks(id: string, user?: User): Promise<Ear>;
  /** What operators share, with everything told that has happened. */
  state(ear: Ear): Promise<unknown>;
  /** A condition on the core, which no client is told of. */
  until(what: string, condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(options: Partial<CoreOptions> = {}, how: Partial<HappychatOptions> = {}): Promise<Desk> {
  const clock = createFixedClock();
  const core = await createCore({
    clock,
    restartGraceMs: 0,
    workspaces: [{ id: 'default', locales: { default: 'en-US', supported: ['en-US', 'fr'] }, groups }],
    ...options,
  });
  const service = await openService(core, {
    authenticators: { customer: byItself, operator: byItself, agent: byItself },
    ...how,
  });
  const versions = Object.keys(generations);
  let joined = 0;
  const join = (namespace: string, user: User): Ear =>
    service.join(namespace, '', { version: versions[(joined += 1) % versions.length] ?? '4.8.4', answer: user });

  const desk: Desk = {
    clock,
    core,
    service,
    async customer(id, user = {}) {
      const ear = join('/customer', {
        id,
        username: `${id}`,
        picture: '',
        session_id: id,
        displayName: `${id}`,
        ...user,
      });
      await ear.next('log');
      return ear;
    },
    async operator(id, { status = 'available', capacity, actions = [], user = {} } = {}) {
      const ear = join('/operator', { id, username: `${id}`, picture: `${id}.png`, displayName: `${id}`, ...user });
      await ear.next('broadcast.state');
      if (capacity !== undefined) await ear.ask('capacity', capacity);
      for (const action of actions) await ear.ask('broadcast.dispatch', action);
      if (status !== null) await ear.ask('status', status);
      return ear;
    },
    async agent(user = { id: 'logger' }) {
      const ear = join('/agent', user);
      await ear.next('init');
      return ear;
    },
    async asks(id, user) {
      const ear = await desk.customer(id, user);
      ear.say('message', { id: `${id}-1`, text: `hello from ${id}` });
      await ear.next('message');
      return ear;
    },
    async state(ear) {
      await ear.ask('broadcast.state');
      clock.advance(200);
      return (await ear.ask('broadcast.state'))[1];
    },
    until: (what, condition) => eventually(what, condition),
    async close() {
      await service.close();
      await core.stop();
    },
  };
  return desk;
}

/** One conversation: a customer `joe` and the operator `olga`, to whom his chat was given. */
export async function conversation(desk: Desk): Promise<{ readonly joe: Ear; readonly olga: Ear }> {
  const olga = await desk.operator('olga');
  const joe = await desk.asks('joe');
  await olga.next('chat.message');
  return { joe, olga };
}
