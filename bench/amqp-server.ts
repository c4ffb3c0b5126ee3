// A process of its own that carries messages from one exchange to another: by hand, or through a gateway.
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore } from '@dragoman/core';
import { connect } from 'amqplib';

const [kind = '', url = '', from = '', to = '', queueType = 'quorum', atOnce = '256'] = process.argv.slice(2);
const window = Number(atOnce);
const rate = { perSecond: 1e9, burst: 1e9 };

/** As the gateway declares its own queues, so that the broker has the same work with both. */
const queueArguments = {
  'x-queue-type': queueType,
  'x-single-active-consumer': true,
  'x-dead-letter-exchange': `${from}.dlx`,
  'x-overflow': 'reject-publish',
  'x-max-length-bytes': 1024 ** 3,
  ...(queueType === 'quorum' && { 'x-delivery-limit': 20, 'x-dead-letter-strategy': 'at-least-once' }),
};

/** The least that can be called a bridge: consume, publish with a confirm, acknowledge. */
async function minimal(): Promise<void> {
  const model = await connect(url, { noDelay: true });
  const [taking, giving] = [await model.createChannel(), await model.createConfirmChannel()];
  await taking.assertExchange(from, 'topic', { durable: true });
  await giving.assertExchange(to, 'topic', { durable: true });
  await taking.assertExchange(`${from}.dlx`, 'fanout', { durable: true });
  await taking.assertQueue(`${from}.raw`, { durable: true, arguments: queueArguments });
  await taking.bindQueue(`${from}.raw`, from, 'front.#');
  await taking.prefetch(window);
  let seq = 0;
  await taking.consume(`${from}.raw`, (message) => {
    if (message === null) return;
    const event: { readonly userId: string } = JSON.parse(message.content.toString());
    const body = Buffer.from(JSON.stringify({ ...event, platformId: 'desk' }));
    const options = {
      persistent: true,
      mandatory: true,
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      messageId: String(message.properties.messageId),
      timestamp: Math.floor(Date.now() / 1_000),
      type: 'text',
      appId: 'bridge',
      headers: { 'x-origin': from, 'x-seq': (seq += 1) },
    };
    giving.publish(to, `desk.${event.userId}`, body, options, (error: unknown) => {
      if (error == null) taking.ack(message);
    });
  });
}

/** The same through the core: a customer of one platform, the desk of another. */
async function gateway(): Promise<void> {
  const core = await createCore({
    limits: { rates: { customer: rate, operator: rate } },
    workspaces: [{ id: 'default', delegations: [{ desk: { space: 'sermo', externalId: 'desk' } }] }],
  });
  const names = {
    inbound: from,
    outbound: `${from}.back`,
    customerQueue: `${from}.own`,
    deskQueue: `${from}.desk`,
    parked: `${from}.parked`,
    deadExchange: `${from}.dlx`,
    deadQueue: `${from}.dead`,
  };
  await sermoAdapter({
    workspaceId: 'default',
    url,
    platforms: { front: 'customer', desk: 'desk' },
    names,
    queueType: queueType === 'classic' ? 'classic' : 'quorum',
    limits: { prefetch: window, window, heldEvents: 50_000 },
  }).start(core);
}

await (kind === 'minimal' ? minimal() : gateway());
process.send?.('ready');
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit());
