import { signal } from '@preact/signals';
import type { Socket } from 'socket.io-client';
import { createBook } from '../book.js';
import { createCable } from '../cable.js';
import type { Seat, Standing } from '../seat.js';
import { call, lineOf, markOf, openSocket, ownLine, type Message, type Ticket } from './tickets.js';

const closed = 10_000;

/** A user who opens a ticket with his first words, and another when that one is closed. */
export function ticketsUser(name: string): Seat {
  const cable = createCable('tickets-user');
  const book = createBook();
  const [standing, remark] = [signal<Standing>('away'), signal('')];
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
    to.on('messageStatusUpdated', (messageId: string, status: number) => {
      if (ticketId !== undefined) book.mark(ticketId, messageId, markOf(status));
    });
  }

  async function openTicket(): Promise<string> {
    const id = crypto.randomUUID();
    await call(socket, 'createTicket', id, { ticketId: id, ticketNm: 'A question', statusId: 100 });
    book.update(id, { title: 'A question', status: 'waiting' });
    return id;
  }

  return {
    standing,
    remark,
    chats: book.chats,
    cable,
    connect() {
      if (socket !== undefined) return;
      standing.value = 'connecting';
      socket = openSocket(cable, `dev-customer-${name}`);
      listen(socket);
    },
    async say(_chatId, text) {
      const id = (ticketId ??= await openTicket());
      const messageId = crypto.randomUUID();
      book.put(id, ownLine(messageId, text, 'customer'));
      await call(socket, 'updateMessage', id, messageId, { ticketId: id, messageId, content: text, type: 1 }, '');
      book.mark(id, messageId, 'sent');
    },
  };
}
