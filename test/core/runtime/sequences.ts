import { expect } from 'chai';
import fc from 'fast-check';
import { createCore } from '@dragoman/core';
import type { Command, Core, Delivery, Identity, Session, Store, StoredEvent } from '@dragoman/core';
import { defaultGroup } from '@dragoman/core/domain';
import { RoutingAudit, appendsOf } from '../routing-audit.js';

const customers = ['joe', 'ann', 'bob', 'eva'];
const operators = ['olga', 'oscar', 'otto'];
const unhurried = { perSecond: 1_000, burst: 10_000 };

type Deed = (people: People) => Promise<unknown>;

/** Everybody of one workspace, and what the customers have heard. */
interface People {
  readonly core: Core;
  readonly customers: readonly Session[];
  readonly operators: Session[];
  readonly heard: Map<string, Delivery[]>;
  /** Chats by customer, as far as an answer has told. */
  readonly chats: (string | undefined)[];
  readonly accepted: string[];
  readonly reconnect: (operator: number) => Promise<void>;
}

const chat = fc.nat(customers.length - 1);
const operator = fc.nat(operators.length - 1);

/** One random deed; nobody waits for the others. */
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    arbitrary: fc.tuple(chat, fc.constantFrom('reopen', 'new', 'refuse')).map(([n, ifClosed]) => say(n, ifClosed)),
    weight: 4,
  },
  {
    arbitrary: fc
      .tuple(operator, fc.constantFrom('available', 'reserve', 'lunch'), fc.constantFrom(0, 1, 2, null))
      .map(([n, status, capacity]) => work(n, status, capacity)),
    weight: 2,
  },
  fc.tuple(operator, chat, fc.boolean()).map(([by, n, claim]) =>
    asOperator(by, n, (to) => ({
      type: 'PostMessage',
      to,
      body: { kind: 'text', text: 'answer' },
      ifClosed: 'refuse',
      claim,
    })),
  ),
  fc.tuple(operator, chat).map(([by, n]) => asOperator(by, n, (to) => ({ type: 'AssignChat', to }))),
  fc.tuple(operator, chat, operator, fc.boolean()).map(
    ([by, n, target, strict]): Deed =>
      (people) =>
        asOperator(by, n, (to) => ({
          type: 'TransferChat',
          to,
          toId: people.operators[target]?.participant.id ?? null,
          strict,
        }))(people),
  ),
  fc
    .tuple(operator, chat, fc.constantFrom('queue', 'customer'))
    .map(([by, n, over]) => asOperator(by, n, (to) => ({ type: 'HandOver', chat: to, to: over as 'queue' }))),
  fc.tuple(operator, chat).map(([by, n]) => asOperator(by, n, (to) => ({ type: 'JoinChat', to }))),
  fc.tuple(operator, chat).map(([by, n]) => asOperator(by, n, (to) => ({ type: 'CloseChat', to, reason: 'operator' }))),
  fc
    .tuple(operator, chat)
    .map(([by, n]) => asOperator(by, n, (to) => ({ type: 'Acknowledge', to, state: 'read', what: { all: true } }))),
  operator.map(
    (n): Deed =>
      (people) =>
        people.reconnect(n),
  ),
);

function say(n: number, ifClosed: string): Deed {
  return async ({ core, customers: sessions, chats, accepted }) => {
    const session = sessions[n];
    if (session === undefined) return;
    const text = `${n}-${accepted.length}-${Math.trunc(performance.now() * 1_000)}`;
    const outcome = await core.dispatch(session, {
      type: 'PostMessage',
      to: { key: customers[n] ?? '' },
      body: { kind: 'text', text },
      ifClosed: ifClosed as 'new',
    });
    if (!outcome.ok) return;
    accepted.push(...outcome.events.flatMap((event) => (event.type === 'MessagePosted' ? event.message.id : [])));
    chats[n] = outcome.chat?.id;
  };
}

function work(n: number, status: string, capacity: number | null): Deed {
  return async ({ core, operators: sessions }) => {
    const session = sessions[n];
    if (session !== undefined)
      await core.dispatch(session, { type: 'SetAvailability', status, capacity: { 'en-US': capacity } });
  };
}

function asOperator(by: number, n: number, command: (to: { chatId: string }) => Command): Deed {
  return async ({ core, operators: sessions, chats, accepted }) => {
    const [session, chatId] = [sessions[by], chats[n]];
    if (session === undefined || chatId === undefined) return;
    const outcome = await core.dispatch(session, command({ chatId }));
    if (outcome.ok)
      accepted.push(...outcome.events.flatMap((event) => (event.type === 'MessagePosted' ? event.message.id : [])));
  };
}

function who(workspaceId: string, side: 'customer' | 'operator', externalId: string): Identity {
  return { workspaceId, space: 'web', side, realm: '', externalId, idType: 'string', role: side, name: externalId };
}

async function people(core: Core, workspaceId: string): Promise<People> {
  const heard = new Map<string, Delivery[]>();
  const hear = (delivery: Delivery, session: Session): void => {
    heard.set(session.id, [...(heard.get(session.id) ?? []), delivery]);
  };
  const join = (name: string): Promise<Session> =>
    core.connect(who(workspaceId, 'customer', name), { scope: 'own', echo: 'all', away: null, chats: 'mine' }, hear);
  const start = (name: string): Promise<Session> =>
    core.connect(
      who(workspaceId, 'operator', name),
      { scope: 'lobby', echo: 'all', away: null, mode: 'auto', chats: 'mine' },
      hear,
    );
  const sessions = await Promise.all(operators.map(start));
  return {
    core,
    heard,
    customers: await Promise.all(customers.map(join)),
    operators: sessions,
    chats: customers.map(() => undefined),
    accepted: [],
    async reconnect(n) {
      await sessions[n]?.end();
      sessions[n] = await start(operators[n] ?? '');
    },
  };
}

/** Everything of a workspace, judged append by append by what the store holds, and what was said. */
async function audited(store: Store, workspaceId: string): Promise<{ audit: RoutingAudit; said: string[] }> {
  const locales = { default: 'en-US', supported: ['en-US'] };
  const audit = new RoutingAudit({ isAccepting: true, groups: [defaultGroup], locales }, {}, workspaceId);
  const events = await lane(store, workspaceId);
  for (const append of appendsOf(events)) audit.append(append);
  return { audit, said: events.flatMap(({ fact }) => (fact.type === 'MessagePosted' ? fact.message.id : [])) };
}

async function lane(store: Store, workspaceId: string): Promise<readonly StoredEvent[]> {
  return store.readLane(workspaceId, 0, 100_000);
}

function numbersHeard(deliveries: readonly Delivery[]): number[] {
  return deliveries.flatMap(({ event }) => (event.type === 'MessagePosted' ? event.number : []));
}

/** Workspaces in which something is done at a time: on a disk their appends share its flushes. */
const atATime = 20;

/** So many random sequences, each in a workspace of its own, some deeds of it at the same time; then what must hold. */
export async function runSequences(store: Store, count: number, seed: number): Promise<void> {
  const sequences = fc.sample(
    fc.array(fc.array(deed, { minLength: 1, maxLength: 5 }), { minLength: 20, maxLength: 24 }),
    { numRuns: count, seed },
  );
  const core = await createCore({
    store,
    workspaces: sequences.map((_, n) => ({ id: `w${n}` })),
    limits: { rates: { customer: unhurried, operator: unhurried } },
  });
  const waiting = sequences.entries();
  const run = async (): Promise<void> => {
    for (const [n, sequence] of waiting) {
      const everybody = await people(core, `w${n}`);
      for (const atOnce of sequence) await Promise.all(atOnce.map((act) => act(everybody)));
      await checkWorkspace(store, `w${n}`, everybody, `sequence ${n} of seed ${seed}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, run));
  await core.stop();
}

async function checkWorkspace(store: Store, workspaceId: string, everybody: People, context: string): Promise<void> {
  const { core } = everybody;
  const [first] = everybody.operators;
  if (first === undefined) throw new Error('nobody works');
  // Whatever was set off by the last deeds has been decided when this has been.
  await core.dispatch(first, { type: 'SetAvailability', status: 'lunch' });
  const { audit, said } = await audited(store, workspaceId);
  expect(audit.broken, context).to.deep.equal([]);
  expect(audit.starving(), context).to.deep.equal([]);
  expect(said.toSorted(), context).to.deep.equal(everybody.accepted.toSorted());
  for (const heard of everybody.heard.values()) {
    const numbers = numbersHeard(heard);
    expect(numbers, context).to.deep.equal([...new Set(numbers)].toSorted((a, b) => a - b));
  }
  expect([...core.lobby(first).chats.keys()].toSorted(), context).to.deep.equal(
    [...audit.chats.values()]
      .filter(({ status }) => status !== 'closed')
      .map(({ id }) => id)
      .toSorted(),
  );
}
