import type { Socket } from 'socket.io-client';
import type { Chat } from '../book.js';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import { lineOf, openSocket, type ChatInfo, type Message } from './happychat.js';

/** An operator who takes what the queue gives him. */
export function happychatOperator(name: string): Seat {
  const { cable, book, standing, shown } = createClient('happychat-operator');
  let socket: Socket | undefined;
  let status = 'available';

  function work(word: string): void {
    status = word;
    if (standing.value === 'here') socket?.emit('status', word);
  }

  function listen(to: Socket): void {
    to.on('token', (answer) => answer({ jwt: `dev-operator-${name}` }));
    to.on('init', () => to.emit('status', status, () => (standing.value = 'here')));
    to.on('unauthorized', () => (standing.value = 'refused'));
    to.on('disconnect', () => (standing.value = 'connecting'));
    to.on('chat.open', ({ id, name: customer, username }: ChatInfo) =>
      book.update(id, { title: customer || username || 'A visitor', status: 'yours', canSay: true, canFinish: true }),
    );
    to.on('log', ({ id }: ChatInfo, messages: readonly Message[]) => book.put(id, ...messages.map(lineOf)));
    to.on('chat.message', ({ id }: ChatInfo, message: Message) => book.put(id, lineOf(message)));
    to.on('chat.typing', ({ id }: ChatInfo, who: { readonly id: unknown }, text: unknown) => {
      if (who.id !== name) book.update(id, { isTyping: text !== '' && text !== false });
    });
    const over: Partial<Chat> = { status: 'closed', canSay: false, canFinish: false, isTyping: false };
    to.on('chat.close', ({ id }: ChatInfo) => book.update(id, over));
    to.on('chat.leave', ({ id }: ChatInfo) => book.update(id, { ...over, status: 'left' }));
  }

  return {
    ...shown,
    connect() {
      work('available');
      if (socket !== undefined) return;
      standing.value = 'connecting';
      socket = openSocket('/operator', cable);
      listen(socket);
    },
    rest: () => work('unavailable'),
    async say(chatId, text) {
      socket?.emit('message', chatId, { id: crypto.randomUUID(), text });
    },
    finish: (chatId) => void socket?.emit('chat.close', chatId),
  };
}
