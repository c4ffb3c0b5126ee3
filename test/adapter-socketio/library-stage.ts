import { createServer } from 'node:http';
import { service, type Authenticators, type Library, type LibraryOptions } from '@dragoman/adapter-socketio/service';
import { silentLog } from '@dragoman/core';
import { Server } from 'socket.io';
import { generations, listenTo, type Ear } from './clients.js';
import { outbound } from './happychat-service.js';

type Rest = Parameters<typeof service> extends [unknown, unknown, ...infer Others] ? Others : never;

/** A service as a team would mount it, on a free port, with real clients. */
export interface LibraryStage extends Library {
  readonly url: string;
  readonly customer: (id: string, version?: string, options?: object) => Ear;
  readonly operator: (id: string, version?: string) => Ear;
  readonly agent: (version?: string) => Ear;
  close(): Promise<void>;
}

type Accept = Authenticators['agentAuthenticator'];

/** The conversation of the original's own tests: the server asks, the client answers node-style. */
const asking: Accept = (socket, callback) => {
  socket.emit('auth', (error: unknown, user: unknown) => callback(error, user));
};

export const authenticators: Authenticators = {
  agentAuthenticator: asking,
  customerAuthenticator: asking,
  operatorAuthenticator: asking,
};

/** Timings and options that tests need, and nothing on the console. */
export function quiet(options: LibraryOptions = {}): LibraryOptions {
  return { log: silentLog, ...options };
}

export async function mount(
  form: 'io' | 'http' = 'http',
  ...[state, options = quiet(), ...rest]: Rest
): Promise<LibraryStage> {
  const server = createServer();
  const given = form === 'http' ? server : new Server(server, { allowEIO3: true });
  const library = service(given, authenticators, state, options, ...rest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const ears: Ear[] = [];

  function join(namespace: string, user: object, version = '4.8.4', more: object = {}): Ear {
    const connect = generations[version];
    if (connect === undefined) throw new Error(`no client ${version}`);
    const socket = connect(`${url}${namespace}`, { forceNew: true, transports: ['websocket'], ...more });
    socket.on('auth', (reply: (error: unknown, user: unknown) => void) => reply(null, user));
    const ear = listenTo(socket, outbound);
    ears.push(ear);
    return ear;
  }

  return {
    ...library,
    url,
    customer: (id, version, more) =>
      join(
        '/customer',
        { id, username: id, displayName: id.toUpperCase(), picture: '', session_id: `s-${id}` },
        version,
        more,
      ),
    operator: (id, version) =>
      join('/operator', { id, username: id, displayName: id.toUpperCase(), picture: '' }, version),
    agent: (version) => join('/agent', { id: 'logger' }, version),
    async close() {
      for (const ear of ears) ear.close();
      await library.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Resolves once the state of a store holds what is asked. */
export function stateWith(
  { store }: Pick<Library, 'store'>,
  holds: (state: ReturnType<Library['store']['getState']>) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!holds(store.getState())) return;
      leave();
      resolve();
    };
    const leave = store.subscribe(check);
    check();
  });
}
