/** A gateway in a process of its own, with a desk in it that answers every customer once, over restarts too. */
import { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createGateway, createObservers, devConfig, devEnvironment, tokens, verifyDev } from '@dragoman/gateway';
import type { Config } from '@dragoman/gateway';
import type { Adapter, ChatEvent, Core, Sighting } from '@dragoman/core';

const [port = '', folder = '', acceptsPerSecond = '', answerMs = '', webhook = ''] = process.argv.slice(2);

type AdapterConfig = Config['adapters'][number];

/** When sockets were let in, and connections opened on them and closed, ms since the process began. */
const traffic: { readonly admitted: number[]; readonly opened: number[]; readonly closed: number[] } = {
  admitted: [],
  opened: [],
  closed: [],
};

function note({ type }: Sighting): void {
  if (type === 'connection-opened') traffic.opened.push(performance.now());
  if (type === 'connection-closed') traffic.closed.push(performance.now());
}

/**
 * Who is let in is given to whom Node has for it. What is opened on it comes later, and in bursts where either side is busy:
 * it says how fast they are back, not how fast they were let in.
 */
const handlersOf = Server.prototype.listeners;
Server.prototype.listeners = function (event) {
  const handlers = Reflect.apply(handlersOf, this, [event]);
  if (event !== 'connection') return handlers;
  return handlers.map((handle) => (socket: Socket) => {
    traffic.admitted.push(performance.now());
    Reflect.apply(handle, this, [socket]);
  });
};

/**
 * Answers what a customer says after a while, and at its start what nobody has answered. Its waits are the rhythm of
 * people, who think before they write and try again when they are refused.
 */
function desk(): Adapter {
  let isStopped = false;
  return {
    name: 'desk',
    capabilities: {},
    async start(core) {
      const who = { workspaceId: 'default', space: 'desk', realm: '', idType: 'string', name: 'Desk' } as const;
      const how = { echo: 'all', away: null, chats: 'mine' } as const;
      const operator = await core.connect(
        { ...who, side: 'operator', role: 'operator', externalId: 'desk' },
        { ...how, scope: 'lobby', mode: 'claim' },
        () => undefined,
      );
      await core.dispatch(operator, { type: 'SetAvailability', status: 'available', capacity: { 'en-US': 0 } });
      const answer = async (chatId: string, text: string): Promise<void> => {
        const outcome = await core.dispatch(operator, {
          type: 'PostMessage',
          commandId: `answer:${text}`,
          to: { chatId },
          body: { kind: 'text', text: `answer to ${text}` },
          ifClosed: 'append',
          claim: true,
        });
        if (!outcome.ok && !isStopped) setTimeout(() => void answer(chatId, text), 100);
      };
      const hear = (event: ChatEvent, ms: number): void => {
        if (event.type !== 'MessagePosted' || event.message.authorRole !== 'customer') return;
        const { body } = event.message;
        if (body.kind === 'text') setTimeout(() => void answer(event.chatId, body.text), ms).unref();
      };
      const monitor = await core.connect(
        { ...who, side: 'operator', role: 'monitor', externalId: 'watch' },
        { ...how, scope: 'all' },
        ({ event }) => {
          if ('eventId' in event && 'chatId' in event) hear(event, Math.random() * Number(answerMs));
        },
      );
      for (const event of await everything(core, monitor)) hear(event, Math.random() * 1000);
      process.on('message', () => void recount());
      const recount = async (): Promise<void> => {
        const said = (await everything(core, monitor)).flatMap((event) =>
          event.type === 'MessagePosted' &&
          event.message.authorRole === 'customer' &&
          event.message.body.kind === 'text'
            ? [event.message.body.text]
            : [],
        );
        process.send?.({ said });
      };
    },
    async stop() {
      isStopped = true;
    },
  };
}

async function everything(core: Core, monitor: Parameters<Core['events']>[0]): Promise<readonly ChatEvent[]> {
  const found: ChatEvent[] = [];
  for (let after = 0; ;) {
    const { events, lastNumber } = await core.events(monitor, { afterNumber: after, limit: 1000 });
    found.push(...events);
    if (lastNumber <= after) return found;
    after = lastNumber;
  }
}

const { listeners, adapters, ...config } = devConfig(Number(port), folder, process.env);
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const environment = { ...process.env, ...devEnvironment, DRILL_WEBHOOK: secret };

/** With what the drill needs beside the development profile. */
function forDrill(adapter: AdapterConfig): AdapterConfig {
  if (adapter.dialect === 'convead') return { ...adapter, roster: [{ id: '7', name: 'Ann' }] };
  if (adapter.dialect !== 'http') return adapter;
  const told = { id: 'drill', url: webhook, allow: ['127.0.0.0/8'], secrets: [{ env: 'DRILL_WEBHOOK' }], parallel: 32 };
  return { ...adapter, webhooks: [{ ...told, types: ['MessagePosted'] }] };
}

const gateway = createGateway(
  {
    ...config,
    listeners: listeners.map((listener) => ({
      ...listener,
      acceptsPerSecond: Number(acceptsPerSecond),
      trustedProxies: ['127.0.0.1'],
    })),
    adapters: adapters.map(forDrill),
    log: { level: 'error' },
  },
  {
    environment,
    verify: verifyDev,
    bind(container) {
      const observers = createObservers();
      observers.add(note);
      container.rebind(tokens.observers).toConstantValue(observers);
      container.bind(tokens.adapter).toConstantValue(desk());
    },
  },
);

process.once('SIGTERM', () => {
  void gateway.stop().then(() => {
    process.send?.({ traffic });
    process.disconnect();
  });
});
await gateway.start();
process.send?.('ready');
