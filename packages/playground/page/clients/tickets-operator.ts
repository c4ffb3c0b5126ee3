import type { Socket } from 'socket.io-client';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import { call, closed, followMarks, lineOf, openSocket, sayIn, type Message, type Ticket } from './tickets.js';

/** An operator who sees every ticket that waits, and accepts those he wants. */
export function ticketsOperator(name: string): Seat {
  const { cable, book, standing, shown, tell } = createClient('tickets-operator');
  const tickets = new Map<string, Ticket>();
  let socket: Socket | undefined;

  function show(ticket: Ticket): void {
    const { ticketId, ticketNm, ownerNm, statusId, handleById, handleByNm } = ticket;
    tickets.set(ticketId, ticket);
    const isMine = statusId === 200 && handleById === name;
    const isWaiting = statusId === 100;
    if (!isMine && !isWaiting && !book.has(ticketId)) return;
    book.update(ticketId, {
      title: ownerNm || ticketNm || 'A ticket',
      status: isMine ? 'yours' : isWaiting ? 'waiting' : `with ${handleByNm}`,
      canSay: isMine,
      canTake: isWaiting,
      canFinish: isMine,
    });
  }

  function change(ticketId: string, news: Partial<Ticket>): void {
    const ticket = tickets.get(ticketId);
    if (ticket !== undefined) show({ ...ticket, ...news });
  }

  function end(ticketId: string): void {
    tickets.delete(ticketId);
    if (book.has(ticketId))
      book.update(ticketId, { status: 'closed', canSay: false, canTake: false, canFinish: false });
  }

  function listen(to: Socket): void {
    to.on('authenticated', () => {
      to.emit('subscribeOperator');
      standing.value = 'here';
    });
    to.on('unauthenticated', () => (standing.value = 'refused'));
    to.on('disconnect', () => (standing.value = 'connecting'));
    to.on('ticketCreated', show);
    to.on('ticketAccepted', show);
    to.on('ticketStatusUpdated', (ticketId: string, status: number) => {
      if (status === closed) end(ticketId);
      else change(ticketId, { statusId: status });
    });
    to.on('notifyOfAssignment', (ticketId: string, isYours: 0 | 1) => {
      change(ticketId, isYours === 1 ? { statusId: 200, handleById: name } : { handleById: '', handleByNm: 'another' });
    });
    to.on('messageUpdated', (message: Message) => {
      const { ticketId, messageId, senderId, recipientId } = message;
      const isOwners = senderId === tickets.get(ticketId)?.ownerId;
      book.put(ticketId, lineOf(message, isOwners ? 'customer' : 'desk'));
      if (tickets.get(ticketId)?.handleById !== name) return;
      to.emit('updateMessageStatus', messageId, 3, recipientId, senderId, false);
    });
    followMarks(book, to);
  }

  return {
    ...shown,
    connect() {
      if (socket !== undefined) return;
      standing.value = 'connecting';
      socket = openSocket(cable, `dev-operator-${name}`);
      listen(socket);
    },
    say(ticketId, text) {
      const recipientId = tickets.get(ticketId)?.ownerId ?? '';
      return sayIn(book, socket, { ticketId, text, from: 'desk', recipientId });
    },
    take(ticketId) {
      const ticket = tickets.get(ticketId);
      if (ticket === undefined) return;
      const taken = call(socket, 'acceptTicket', ticketId, ticket, ticket.ownerId);
      tell(taken.then(() => change(ticketId, { statusId: 200, handleById: name })));
    },
    finish(ticketId) {
      const ticket = tickets.get(ticketId);
      if (ticket !== undefined) tell(call(socket, 'updateTicketStatus', ticketId, ticket, closed, ticket.ownerId));
    },
  };
}
