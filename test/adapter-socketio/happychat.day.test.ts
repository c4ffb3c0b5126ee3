import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore, type Core } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { expect } from 'chai';
import { generations, type Ear } from './clients.js';
import { openService, type Service } from './happychat-service.js';
import { followed, hasText } from './heard.js';
import { withoutNulls } from './patches.js';

const versions = Object.keys(generations);
const options = { reconnectionDelay: 20, reconnectionDelayMax: 20, randomizationFactor: 0 };

async function openCore(folder: string): Promise<Core & { stop(): Promise<void> }> {
  return createCore({
    store: await createSqliteStore({ path: join(folder, 'store') }),
    workspaces: [
      {
        id: 'default',
        locales: { default: 'en-US', supported: ['en-US', 'fr'] },
        groups: [
          { id: '__default', name: 'Default', isExclusive: false },
          { id: 'vip', name: 'VIP', isExclusive: true },
        ],
      },
    ],
  });
}

describe('a day at the desk', () => {
  let folder: string;
  let core: Core & { stop(): Promise<void> };
  let service: Service;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-day-'));
    core = await openCore(folder);
    service = await openService(core);
  });

  after(async () => {
    await service.close();
    await core.stop();
    await rm(folder, { recursive: true });
  });

  const greeted = new Set<string>();
  const nth = (index: number): string => versions[index % versions.length] ?? '4.8.4';

  async function operator(name: string, index: number, actions: readonly object[]): Promise<Ear> {
    const ear = service.join('/operator', name, { version: nth(index), options });
    await ear.next('broadcast.state');
    ear.socket.on('chat.open', ({ id }: { readonly id: string }) => {
      if (greeted.has(id)) return;
      greeted.add(id);
      ear.say('message', id, { id: `r-${id}`, text: `Willkommen ${id}` });
    });
    for (const action of actions) expect((await ear.ask('broadcast.dispatch', action))[0]).to.equal(null);
    return ear;
  }

  function customer(index: number, wishes: object): Ear {
    const name = `guest${index}`;
    return service.join('/customer', name, {
      version: nth(index),
      options,
      answer: { jwt: `customer:${name}`, ...wishes },
    });
  }

  it('ends with every word where it belongs, through transfers, crashes and a restart', async function () {
    this.timeout(30_000);
    const capacity = (locale: string, count: number): object => ({
      type: 'SET_OPERATOR_CAPACITY',
      locale,
      capacity: count,
    });
    const ready = { type: 'SET_OPERATOR_STATUS', status: 'available' };
    const operators = {
      olga: await operator('olga', 0, [capacity('en-US', 10), ready]),
      zoe: await operator('zoe', 1, [capacity('en-US', 4), { ...ready, status: 'reserve' }]),
      luc: await operator('luc', 2, [capacity('fr', 6), { type: 'LEAVE_LOCALE', locale: 'en-US' }, ready]),
      vera: await operator('vera', 3, [
        capacity('en-US', 5),
        { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: 'vip', isMember: true },
        { type: 'UPDATE_OPERATOR_MEMBERSHIP', group_id: '__default', isMember: false },
        ready,
      ]),
    };

    const guests = Array.from({ length: 20 }, (_, index) =>
      customer(index, index % 4 === 0 ? { locale: 'fr' } : index % 4 === 1 ? { groups: ['vip'] } : {}),
    );
    await Promise.all(guests.map((guest) => guest.next('log')));
    guests.forEach((guest, index) => guest.say('message', { id: `a${index}`, text: `Grüße von ${index}` }));
    await Promise.all(guests.map((guest) => guest.until((heard) => heard.some(({ args }) => args[0] === 'assigned'))));
    // Everybody is answered by the one who has the chat; one chat is given away; one operator crashes and comes back.
    await Promise.all(guests.map((guest, index) => guest.until(hasText(`Willkommen guest${index}`))));
    const openAt = (ear: Ear): string[] =>
      ear.heard
        .filter(({ name }) => name === 'chat.open')
        .map(({ args }) => String(Reflect.get(Object(args[0]), 'id')));
    expect(openAt(operators.luc)).to.have.members([0, 4, 8, 12, 16].map((index) => `guest${index}`));
    expect(openAt(operators.vera)).to.have.members([1, 5, 9, 13, 17].map((index) => `guest${index}`));

    operators.vera.say('chat.transfer', 'guest1', 'luc');
    await operators.luc.until(hasText('chat transferred'));
    operators.vera.close();
    await guests[5]?.until((heard) => heard.some(({ args }) => args[0] === 'abandoned'));
    const vera = await operator('vera', 0, [ready]);
    await vera.until((heard) => heard.filter(({ name }) => name === 'log').length === 4);

    // A customer closes his tab and opens it again; then the service restarts while everybody types.
    guests[2]?.close();
    guests[2] = customer(2, {});
    await guests[2].until((heard) => heard.some(({ args }) => args[0] === 'assigned'));
    const comeBack = guests.map((guest) => guest.heard.filter(({ name }) => name === 'init').length + 1);
    await service.adapter.stop();
    await Promise.all(guests.map((guest) => guest.next('disconnect')));
    guests.forEach((guest, index) => guest.say('message', { id: `b${index}`, text: `Noch da? ${index}` }));
    await core.stop();
    core = await openCore(folder);
    await service.adapter.start(core);
    await Promise.all(
      guests.map((guest, index) =>
        guest.until((heard) => heard.filter(({ name }) => name === 'init').length >= (comeBack[index] ?? 0)),
      ),
    );
    await Promise.all(guests.map((guest, index) => guest.until(hasText(`Noch da? ${index}`))));

    for (const [index, guest] of guests.entries()) {
      const [error, answer] = await guest.ask('transcript', null);
      expect(error).to.equal(null);
      const messages: unknown = Reflect.get(Object(answer), 'messages');
      const said = Array.isArray(messages) ? messages.map((message) => Reflect.get(Object(message), 'text')) : [];
      expect(said, `transcript of guest${index}`).to.deep.equal([
        `Grüße von ${index}`,
        `Willkommen guest${index}`,
        `Noch da? ${index}`,
      ]);
    }
    const [version, state] = await operators.olga.ask('broadcast.state');
    // An answer never overtakes an update: what she holds is what she was just told.
    expect(followed(operators.olga).version).to.equal(version);
    expect(withoutNulls(followed(operators.olga).state)).to.deep.equal(withoutNulls(state));
    expect(state).to.have.nested.property('chatlist.guest1[2].id', 'luc');
  });
});
