import { createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { manager, openHouse, visitor, type Body, type MessageBody } from './house.js';
import { handshake } from './wire.js';

const crowd = 24;
const comeBackMs = 400;

describe('a restart of the gateway', function () {
  this.timeout(30_000);

  it('lets visitors write on while clients are sent away one after the other', async () => {
    const clock = createFixedClock();
    const house = await openHouse({ roster: [{ id: '7', name: 'Ann' }] }, { clock });
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id;
    for (let n = 0; n < 3; n += 1) await handshake(house.port);
    let isStopped = false;
    const stopped = house.adapter.stop({ reason: 'SHUTDOWN', overMs: 600 }).then(() => (isStopped = true));
    const said = await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content: 'still here?' });
    expect([said.status, isStopped]).to.deep.equal([201, false]);
    await eventually('stopped', () => {
      clock.advance(600);
      return isStopped;
    });
    await stopped;
    await house.close();
  });

  it('brings every client back by itself, each at another time, with all that was said meanwhile', async () => {
    // Long polls: at the stop everybody waits, also where the machine is slow.
    const house = await openHouse({ roster: [{ id: '7', name: 'Ann' }], comeBackMs, timeoutMs: 30_000 });
    let isStopping = false;
    /** For how long each was told to stay away, ms. */
    const away: (number | undefined)[] = Array.from({ length: crowd }, () => undefined);
    const heard = Array.from({ length: crowd }, () => [] as (string | undefined)[]);
    const numbers: number[] = [];
    for (let n = 0; n < crowd; n += 1) {
      const id = `v${n}`;
      const opened = await house.api(`/chat/service/${id}`, visitor(id));
      const number = opened.json.conversation?.id ?? 0;
      numbers.push(number);
      const client = house.client({ transport: n % 2 === 0 ? 'websocket' : 'long-polling' });
      await client.subscribe(`/service/${id}`, () => undefined);
      await client.subscribe(`/conversations/${number}`, (data) => heard[n]?.push((data as Body).message?.content));
      client.addExtension({
        incoming(message, next) {
          const advice = message['advice'] as { reconnect?: string; interval?: number } | undefined;
          if (isStopping && advice?.reconnect === 'handshake') away[n] ??= advice.interval;
          next(message);
        },
      });
    }
    isStopping = true;
    await house.adapter.stop({ reason: 'SHUTDOWN', overMs: 200 });
    await house.adapter.start(house.core);
    for (const [n, number] of numbers.entries()) {
      const said = await house.api(`/chat/conversation/${number}`, { ...manager(7), content: `to ${n}` });
      expect(said.status).to.equal(201);
    }
    await eventually('everybody is back and has heard', () => heard.every((one) => one.length > 0), 15_000);
    expect(heard).to.deep.equal(Array.from({ length: crowd }, (_, n) => [`to ${n}`]));
    const times = away.map((ms) => ms ?? expect.fail('somebody was told nothing'));
    const near = times.map((at) => times.filter((other) => other >= at && other < at + comeBackMs / 5).length);
    expect(Math.max(...near), 'at the same time').to.be.below(crowd / 2);
    const history = await house.api(`/chat/conversation/${numbers[0]}/messages`);
    const list: readonly MessageBody[] = JSON.parse(history.body);
    expect(list.map(({ content }) => content)).to.deep.equal(['to 0']);
    await house.close();
  });
});
