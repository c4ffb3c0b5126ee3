import { conveadAdapter, type ConveadSettings } from '@dragoman/adapter-faye';
import { createCore, type Adapter, type Core } from '@dragoman/core';
import { fayeClient, leave, type FayeClient } from './faye-client.js';
import { openListener, type TestListener } from './node-listener.js';
import { http, type HttpAnswer } from './wire.js';

export const token = 'service-token-of-the-tests';

/** One gateway's worth of this dialect on a core in memory. */
export interface House extends TestListener {
  readonly core: Core;
  readonly adapter: Adapter;
  /** A real client that is disconnected at the end; `ext` travels with its handshake. */
  client(options?: { ext?: unknown; name?: string; transport?: string }): FayeClient;
  /** A manager's client: it shows the token and says who it is. */
  manager(id: number | string, name?: string): FayeClient;
  /** One request of the HTTP API with a JSON body. */
  api(path: string, params?: object, headers?: Record<string, string>): Promise<ApiAnswer>;
}

export interface ApiAnswer extends HttpAnswer {
  /** The body, read; its fields are what the test says they are. */
  readonly json: Body;
}

/** Every field any answer has. */
export interface Body {
  readonly entity?: string;
  readonly conversation?: ConversationBody;
  readonly message?: MessageBody & string;
  readonly notification?: {
    readonly id: number;
    readonly kind: string;
    readonly content: string | null;
    readonly data: unknown;
  };
  readonly error?: string;
}

export interface ConversationBody {
  readonly id: number;
  readonly visitor_id: string;
  readonly manager_id: number | string | null;
  readonly state: string;
}

export interface MessageBody {
  readonly id: number;
  readonly conversation_id: number;
  readonly sender_type: string;
  readonly sender_id: number | string;
  readonly content: string;
  readonly read: boolean;
  readonly read_at: string | null;
}

export async function openHouse(
  settings: Partial<ConveadSettings> = {},
  coreOptions: Parameters<typeof createCore>[0] = {},
): Promise<House> {
  const listener = await openListener();
  const core = await createCore(coreOptions);
  const adapter = conveadAdapter({
    listener: listener.listener,
    auth: { kind: 'token', serviceToken: token },
    timeoutMs: 2000,
    ...settings,
  });
  await adapter.start(core);
  const clients: FayeClient[] = [];

  function client(options: Parameters<House['client']>[0] = {}): FayeClient {
    const made = fayeClient(`${listener.url}/faye`, options);
    clients.push(made);
    return made;
  }

  return {
    ...listener,
    core,
    adapter,
    client,
    manager: (id, name = `Manager ${id}`) => client({ ext: { token, sender: { type: 'manager', id, name } } }),
    async api(path, params = {}, headers = {}) {
      const answer = await http(listener.port, path, {
        body: JSON.stringify(params),
        headers: { 'content-type': 'application/json', ...headers },
      });
      return { ...answer, json: JSON.parse(answer.body) };
    },
    async close() {
      await Promise.all(clients.map(leave));
      await adapter.stop();
      await core.stop();
      await listener.close();
    },
  };
}

export const visitor = (id: string): object => ({ sender: { type: 'visitor', id } });
export const manager = (id: number | string): object => ({ sender: { type: 'manager', id }, token });
