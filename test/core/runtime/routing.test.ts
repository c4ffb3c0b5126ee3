import { expect } from 'chai';
import type { Command } from '@dragoman/core';
import { RoutingAudit, appendsOf } from '../routing-audit.js';
import type { Seat, Workbench } from './workbench.js';
import { chatOf, workbench } from './workbench.js';

const routing = { isAccepting: true, groups: [], locales: { default: 'en-US', supported: ['en-US'] } };

/** Judges everything the store was given, append by append. */
async function audited(bench: Workbench): Promise<RoutingAudit> {
  const audit = new RoutingAudit(routing);
  for (const append of appendsOf(await bench.store.readLane('default', 0, 10_000))) audit.append(append);
  return audit;
}

describe('routing in a running core', () => {
  it('keeps every promise while operators reach for the same chats at the same time', async () => {
    const bench = await workbench();
    const operators = await Promise.all(['o1', 'o2', 'o3'].map((name) => bench.operator(name)));
    await together(operators, () => ({ type: 'SetAvailability', status: 'available', capacity: { 'en-US': 2 } }));
    const names = Array.from({ length: 12 }, (_, n) => `c${n}`);
    const customers = await Promise.all(names.map((name) => bench.customer(name)));
    const opened = await Promise.all(customers.map((customer, n) => customer.say('hello', `c${n}`)));
    const chats = opened.map((outcome) => ({ chatId: chatOf(outcome).id }));

    for (const to of chats) await together(operators, () => ({ type: 'AssignChat', to }));
    const ids = operators.map((operator) => operator.session.participant.id);
    for (const to of chats.slice(0, 6))
      await together(operators, (n) => ({ type: 'TransferChat', to, toId: ids[(n + 1) % 3] ?? null, strict: true }));
    await together(operators, (n) => ({ type: 'SetAvailability', isRequesting: n === 0 }));
    for (const to of chats.slice(3, 9)) await together(operators, () => ({ type: 'HandOver', chat: to, to: 'queue' }));
    for (const to of chats.slice(0, 6))
      await together(operators, () => ({ type: 'CloseChat', to, reason: 'operator' }));
    await Promise.all(customers.map((customer, n) => customer.say('again', `c${n}`)));

    const audit = await audited(bench);
    expect(audit.broken).to.deep.equal([]);
    expect(audit.starving()).to.deep.equal([]);
    expect(audit.chats.size).to.equal(12);
    const lane = await bench.store.readLane('default', 0, 10_000);
    const causes = new Set(lane.map(({ fact }) => (fact.type === 'ChatAssigned' ? fact.cause : '')));
    expect([...causes], 'every way to get a chat was tried').to.include.members([
      'queue',
      'claim',
      'transfer',
      'reopen',
    ]);
  });
});

describe('the locales of an operator', () => {
  async function localesAfter(...commands: readonly Command[]): Promise<Readonly<Record<string, unknown>>> {
    const bench = await workbench();
    const operator = await bench.operator('o1');
    for (const command of commands) await operator.do(command);
    const { operators } = bench.core.lobby(operator.session);
    return operators.get(operator.session.participant.id)?.locales ?? {};
  }

  it('may have names that every object knows', async () => {
    const names = ['constructor', 'toString', '__proto__'];
    const joined = Object.fromEntries(names.map((name) => [name, true]));
    const locales = new Map(Object.entries(await localesAfter({ type: 'SetAvailability', locales: joined })));
    for (const name of names) expect(locales.get(name), name).to.deep.equal({ capacity: 3, isActive: true });
  });

  it('are a hundred at most', async () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`x-${n}`, true]));
    const locales = await localesAfter(
      { type: 'SetAvailability', locales: many },
      { type: 'SetAvailability', capacity: { 'x-200': 1, 'x-1': 7 } },
    );
    expect(Object.keys(locales)).to.have.length(100);
    expect(locales['x-1']).to.deep.equal({ capacity: 7, isActive: true });
  });
});

/** All of them ask at once. */
async function together(seats: readonly Seat[], command: (n: number) => Command): Promise<void> {
  await Promise.all(seats.map((seat, n) => seat.do(command(n))));
}
