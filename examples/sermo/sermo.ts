/**
 * The document's standard flow, on a broker: a customer of a front end, a bot and an agent of a desk, and between them a
 * gateway that stands on both sides. With a broker at hand: AMQP_URL=amqp://… node build/examples/sermo/sermo.js
 */
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore, type CoreOptions } from '@dragoman/core';
import { connect, type ConfirmChannel } from 'amqplib';

/** Whose events these are; the gateway has the front end's customers served by the desk's people. */
const [shop, desk] = ['shop-web', 'desk-web'];
const names = { inbound: 'example.inbound', outbound: 'example.outbound' };
const own = {
  ...names,
  customerQueue: 'example.gateway.customers',
  deskQueue: 'example.gateway.desk',
  parked: 'example.parked',
  deadExchange: 'example.dlx',
  deadQueue: 'example.dead',
};

interface Told {
  readonly type: string;
  readonly userId: string;
  readonly text?: string;
}

/** Hears the events of one platform in one direction, and tells of each. */
async function listen(channel: ConfirmChannel, exchange: string, platformId: string, hear: (event: Told) => void) {
  await channel.assertExchange(exchange, 'topic', { durable: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, exchange, `${platformId}.#`);
  await channel.consume(
    queue,
    (message) => {
      if (message !== null) hear(JSON.parse(message.content.toString()) as Told);
    },
    { noAck: true },
  );
}

/** Speaks for one platform in one direction. */
function speaker(channel: ConfirmChannel, exchange: string, platformId: string) {
  return (userId: string, event: object): void => {
    const body = Buffer.from(JSON.stringify({ platformId, userId, ...event }));
    channel.publish(exchange, `${platformId}.${userId}`, body, { persistent: true });
  };
}

/** Runs the flow once; `tell` is given each line of it. Resolves when the customer has left. */
export async function standardFlow(url: string, tell: (line: string) => void): Promise<void> {
  const delegations = [{ desk: { space: 'sermo', externalId: desk } }];
  const options: CoreOptions = { workspaces: [{ id: 'default', delegations }] };
  const core = await createCore(options);
  const platforms = { [shop]: 'customer', [desk]: 'desk' } as const;
  const adapter = sermoAdapter({ workspaceId: 'default', url, platforms, names: own, queueType: 'classic' });
  await adapter.start(core);

  const model = await connect(url);
  const channel = await model.createConfirmChannel();
  const [customerSays, deskSays] = [speaker(channel, names.inbound, shop), speaker(channel, names.outbound, desk)];
  const over = new EventTarget();
  const customerId = '8a8b5c18-c0dd-467b-bd77-7e7685fadf6d';
  const at = (): string => new Date().toISOString();

  await listen(channel, names.outbound, shop, ({ type, text = '' }) => {
    tell(`customer hears ${type} ${text}`.trim());
    if (text === 'Anders here, one moment') customerSays(customerId, { type: 'client_left', text: 'Bye', at: at() });
  });
  await listen(channel, names.inbound, desk, ({ type, userId, text = '' }) => {
    tell(`desk hears ${type} ${text}`.trim());
    if (type === 'client_left') over.dispatchEvent(new Event('left'));
    if (type !== 'text') return;
    deskSays(userId, { type: 'text', text: 'Hello!', typing: 1000, agent: { id: 'bot', name: 'Bot' } });
    deskSays(userId, { type: 'handover_to_agent' });
    const agent = { id: 'anan01', name: 'Anders Andersson', type: 'human' };
    deskSays(userId, { type: 'text', text: 'Anders here, one moment', agent });
  });

  const left = once(over, 'left');
  customerSays(customerId, { type: 'heartbeat' });
  customerSays(customerId, { type: 'typing', text: 'I want to chan', at: at() });
  customerSays(customerId, { type: 'text', text: 'I want to change invoice 70557076' });
  await left;
  await adapter.stop();
  await model.close();
  await core.stop();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await standardFlow(process.env['AMQP_URL'] ?? 'amqp://guest:guest@127.0.0.1', console.log);
}
