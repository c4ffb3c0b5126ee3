/**
 * The server of a team that used to run happychat-service, with one import changed. Once it is built,
 * `node build/examples/happychat-service-drop-in/drop-in.js` listens on port 3000, or on `PORT`, and prints a token for
 * an operator and one for a customer.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import service, { STATUS_MISSED, type Authenticators, type LibraryOptions } from '@dragoman/adapter-socketio/service'; // was 'happychat-service'
import { Server } from 'socket.io';

type Account = Readonly<Record<string, unknown>>;
type Middleware = NonNullable<LibraryOptions['middlewares']>[number];

/** The team's own accounts, by token. */
export interface Accounts {
  readonly operators: ReadonlyMap<string, Account>;
  readonly customers: ReadonlyMap<string, Account>;
}

/** The team's authenticators: the client is asked for its token. */
function authenticatorsFor({ operators, customers }: Accounts): Authenticators {
  const among =
    (accounts: ReadonlyMap<string, Account>): Authenticators['agentAuthenticator'] =>
    (socket, callback) =>
      socket.emit('token', (token: unknown) => {
        const account = accounts.get(String(token));
        callback(account === undefined ? new Error('unknown token') : null, account);
      });
  return {
    operatorAuthenticator: among(operators),
    customerAuthenticator: among(customers),
    agentAuthenticator: among(new Map()),
  };
}

/** The team's middleware: it reports chats that nobody took. */
const reportMissed =
  (report: (chatId: unknown) => void): Middleware =>
  () =>
  (next) =>
  (action) => {
    const { type, status, chat_id: chatId }: Account = { ...Object(action) };
    if (type === 'NOTIFY_CHAT_STATUS_CHANGED' && status === STATUS_MISSED) report(chatId);
    return next(action);
  };

/** Starts it on a port; 0: any free one. */
export async function startDropIn(
  port: number,
  accounts: Accounts,
  report: (chatId: unknown) => void = () => {},
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer();
  const io = new Server(server, { allowEIO3: true }); // Socket.IO 4; the option lets in clients of 1.x and 2.x
  const initial = { operators: { system: { acceptsCustomers: true } } };
  const { controller, store, configureLocales, stop } = service(io, authenticatorsFor(accounts), initial, {
    middlewares: [reportMissed(report)],
  });

  configureLocales('en', ['en', 'fr']);
  store.dispatch({ type: 'ADD_GROUP', id: 'billing', name: 'Billing' });
  controller.middleware(({ destination, message }) =>
    destination === 'customer' ? { ...message, text: String(message['text']).replace(/\d{16}/g, '[card]') } : message,
  );
  io.of('/customer').on('connection', (socket) => {
    socket.on('rate', (stars: unknown, done: (thanks: string) => void) => done(`${String(stars)} of 5, thank you`));
  });

  server.listen(port);
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://localhost:${typeof address === 'object' && address !== null ? address.port : port}`,
    async close() {
      await stop();
      await io.close();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [operator, customer] = [randomUUID(), randomUUID()];
  const olga = { id: 'olga', username: 'olga', displayName: 'Olga', picture: '' };
  const joe = { id: 7, username: 'joe', displayName: 'Joe', picture: '', session_id: 's-7' };
  const accounts = { operators: new Map([[operator, olga]]), customers: new Map([[customer, joe]]) };
  const { url } = await startDropIn(Number(process.env['PORT'] ?? 3000), accounts);
  console.log(`${url}/operator  token ${operator}\n${url}/customer  token ${customer}`);
}
