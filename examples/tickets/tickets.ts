/**
 * A ticket page as it has always been, and an operator whose desk speaks Happychat, on one port and one path: the page is
 * answered, closed, and none the wiser. Run it: node build/examples/tickets/tickets.js
 */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { createGateway, verifyDev, type Config } from '@dragoman/gateway';
import { io, type Socket } from 'socket.io-client';

const config: Config = {
  listeners: [{ name: 'main', port: 0 }],
  store: { kind: 'memory' },
  workspaces: [{ id: 'default' }],
  adapters: [
    { dialect: 'tickets', workspace: 'default' },
    { dialect: 'happychat', workspace: 'default' },
  ],
  log: { level: 'error' },
};

/** Runs it once; `tell` is given each line of it. Resolves when the ticket is closed. */
export async function oneTicket(tell: (line: string) => void): Promise<void> {
  const gateway = createGateway(config, { verify: verifyDev });
  await gateway.start();
  const url = gateway.url() ?? '';
  const operator = await happychatOperator(url, tell);
  const page = io(url, { forceNew: true });
  try {
    await ticketPage(page, tell);
  } finally {
    for (const socket of [page, operator]) socket.close();
    await gateway.stop();
  }
}

/** What a page does with the protocol: signs in, subscribes, opens a ticket, writes, confirms what it reads. */
async function ticketPage(socket: Socket, tell: (line: string) => void): Promise<void> {
  const ticketId = randomUUID();
  socket.on('connect', () => socket.emit('authenticate', { accessToken: 'dev-customer-ada' }));
  await new Promise((resolve) => socket.once('authenticated', resolve));
  socket.on('ticketAccepted', ({ handleByNm }) => tell(`page: ${handleByNm} has accepted`));
  socket.on('messageUpdated', ({ messageId, recipientId, senderId, senderNm, content }) => {
    tell(`page: ${senderNm} says ${content}`);
    socket.emit('updateMessageStatus', messageId, 3, recipientId, senderId, false);
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('ticketStatusUpdated', (_ticketId, status) => {
      tell(`page: the ticket is ${status === 10000 ? 'closed' : status}`);
      if (status === 10000) resolve();
    });
  });
  socket.emit('subscribe', { userId: 'ada', fullNm: 'Ada' });
  socket.emit('createTicket', ticketId, { ticketId, ticketNm: 'Invoice', statusId: 100 });
  const message = { ticketId, messageId: 'm1', content: 'I do not understand my invoice', type: 1, encoding: 'utf-8' };
  const [error] = await new Promise<unknown[]>((resolve) => {
    socket.emit('updateMessage', ticketId, 'm1', message, '', (...answer: unknown[]) => resolve(answer));
  });
  tell(`page: ${error === null ? 'the message is stored' : String(error)}`);
  await closed;
}

/** A desk of the other dialect: it takes the chat it is given, answers the first word, and closes. */
async function happychatOperator(url: string, tell: (line: string) => void): Promise<Socket> {
  const socket = io(`${url}/operator`, { forceNew: true });
  socket.on('token', (answer) => answer({ jwt: 'dev-operator-olga' }));
  socket.on('chat.open', (chat) => tell(`desk: a chat with ${chat.name}`));
  const hear = (
    chat: unknown,
    told: { readonly text: string; readonly source: string; readonly type?: string },
  ): void => {
    if (told.source !== 'customer' || told.type === 'event') return;
    tell(`desk: the customer says ${told.text}`);
    socket.emit('message', chat, { id: 'a1', text: 'Let us look at it together' });
    socket.emit('chat.close', chat);
  };
  socket.on('log', ({ id }, log) => log.forEach((told: Parameters<typeof hear>[1]) => hear(id, told)));
  socket.on('chat.message', ({ id }, told) => hear(id, told));
  await new Promise((resolve) => socket.once('init', resolve));
  await socket.emitWithAck('status', 'available');
  return socket;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await oneTicket(console.log);
