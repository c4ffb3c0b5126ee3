import type { Socket } from 'socket.io-client';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import { lineOf, openSocket, type Message } from './happychat.js';

/** A customer's page; the server says what becomes of his words. */
export function happychatCustomer(name: string): Seat {
  const { cable, book, standing, shown } = createClient('happychat-customer');
  let socket: Socket | undefined;

  function listen(to: Socket): void {
    to.on('token', (answer) => answer({ jwt: `dev-customer-${name}` }));
    to.on('init', () => (standing.value = 'here'));
    to.on('unauthorized', () => (standing.value = 'refused'));
    to.on('disconnect', () => (standing.value = 'connecting'));
    to.on('status', (word: string) => book.update(name, { status: word }));
    to.on('log', (messages: readonly Message[]) => book.put(name, ...messages.map(lineOf)));
    to.on('message', (message: Message) => book.put(name, lineOf(message)));
    to.on('typing', (text: unknown) => book.update(name, { isTyping: text !== '' && text !== false }));
  }

  return {
    ...shown,
    connect() {
      if (socket !== undefined) return;
      standing.value = 'connecting';
      socket = openSocket('/customer', cable);
      listen(socket);
    },
    // What is emitted while there is no connection waits in the library.
    async say(_chatId, text) {
      socket?.emit('message', { id: crypto.randomUUID(), text });
    },
  };
}
