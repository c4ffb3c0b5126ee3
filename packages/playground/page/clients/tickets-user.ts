import type { Socket } from 'socket.io-client';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import { call, closed, followMarks, lineOf, openSocket, sayIn, type Message, type Ticket } from './tickets.js';

/** A user who opens a ticket with his first words, and another when that one is closed. */
export function ticketsUser(name: string): Seat {
  const { cable, book, standing, shown } = createClient('tickets-user');
  let socket: Socket | undefined;
  let ticketId: string | undefined;

  function listen(to: Socket): void {
    to.on('authenticated', () => {
      to.emit('subscribe', { userId: name, fullNm: name });
      standing.value = 'here';
    });
    to.on('unauthenticated', () => (standing.value = 'refused'));
    to.on('disconnect', () => (standing.value = 'connecting'));
    to.on('ticketAccepted', (ticket: Ticket) => book.update(ticket.ticketId, { status: `with ${ticket.handleByNm}` }));
    to.on('ticketStatusUpdated', (id: string, status: number) => {
      if (status === closed && id === ticketId) ticketId = undefined;
      book.update(id, { status: status === closed ? 'closed' : 'open' });
    });
    to.on('messageUpdated', (message: Message) => {
      const { ticketId: id, messageId, senderId, recipientId } = message;
      book.put(id, lineOf(message, senderId === name ? 'customer' : 'desk'));
      to.emit('updateMessageStatus', messageId, 3, recipientId, senderId, false);
    });
    followMarks(book, to);
  }

  async function openTicket(): Promise<string> {
    const id = crypto.randomUUID();
    await call(socket, 'createTicket', id, { ticketId: id, ticketNm: 'A question', statusId: 100 });
    book.update(id, { title: 'A question', status: 'waiting' });
    return id;
  }

  return {
    ...shown,
    connect() {
      if (socket !== undefined) return;
      standing.value = 'connecting';
      socket = openSocket(cable, `dev-customer-${name}`);
      listen(socket);
    },
    async say(_chatId, text) {
      ticketId ??= await openTicket();
      await sayIn(book, socket, { ticketId, text, from: 'customer', recipientId: '' });
    },
  };
}
