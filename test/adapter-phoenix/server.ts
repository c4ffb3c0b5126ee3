import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  anybody,
  createChannelServer,
  encodeFrame,
  listenOn,
  type Channel,
  type ChannelHandler,
  type ChannelRoute,
  type ChannelServer,
  type ChannelServerSettings,
  type Join,
  type JoinAnswer,
  type Push,
  type PushAnswer,
} from '@dragoman/adapter-phoenix/channels';

export type Changes = Partial<Omit<ChannelServerSettings<undefined>, 'listener'>>;

export interface TestServer {
  readonly server: ChannelServer;
  readonly http: Server;
  readonly port: number;
  /** What happened to channels, in order: `joined room:1`, `ended room:1 left`. */
  readonly told: readonly string[];
  /** The params of each join, in order. */
  readonly joins: readonly Join<undefined>[];
  /** Resolves when this was told so many times, once by default, counting what had been. */
  waitFor(what: string, times?: number): Promise<void>;
  /** Answers the pushes `late` that were told of. */
  release(): void;
  close(): Promise<void>;
}

/** A server with topics `room:*`, whose pushes do what they are called. */
export async function openTestServer(changes: Changes = {}, port = 0): Promise<TestServer> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const told: string[] = [];
  const joins: Join<undefined>[] = [];
  const news = new EventEmitter().setMaxListeners(0);
  const tell = (what: string): void => {
    told.push(what);
    news.emit('told');
  };
  const room: ChannelRoute<undefined> = {
    topic: 'room:*',
    takesBinary: true,
    join(join) {
      joins.push(join);
      return answerJoin(
        join,
        handlerOf(join.channel, () => server, { tell, released: () => once(news, 'release') }),
      );
    },
  };
  const server = createChannelServer({ listener: listenOn(http), connect: anybody, routes: [room], ...changes });
  return {
    server,
    http,
    port: (http.address() as AddressInfo).port,
    told,
    joins,
    async waitFor(what, times = 1) {
      while (told.filter((one) => one === what).length < times) await once(news, 'told');
    },
    release: () => void news.emit('release'),
    async close() {
      await server.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => void http.close(() => resolve()));
    },
  };
}

const never = (): Promise<undefined> => new Promise(() => {});

function answerJoin(join: Join<undefined>, handler: ChannelHandler): JoinAnswer | undefined | Promise<undefined> {
  switch (join.params['as']) {
    case 'nobody':
      return { ok: false, reason: 'unauthorized', isFinal: true };
    case 'busy':
      return { ok: false, reason: 'unavailable', isFinal: false };
    case 'fault':
      throw new Error('a fault of the hook');
    case 'slow':
      return never();
    case 'eager':
      join.channel.push('early', {});
      return { ok: true, handler };
    default:
      return { ok: true, response: { welcome: join.topic }, handler };
  }
}

interface Around {
  readonly tell: (what: string) => void;
  readonly released: () => Promise<unknown>;
}

function handlerOf(channel: Channel, server: () => ChannelServer, { tell, released }: Around): ChannelHandler {
  return {
    joined: () => tell(`joined ${channel.topic}`),
    ended: (reason) => tell(`ended ${channel.topic} ${reason}`),
    push: (push) => {
      if (push.event === 'tell-me') return { ok: true, written: () => tell(`answered ${channel.topic}`) };
      if (push.event !== 'late') return answerPush(channel, push, server());
      tell('asked late');
      return released().then(() => ({ ok: true }));
    },
  };
}

type Answer = PushAnswer | undefined | Promise<PushAnswer | undefined>;

function answerPush(channel: Channel, push: Push, server: ChannelServer): Answer {
  const { topic } = channel;
  switch (push.event) {
    case 'echo':
      return { ok: true, response: push.payload instanceof Uint8Array ? push.payload : { said: push.payload } };
    case 'say':
      server.broadcast(encodeFrame({ topic, event: 'said', payload: { said: push.payload } }));
      return { ok: true };
    case 'say-bytes':
      channel.push('said-bytes', Uint8Array.of(1, 2, 255));
      return { ok: true };
    case 'refuse':
      return { ok: false, reason: 'invalid body', details: { at: 'text' } };
    case 'close':
      channel.close();
      return { ok: true };
    case 'crash':
      channel.crash();
      return { ok: true };
    case 'fault':
      throw new Error('a fault of the hook');
    case 'slow':
      return never();
    default:
      return undefined;
  }
}
