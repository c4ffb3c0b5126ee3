import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { generations, type Ear } from './clients.js';
import { gatewayIn, tokenFor, type GatewayProcess } from './gateway-process.js';
import { joinAt } from './happychat-service.js';
import { at, followed, hasStatus, hasText, opened, textsIn } from './heard.js';
import { withoutNulls } from './patches.js';

const versions = Object.keys(generations);
const nth = (index: number): string => versions[index % versions.length] ?? '4.8.4';
/** Every generation comes by every way. */
const ways = [['websocket'], ['polling'], ['polling', 'websocket']];
const options = { reconnectionDelay: 20, reconnectionDelayMax: 100, randomizationFactor: 0 };

const workspace = {
  locales: { default: 'en-US', supported: ['en-US', 'fr'] },
  groups: [
    { id: '__default', name: 'Default', isExclusive: false },
    { id: 'vip', name: 'VIP', isExclusive: true },
  ],
};

const ready = { type: 'SET_OPERATOR_STATUS', status: 'available' };
const takes = (locale: string, capacity: number): object => ({ type: 'SET_OPERATOR_CAPACITY', locale, capacity });
const leaves = (locale: string): object => ({ type: 'LEAVE_LOCALE', locale });
const member = (group_id: string, isMember: boolean): object => ({
  type: 'UPDATE_OPERATOR_MEMBERSHIP',
  group_id,
  isMember,
});

/** Four people at the desk: two for everybody, one in reserve; one for French alone, one for VIPs alone. */
const team: Readonly<Record<string, readonly object[]>> = {
  olga: [takes('en-US', 10), ready],
  zoe: [takes('en-US', 4), { ...ready, status: 'reserve' }],
  luc: [takes('fr', 6), leaves('en-US'), ready],
  vera: [takes('en-US', 5), member('vip', true), member('__default', false), ready],
};

const frenchOnes = [0, 4, 8, 12, 16];
const vips = [1, 5, 9, 13, 17];
const wishesOf = (index: number): object =>
  frenchOnes.includes(index) ? { locale: 'fr' } : vips.includes(index) ? { groups: ['vip'] } : {};

const initsOf = (ear: Ear): number => ear.heard.filter(({ name }) => name === 'init').length;
const lastStatus = (ear: Ear): unknown => ear.heard.findLast(({ name }) => name === 'status')?.args[0];

describe('a day at the desk', () => {
  let folder = '';
  let gateway: GatewayProcess;
  const ears: Ear[] = [];
  const greeted = new Set<string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-day-'));
    gateway = await gatewayIn(folder, workspace);
    await gateway.start();
  });

  after(async () => {
    for (const ear of ears) ear.close();
    await gateway.kill();
    await rm(folder, { recursive: true });
  });

  async function come(
    namespace: string,
    name: string,
    how: { readonly version: string; readonly wishes?: object },
  ): Promise<Ear> {
    const transports = ways[ears.length % ways.length];
    const jwt = await tokenFor(namespace === '/customer' ? 'customer' : 'operator', name);
    const ear = joinAt(gateway.url, namespace, {
      version: how.version,
      options: { ...options, transports },
      answer: { jwt, ...how.wishes },
    });
    ears.push(ear);
    return ear;
  }

  /** Everybody is greeted once, by the first who is shown the chat. */
  async function operator(name: string, version: string): Promise<Ear> {
    const ear = await come('/operator', name, { version });
    await ear.next('broadcast.state');
    ear.socket.on('chat.open', ({ id }: { readonly id: string }) => {
      if (greeted.has(id)) return;
      greeted.add(id);
      ear.say('message', id, { id: `r-${id}`, text: `Willkommen ${id}` });
    });
    for (const action of team[name] ?? []) expect((await ear.ask('broadcast.dispatch', action))[0]).to.equal(null);
    return ear;
  }

  const customer = (index: number, version = nth(index)): Promise<Ear> =>
    come('/customer', `guest${index}`, { version, wishes: wishesOf(index) });

  /** The whole day in order; each part begins where the one before has left the desk. */
  it('ends with every word where it belongs, through transfers, crashes and a killed gateway', async function () {
    this.timeout(60_000);
    const [olga, zoe, luc] = [
      await operator('olga', nth(0)),
      await operator('zoe', nth(1)),
      await operator('luc', nth(2)),
    ];
    let vera = await operator('vera', nth(3));
    const guests = await Promise.all(Array.from({ length: 20 }, (_, index) => customer(index)));

    // Morning: everybody comes, asks in his own language, and is greeted by somebody of his kind.
    await Promise.all(guests.map((guest) => guest.next('log')));
    guests.forEach((guest, index) => guest.say('message', { id: `a${index}`, text: `Grüße von ${index} 🙂` }));
    await Promise.all(guests.map((guest, index) => guest.until(hasText(`Willkommen guest${index}`))));
    expect(opened(luc)).to.have.members(frenchOnes.map((index) => `guest${index}`));
    expect(opened(vera)).to.have.members(vips.map((index) => `guest${index}`));
    expect([...opened(olga), ...opened(zoe)]).to.have.lengthOf(10);

    // One chat is given away, one is looked at by a second, and one operator crashes and comes back.
    vera.say('chat.transfer', 'guest1', 'luc');
    await luc.until(hasText('chat transferred'));
    olga.say('chat.join', 'guest0');
    await luc.until(hasText('operator joined'));
    vera.close();
    await Promise.all([5, 9, 13, 17].map((index) => guests[index]?.until(hasStatus('abandoned'))));
    vera = await operator('vera', nth(4));
    await eventually('vera has her four chats', () => opened(vera).length === 4);

    // Tabs: one is closed and opened again by another browser, one more is opened beside the first.
    guests[2]?.close();
    guests[2] = await customer(2, nth(0));
    await guests[2].until(hasStatus('assigned'));
    const secondTab = await customer(3, nth(4));
    await secondTab.until(hasStatus('assigned'));
    guests[3]?.close();
    guests[3] = secondTab;

    // One chat is closed, and taken up again by its customer.
    luc.say('chat.close', 'guest4');
    await guests[4]?.until(hasStatus('closed'));

    // The gateway is killed; everybody writes meanwhile, and clients send it when they are back.
    const comeBack = new Map([...guests, olga, zoe, luc, vera].map((ear) => [ear, initsOf(ear) + 1]));
    await gateway.kill();
    await Promise.all([...comeBack.keys()].map((ear) => ear.next('disconnect')));
    guests.forEach((guest, index) => guest.say('message', { id: `b${index}`, text: `Noch da? ${index} ключ` }));
    await gateway.start();
    await eventually('all are back', () => [...comeBack].every(([ear, count]) => initsOf(ear) >= count), 20_000);
    await Promise.all(guests.map((guest, index) => guest.until(hasText(`Noch da? ${index} ключ`))));
    await eventually('all are helped', () => guests.every((guest) => lastStatus(guest) === 'assigned'), 10_000);

    // Evening: a second transfer, a last word to everybody by whoever has the chat.
    vera.say('chat.transfer', 'guest5', 'olga');
    await olga.until(hasText('chat transferred'));
    guests.forEach((_, index) =>
      olga.say('message', `guest${index}`, { id: `c${index}`, text: `Bis morgen ${index}` }),
    );
    await Promise.all(guests.map((guest, index) => guest.until(hasText(`Bis morgen ${index}`))));

    for (const [index, guest] of guests.entries()) {
      const [error, answer] = await guest.ask('transcript', null);
      expect([error, textsIn(at(answer, 'messages'))], `transcript of guest${index}`).to.deep.equal([
        null,
        [`Grüße von ${index} 🙂`, `Willkommen guest${index}`, `Noch da? ${index} ключ`, `Bis morgen ${index}`],
      ]);
    }

    // Whoever followed every change holds what a newcomer is given whole.
    const eva = await operator('eva', nth(2));
    const desk = [olga, zoe, luc, vera, eva];
    await eventually('eva is known to all', () => {
      const known = desk.map((ear) => followed(ear));
      const isKnown = at(known[4]?.state, 'operators', 'identities', 'eva', 'online') === true;
      return isKnown && known.every(({ version }) => version === known[4]?.version);
    });
    const [version, state] = await eva.ask('broadcast.state');
    for (const ear of desk) {
      expect(followed(ear).version).to.equal(version);
      expect(withoutNulls(followed(ear).state)).to.deep.equal(withoutNulls(state));
    }
    expect(Object.keys(Object(at(state, 'chatlist')))).to.have.lengthOf(20);
    expect(at(state, 'chatlist', 'guest1', 2, 'id')).to.equal('luc');
    expect(at(state, 'chatlist', 'guest5', 2, 'id')).to.equal('olga');
  });
});
