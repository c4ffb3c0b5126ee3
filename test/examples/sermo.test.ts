import { expect } from 'chai';
import { eventually } from '@dragoman/core/testing';
import { aside } from '../../examples/sermo/aside.js';
import { standardFlow } from '../../examples/sermo/sermo.js';
import { theBroker } from '../adapter-amqp/broker.js';
import { scene } from '../adapter-amqp/sermo-peers.js';
import { describeWith } from '../programs.js';

describeWith('rabbitmq', 'the example of Sermo', function () {
  this.timeout(120_000);

  it('goes through the standard flow of the document', async () => {
    const lines: string[] = [];
    await standardFlow((await theBroker()).url, (line) => lines.push(line));
    expect(lines).to.include.members([
      'desk hears heartbeat',
      'desk hears text I want to change invoice 70557076',
      'customer hears text Hello!',
      'customer hears text Anders here, one moment',
      'desk hears client_left The customer has left the chat.',
    ]);
  });

  it('shows what was put aside, and drops what it is told to', async () => {
    const { url } = await theBroker();
    const stage = await scene();
    const customer = await stage.customer('u-1');
    await customer.raw(Buffer.from('no json'));
    await customer.say({ type: 'dance' });
    await eventually('two are put aside', () => stage.counts()['parked_unknown_type'] === 1);
    const lines: string[] = [];
    const run = (...words: readonly string[]): Promise<void> => aside(url, words, (line) => lines.push(line));
    await run('keep', 'not_json', stage.names.parked);
    await run('drop', 'unknown_type', stage.names.parked);
    await stage.stop();
    expect(lines[0]).to.match(/^1\. 2.*Z \S+customer: not_json {2}\(7 bytes\)$/);
    expect(lines[1]).to.equal('kept 2, given again 0, dropped 0');
    expect(lines[2]).to.include('unknown_type inbound dance');
    expect(lines[3]).to.equal('kept 1, given again 0, dropped 1');
  });
});
