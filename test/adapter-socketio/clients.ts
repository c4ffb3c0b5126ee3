import { createRequire } from 'node:module';
import type { Frame } from '@dragoman/adapter-socketio';

/** What the clients of all generations have in common. */
export interface ClientSocket {
  readonly connected: boolean;
  on(name: string, listener: (...args: never[]) => void): unknown;
  once(name: string, listener: (...args: never[]) => void): unknown;
  emit(name: string, ...args: readonly unknown[]): unknown;
  close(): unknown;
}

type Connect = (url: string, options: Readonly<Record<string, unknown>>) => ClientSocket;

const require = createRequire(import.meta.url);

function load(name: string): Connect {
  const loaded: unknown = require(name);
  const connect = typeof loaded === 'function' ? loaded : Reflect.get(Object(loaded), 'io');
  return (url, options) => Reflect.apply(connect, undefined, [url, options]);
}

/** Real, unmodified clients by the version they are published under. */
export const generations: Readonly<Record<string, Connect>> = {
  '1.7.4': load('socket.io-client-1'),
  '2.1.1': load('socket.io-client-2.1'),
  '2.5.0': load('socket.io-client-2'),
  '3.1.3': load('socket.io-client-3'),
  '4.8.4': load('socket.io-client'),
};

/** The ways bytes can travel. */
export const transports: Readonly<Record<string, readonly string[]>> = {
  websocket: ['websocket'],
  polling: ['polling'],
  'polling, then websocket': ['polling', 'websocket'],
};

/** A client that remembers everything it hears, so that no test depends on who is faster. */
export interface Ear {
  readonly socket: ClientSocket;
  /** Everything heard so far, in order. */
  readonly heard: readonly Frame[];
  /** The next frame of that name that was not taken yet; waits for it. */
  next(name: string): Promise<readonly unknown[]>;
  /** Resolves once the condition holds for what was heard. */
  until(condition: (heard: readonly Frame[]) => boolean): Promise<void>;
  /** Sends and resolves with what the acknowledgement carried. */
  ask(name: string, ...args: readonly unknown[]): Promise<readonly unknown[]>;
  say(name: string, ...args: readonly unknown[]): void;
  close(): void;
}

/** Wraps a client; `names` are the events it listens to. */
export function listenTo(socket: ClientSocket, names: readonly string[]): Ear {
  const heard: Frame[] = [];
  const taken = new Set<Frame>();
  const waiting = new Set<() => void>();
  for (const name of names) {
    socket.on(name, (...args: unknown[]) => {
      heard.push({ name, args });
      for (const check of waiting) check();
    });
  }

  function when<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  }

  return {
    socket,
    heard,
    next: (name) =>
      when(() => {
        const frame = heard.find((one) => one.name === name && !taken.has(one));
        if (frame !== undefined) taken.add(frame);
        return frame?.args;
      }),
    until: async (condition) => {
      await when(() => (condition(heard) ? true : undefined));
    },
    ask: (name, ...args) =>
      new Promise((resolve) => {
        socket.emit(name, ...args, (...answer: unknown[]) => resolve(answer));
      }),
    say: (name, ...args) => void socket.emit(name, ...args),
    close: () => void socket.close(),
  };
}

/** Stops reading where the network comes in; what it returns goes on. */
export function stall(ear: Ear): () => void {
  const path = ['io', 'engine', 'transport', 'ws', '_socket'];
  const wire: unknown = path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), ear.socket);
  Reflect.apply(Reflect.get(Object(wire), 'pause'), wire, []);
  return () => void Reflect.apply(Reflect.get(Object(wire), 'resume'), wire, []);
}
