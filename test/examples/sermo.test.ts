import { expect } from 'chai';
import { standardFlow } from '../../examples/sermo/sermo.js';
import { theBroker } from '../adapter-amqp/broker.js';
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
});
