import { expect } from 'chai';
import { connect } from 'amqplib';
import { describeWith } from '../programs.js';
import { theBroker, type Broker } from './broker.js';

describeWith('rabbitmq', 'the broker of the tests', function () {
  this.timeout(120_000);
  let broker: Broker;
  before(async () => {
    broker = await theBroker();
  });

  it('keeps what it confirmed when it is killed and started again', async function () {
    if (!broker.isOurs) this.skip();
    const before = await connect(broker.url);
    before.on('error', () => undefined);
    const channel = await before.createConfirmChannel();
    channel.on('error', () => undefined);
    await channel.assertQueue('kept', { durable: true });
    channel.sendToQueue('kept', Buffer.from('words'), { persistent: true });
    await channel.waitForConfirms();
    await broker.kill();
    await broker.start();
    const after = await connect(broker.url);
    const found = await (await after.createChannel()).get('kept', { noAck: true });
    await after.close();
    expect(found === false ? undefined : found.content.toString()).to.equal('words');
  });
});
