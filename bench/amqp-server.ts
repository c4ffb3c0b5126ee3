// A process of its own that carries messages from one exchange to another: by hand, or through a gateway.
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore } from '@dragoman/core';
import { connect } from 'amqplib';

const [kind = '', url = '', from = '', to = '', queueType = 'quorum', atOnce = '256'] = process.argv.slice(2);
const window = Number(atOnce);
const rate = { perSecond: 1e9, burst: 1e9 };

/** The least that can be called a bridge: consume, publish with a confirm, acknowledge. */
async function minimal(): Promise<void> {
  const model = await connect(url, { noDelay: true });
  const [taking, giving] = [await model.createChannel(), await model.createConfirmChannel()];
  await taking.assertExchange(from, 'topic', { durable: true });
  await giving.assertExchange(to, 'topic', { durable: true });
  await taking.assertQueue(`${from}.raw`, { durable: true, arguments: { 'x-queue-type': queueType } });
  await taking.bindQueue(`${from}.raw`, from, 'front.#');
  await taking.prefetch(window);
  await taking.consume(`${from}.raw`, (message) => {
    if (message === null) return;
    const event: { readonly userId: string } = JSON.parse(message.content.toString());
    const body = Buffer.from(JSON.stringify({ ...event, platformId: 'desk' }));
    const { messageId } = message.properties;
    const options = { persistent: true, mandatory: true, messageId, contentType: 'application/json' };
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
