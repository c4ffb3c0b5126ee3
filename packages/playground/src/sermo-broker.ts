import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Channel, type ChannelModel } from 'amqplib';

/** Whose customers these are, and where their events go, in the development profile. */
const platformId = 'dev-web';
const exchanges = { inbound: 'sermo.inbound', outbound: 'sermo.outbound' } as const;

/** What a customer's front end may put on the queue [SERMO]. */
const types = ['text', 'heartbeat', 'messages_read', 'client_left', 'client_unload', 'typing'];

/** A page that is away for so long finds nothing of what came meanwhile, ms. */
const keptMs = 600_000;

const maxBodyBytes = 65_536;

/** In place of the front end's own application, which has no browser client: its page asks us to talk to the broker. */
export interface SermoBroker {
  /** Everything that is published for this customer, as server-sent events; each is taken off once it was written. */
  listen(userId: string, response: ServerResponse): Promise<void>;
  /** Publishes what the request says, for this customer. */
  say(userId: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request) {
    text += String(part);
    if (text.length > maxBodyBytes) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no JSON: whoever published it, it would come again and again. */
function onOneLine(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is { readonly type: string } {
  return typeof value === 'object' && value !== null && 'type' in value && types.includes(String(value.type));
}

async function consume(channel: Channel, userId: string, hear: (text: string) => void): Promise<void> {
  const { queue } = await channel.assertQueue(`playground.${userId}`, { expires: keptMs });
  await channel.assertExchange(exchanges.outbound, 'topic', { durable: true });
  await channel.bindQueue(queue, exchanges.outbound, `${platformId}.${userId}`);
  await channel.consume(queue, (message) => {
    if (message === null) return;
    hear(message.content.toString());
    channel.ack(message);
  });
}

/** On the broker at this address; connects when it is first asked. */
export function sermoBroker(url: string): SermoBroker {
  let connecting: Promise<ChannelModel> | undefined;

  function open(): Promise<ChannelModel> {
    connecting ??= connect(url).then((model) => {
      // Both come before `close`, after which the next request connects anew.
      model.on('error', () => undefined);
      model.on('close', () => (connecting = undefined));
      return model;
    });
    connecting.catch(() => (connecting = undefined));
    return connecting;
  }

  return {
    async listen(userId, response) {
      const channel = await (await open()).createChannel();
      channel.on('error', () => response.end());
      response.once('close', () => void channel.close().catch(() => undefined));
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      await consume(channel, userId, (text) => {
        const line = onOneLine(text);
        if (line !== undefined) response.write(`data: ${line}\n\n`);
      });
      response.write(': here\n\n');
    },

    async say(userId, request, response) {
      const event = await bodyOf(request);
      if (!isEvent(event)) return void response.writeHead(400).end();
      const channel = await (await open()).createConfirmChannel();
      const body = Buffer.from(JSON.stringify({ platformId, userId, ...event }));
      await channel.assertExchange(exchanges.inbound, 'topic', { durable: true });
      channel.publish(exchanges.inbound, `${platformId}.${userId}`, body, { persistent: true });
      await channel.waitForConfirms();
      await channel.close();
      response.writeHead(204).end();
    },

    async close() {
      await connecting?.then((model) => model.close()).catch(() => undefined);
    },
  };
}
