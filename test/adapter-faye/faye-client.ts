import { createRequire } from 'node:module';

/** The part of a Faye client that tests use; the package ships no types. */
export interface FayeClient {
  disable(feature: string): void;
  addExtension(extension: {
    outgoing?(message: Record<string, unknown>, callback: (message: unknown) => void): void;
    incoming?(message: Record<string, unknown>, callback: (message: unknown) => void): void;
  }): void;
  subscribe(channel: string, callback: (data: unknown) => void): PromiseLike<unknown>;
  publish(channel: string, data: unknown): PromiseLike<unknown>;
  disconnect(): void;
  on(event: 'transport:down' | 'transport:up', callback: () => void): void;
}

interface FayeModule {
  readonly Client: new (url: string, options?: { retry?: number; timeout?: number }) => FayeClient;
}

/** A real client of one version, as an application makes it; `name` is the package or its alias. */
export function fayeClient(
  url: string,
  options: { name?: string; ext?: unknown; transport?: string } = {},
): FayeClient {
  const faye: FayeModule = createRequire(import.meta.url)(options.name ?? 'faye');
  const client = new faye.Client(url, { retry: 0.1, timeout: 5 });
  if (options.transport === 'long-polling') client.disable('websocket');
  const state = { isConnected: false, left: () => undefined as void };
  states.set(client, state);
  client.addExtension({
    outgoing(message, callback) {
      if (message['channel'] === '/meta/handshake' && options.ext !== undefined) message['ext'] = options.ext;
      callback(message);
    },
    incoming(message, callback) {
      if (message['channel'] === '/meta/handshake' && message['successful'] === true) state.isConnected = true;
      if (message['channel'] === '/meta/disconnect') state.left();
      callback(message);
    },
  });
  return client;
}

const states = new WeakMap<FayeClient, { isConnected: boolean; left: () => void }>();

/** Disconnects and waits for the answer: a client that never gets one asks for it for ever. */
export function leave(client: FayeClient): Promise<void> {
  return new Promise((resolve) => {
    const state = states.get(client);
    if (state?.isConnected !== true) return resolve();
    state.isConnected = false;
    // A client in the middle of a handshake passes the wish over.
    const asking = setInterval(() => client.disconnect(), 100);
    state.left = () => {
      clearInterval(asking);
      resolve();
    };
    client.disconnect();
  });
}

/** A box into which a subscription drops what it hears. */
export interface Box<T> {
  put(value: T): void;
  next(): Promise<T>;
  readonly unread: readonly T[];
}

export function box<T>(): Box<T> {
  const unread: T[] = [];
  const waiting: ((value: T) => void)[] = [];
  return {
    unread,
    put(value) {
      const next = waiting.shift();
      if (next === undefined) unread.push(value);
      else next(value);
    },
    next() {
      const value = unread.shift();
      return value === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(value);
    },
  };
}
