import { once } from 'node:events';
import { connect } from 'node:net';
import { createCore } from '@dragoman/core';
import { adapterContract, createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { ircAdapter } from '../../examples/irc-adapter/irc-adapter.js';
import { ircPerson, ircSubject, verify, type IrcPerson } from './irc-subject.js';

adapterContract({ describe, it }, ircSubject);

/** A gateway of nothing but IRC, and how one connects to it. */
async function ircHouse() {
  const clock = createFixedClock();
  const [core, adapter] = [await createCore({ clock }), ircAdapter({ port: 0, workspaceId: 'default', verify })];
  await adapter.start(core);
  const people: IrcPerson[] = [];
  return {
    clock,
    port: () => adapter.port ?? 0,
    async connect(password: string): Promise<IrcPerson> {
      const person = await ircPerson(adapter.port, password);
      people.push(person);
      return person;
    },
    async close(): Promise<void> {
      await Promise.all(people.map((person) => person.close()));
      await adapter.stop({ reason: 'SHUTDOWN', overMs: 0 });
      await core.stop();
    },
  };
}

describe('the example of an adapter for IRC, with irc-framework', () => {
  let house: Awaited<ReturnType<typeof ircHouse>>;
  beforeEach(async () => void (house = await ircHouse()));
  afterEach(() => house.close());

  it('lets an operator talk with two customers, each by a nick of his own, in lines of IRC', async () => {
    const { connect } = house;
    const [olga, ann, bob] = [
      await connect('operator:olga'),
      await connect('customer:ann'),
      await connect('customer:bob'),
    ];
    ann.sayTo('support', 'hello');
    await eventually('her words', () => olga.said.length === 1);
    bob.sayTo('support', 'good morning');
    await eventually('his words', () => olga.said.length === 2);
    expect(olga.said.map(({ nick, message }) => [nick.slice(0, -8), message])).to.deep.equal([
      ['ann-', 'hello'],
      ['bob-', 'good morning'],
    ]);
    olga.sayTo(olga.said[0]?.nick ?? '', 'two\nlines');
    await eventually('an answer', () => ann.heard().length === 2);
    expect(ann.said.map(({ nick, message }) => [nick, message])).to.deep.equal([
      ['support', 'two'],
      ['support', 'lines'],
    ]);
    expect(bob.heard()).to.deep.equal([]);
    olga.sayTo('nobody', 'hello?');
    await eventually('no such nick', () => olga.lines.some((line) => / 401 olga nobody :/.test(line)));
    expect((await connect('stranger:eve')).lines.join('\n')).to.match(/ 464 eve :Password incorrect/);
  });

  it('knows a customer by the same nick when the operator has been away', async () => {
    const [olga, ann] = [await house.connect('operator:olga'), await house.connect('customer:ann')];
    ann.sayTo('support', 'hello');
    await eventually('her words', () => olga.said.length === 1);
    await olga.close();
    const back = await house.connect('operator:olga');
    back.sayTo(olga.said[0]?.nick.toUpperCase() ?? '', 'I am back');
    await eventually('his answer', () => ann.heard().includes('I am back'));
  });

  it('tells again what a line took that was dead, and not what a client has answered for', async () => {
    const [olga, ann] = [await house.connect('operator:olga'), await house.connect('customer:ann')];
    ann.sayTo('support', 'hello');
    await eventually('her words', () => olga.said.length === 1);
    ann.stall?.();
    olga.sayTo(olga.said[0]?.nick ?? '', 'anybody there?');
    await ann.close();
    const back = await house.connect('customer:ann');
    await eventually('what she missed', () => back.heard().length === 1);
    back.sayTo('support', 'yes');
    await eventually('an answer', () => olga.said.length === 2);
    await back.close();
    const again = await house.connect('customer:ann');
    olga.sayTo(olga.said[0]?.nick ?? '', 'good');
    await eventually('something new', () => again.heard().length > 0);
    expect(again.heard()).to.deep.equal(['good']);
  });

  it('sends away who is gone without a good-bye, and nobody who answers', async () => {
    const silent = connect(house.port(), '127.0.0.1').setEncoding('utf8');
    let last = '';
    silent.on('data', (text) => (last = String(text)));
    silent.write('PASS customer:ann\r\nNICK ann\r\nUSER ann 0 * :ann\r\n');
    const bob = await house.connect('customer:bob');
    house.clock.advance(60_000);
    await eventually('a question to both', () => last === 'PING :there?\r\n' && bob.lines.includes('PING :there?'));
    await bob.babble?.();
    await eventually('an answer to what came after his', () => bob.lines.some((line) => line.includes(' 421 ')));
    house.clock.advance(60_000);
    await once(silent, 'close');
    expect([last, bob.isClosed()]).to.deep.equal(['ERROR :STALE\r\n', false]);
  });
});
