import { createCore } from '@dragoman/core';
import { adapterContract, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { ircAdapter } from '../../examples/irc-adapter/irc-adapter.js';
import { ircPerson, ircSubject, verify } from './irc-subject.js';

adapterContract({ describe, it }, ircSubject);

describe('the example of an adapter for IRC, with irc-framework', () => {
  it('lets an operator talk with two customers, each by a nick of his own, in lines of IRC', async () => {
    const [core, adapter] = [await createCore(), ircAdapter({ port: 0, workspaceId: 'default', verify })];
    await adapter.start(core);
    const connect = (password: string) => ircPerson(adapter.port, password);
    const people = [
      await connect('operator:olga'),
      await connect('customer:ann'),
      await connect('customer:bob'),
    ] as const;
    const [olga, ann, bob] = people;
    ann.sayTo('support', 'hello');
    await eventually('her words', () => olga.said.length === 1);
    bob.sayTo('support', 'good morning');
    await eventually('his words', () => olga.said.length === 2);
    expect(olga.said.map(({ nick, message }) => [nick, message])).to.deep.equal([
      ['ann', 'hello'],
      ['bob', 'good morning'],
    ]);
    olga.sayTo('ann', 'two\nlines');
    await eventually('an answer', () => ann.heard().length === 2);
    expect(ann.said.map(({ nick, message }) => [nick, message])).to.deep.equal([
      ['support', 'two'],
      ['support', 'lines'],
    ]);
    expect(bob.heard()).to.deep.equal([]);
    olga.sayTo('nobody', 'hello?');
    await eventually('no such nick', () => olga.lines.some((line) => / 401 olga nobody :/.test(line)));
    expect((await connect('stranger:eve')).lines.join('\n')).to.match(/ 464 eve :Password incorrect/);
    await Promise.all(people.map((person) => person.close()));
    await adapter.stop({ reason: 'SHUTDOWN', overMs: 0 });
    await core.stop();
  });
});
