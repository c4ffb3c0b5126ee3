import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import type { Channel, Push, Socket } from 'phoenix';
import { WebSocket } from 'ws';
import { XhrOfTests } from './xhr.js';

/** Every generation of the real client, by its version. */
export const versions = {
  '1.3.5': 'phoenix-1.3',
  '1.4.17': 'phoenix-1.4',
  '1.5.9': 'phoenix-1.5.9',
  '1.5.14': 'phoenix-1.5',
  '1.6.16': 'phoenix-1.6',
  '1.7.23': 'phoenix-1.7',
  '1.8.16': 'phoenix',
} as const;

export type ClientVersion = keyof typeof versions;
export const allVersions = Object.keys(versions) as readonly ClientVersion[];
export const transports = ['websocket', 'longpoll'] as const;
export type ClientTransport = (typeof transports)[number];

interface PhoenixModule {
  readonly Socket: new (endPoint: string, options: object) => Socket;
  readonly LongPoll: unknown;
  readonly Presence: {
    new (channel: Channel): {
      onSync(run: () => void): void;
      list<T>(by: (key: string, presence: { metas: readonly object[] }) => T): T[];
    };
    syncState(state: object, all: object): object;
    syncDiff(state: object, diff: object): object;
  };
}

const loaded = new Map<ClientVersion, PhoenixModule>();

/** As a page loads it: with a window of its own, so that other libraries of this process see none. */
export function phoenixOf(version: ClientVersion): PhoenixModule {
  const known = loaded.get(version);
  if (known !== undefined) return known;
  const require = createRequire(import.meta.url);
  const file = require.resolve(versions[version]);
  const window = { XMLHttpRequest: XhrOfTests, WebSocket, addEventListener() {} };
  const module = { exports: {} };
  const later = (run: () => void, ms?: number): NodeJS.Timeout => setTimeout(run, ms).unref();
  const often = (run: () => void, ms?: number): NodeJS.Timeout => setInterval(run, ms).unref();
  const names = ['module', 'exports', 'require', 'window', 'self', 'setTimeout', 'setInterval'];
  const run = compileFunction(readFileSync(file, 'utf8'), names);
  run(module, module.exports, require, window, window, later, often);
  const phoenix = module.exports as PhoenixModule;
  loaded.set(version, phoenix);
  return phoenix;
}

export interface ClientOptions {
  readonly version?: ClientVersion;
  readonly transport?: ClientTransport;
  readonly params?: object;
  readonly [option: string]: unknown;
}

/** A real client that is connecting. */
export function connect(port: number, { version = '1.8.16', transport, ...options }: ClientOptions = {}): Socket {
  const phoenix = phoenixOf(version);
  const carrier = transport === 'longpoll' ? phoenix.LongPoll : WebSocket;
  const fast = { reconnectAfterMs: () => 20, rejoinAfterMs: () => 20 };
  const socket = new phoenix.Socket(`ws://127.0.0.1:${port}/socket`, { transport: carrier, ...fast, ...options });
  socket.connect();
  return socket;
}

/** What a push or join came to: the status and its response. */
export function answerTo(push: Push): Promise<readonly [status: string, response: unknown]> {
  return new Promise((resolve) => {
    for (const status of ['ok', 'error', 'timeout'] as const) {
      push.receive(status, (response: unknown) => resolve([status, response]));
    }
  });
}

/** The next event of a name on a channel. */
export function nextEvent(channel: Channel, event: string): Promise<unknown> {
  return new Promise((resolve) => {
    channel.on(event, (payload: unknown) => resolve(payload));
  });
}
