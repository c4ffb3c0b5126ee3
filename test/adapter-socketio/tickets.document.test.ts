import { expect } from 'chai';
import { generations } from './clients.js';
import { verify, hasty } from './tickets-service.js';
import { socketioCarrier, ticketsAdapter } from '@dragoman/adapter-socketio';
import { createCore } from '@dragoman/core';
import { openListener } from './listener.js';

/* The calls of the description, each as it is written there but for its quotation marks and a few lost brackets. */

type Callback = (error: unknown, ...rest: unknown[]) => void;

interface Client {
  on(name: string, listener: (...args: never[]) => void): unknown;
  emit(name: string, ...args: readonly unknown[]): unknown;
  close(): unknown;
}

interface MessageObject {
  readonly ticketId: string;
  readonly recipientId: string;
  readonly messageId: string;
  readonly senderId: string;
  readonly senderNm: string;
  readonly content: string;
}

interface TicketObject {
  readonly ticketId: string;
  readonly statusId: number;
  readonly handleById: string;
  readonly ownerId: string;
}

const ticketId = '6f0c9a52-3d1e-4c7a-9b7e-2f1d5a8e0c11';

/** The object as a client fills it in: what the server populates is left out or empty. */
const newTicket = {
  ticketId,
  displayNm: 'Ada',
  ticketNm: 'Invoice',
  statusId: 100,
  createdAt: new Date().toISOString(),
  handleById: '',
  handleByNm: '',
  lastResponseAt: '',
};

const messageOf = (messageId: string, content: string, recipientId: string): object => ({
  ticketId,
  recipientId,
  recipientNm: '',
  messageId,
  content,
  type: 1,
  encoding: 'utf-8',
  createdAt: new Date().toISOString(),
  statusId: 1,
});

/** What one page heard, in order; waits for the next of a name. */
function diary() {
  const entries: (readonly unknown[])[] = [];
  const waiting = new Set<() => void>();
  return {
    note(...entry: readonly unknown[]) {
      entries.push(entry);
      for (const check of waiting) check();
    },
    until: (holds: (entries: readonly (readonly unknown[])[]) => boolean) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (!holds(entries)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    of: (name: string) => entries.filter(([first]) => first === name).map(([, ...rest]) => rest),
  };
}

type Diary = ReturnType<typeof diary>;

/** "'err' will be empty if there is no error." */
function empty(book: Diary, what: string): Callback {
  return (err) => book.note(err ? 'refused' : 'done', what);
}

const done = (book: Diary, what: string): Promise<void> =>
  book.until((entries) => entries.some(([first, second]) => first === 'done' && second === what));

/** How a page of the description signs in, and what it does with what it hears. */
function page(socket: Client, token: string, isOperator: boolean): Diary {
  const book = diary();
  let ticketObject: TicketObject | undefined;

  socket.on('connect', () => {
    socket.emit('authenticate', { accessToken: token });
  });
  socket.on('authenticated', function () {
    if (isOperator) socket.emit('subscribeOperator');
    else socket.emit('subscribe', { userId: token.slice('user:'.length) });
    socket.emit('typing', ticketId, '', () => book.note('ready'));
  });
  socket.on('unauthenticated', function () {
    book.note('unauthenticated');
  });

  socket.on('messageUpdated', function (messageObject: MessageObject) {
    book.note('messageUpdated', messageObject.content, messageObject.senderNm);
    // confirm message delivery (single message update)
    socket.emit(
      'updateMessageStatus',
      messageObject.messageId,
      2,
      messageObject.recipientId,
      messageObject.senderId,
      true,
      function (err: unknown) {
        empty(book, `delivered ${messageObject.messageId}`)(err);
      },
    );
    if (isOperator) {
      // confirm operator has read the message (bulk update)
      socket.emit(
        'updateMessageStatus',
        'all',
        3,
        messageObject.recipientId,
        messageObject.senderId,
        false,
        function (err: unknown) {
          empty(book, `all ${messageObject.messageId}`)(err);
        },
      );
    } else {
      // confirm user has read the message (single message update)
      socket.emit(
        'updateMessageStatus',
        messageObject.messageId,
        3,
        messageObject.recipientId,
        messageObject.senderId,
        false,
        function (err: unknown) {
          empty(book, `read ${messageObject.messageId}`)(err);
        },
      );
    }
  });
  socket.on('messageStatusUpdated', function (messageId: string, status: number) {
    book.note('messageStatusUpdated', messageId, status);
  });
  socket.on('ticketCreated', function (ticket: TicketObject) {
    ticketObject = ticket;
    book.note('ticketCreated', ticket.ticketId);
  });
  socket.on('ticketAccepted', function (ticket: TicketObject) {
    ticketObject = ticket;
    book.note('ticketAccepted', ticket.ticketId, ticket.handleById);
    if (isOperator) socket.emit('typing', ticketId, ticketObject.ownerId);
    else socket.emit('typing', ticketId, ticketObject.handleById);
  });
  socket.on('ticketStatusUpdated', function (id: string, status: number) {
    book.note('ticketStatusUpdated', id, status);
  });
  socket.on('typing', function (id: string, userName: string) {
    book.note('typing', id, userName);
  });
  socket.on('notifyOfAssignment', function (id: string, flag: number, displayNm: string) {
    book.note('notifyOfAssignment', id, flag, displayNm);
  });
  socket.on('ticketResponded', function (id: string) {
    book.note('ticketResponded', id);
  });
  return book;
}

const heard = (book: Diary, ...entry: readonly unknown[]): Promise<void> =>
  book.until((entries) => entries.some((one) => JSON.stringify(one) === JSON.stringify(entry)));

describe('the code of the description of the ticket protocol', () => {
  for (const [version, connect] of Object.entries(generations)) {
    it(`works as it is written: client ${version}`, async () => {
      const core = await createCore();
      const web = await openListener();
      const carrier = socketioCarrier({ listener: web.listener });
      const adapter = ticketsAdapter(carrier, { workspaceId: 'default', verify, signIn: hasty });
      await adapter.start(core);
      const open = (): Client => connect(web.url, { forceNew: true });
      const [user, operator, colleague] = [open(), open(), open()];
      try {
        const ada = page(user, 'user:u1', false);
        const olga = page(operator, 'operator:o1', true);
        const otto = page(colleague, 'operator:o2', true);
        for (const book of [ada, olga, otto]) await heard(book, 'ready');

        user.emit('createTicket', newTicket.ticketId, newTicket, empty(ada, 'createTicket'));
        await done(ada, 'createTicket');
        for (const book of [olga, otto]) await heard(book, 'ticketCreated', ticketId);

        const accepting = { ...newTicket, statusId: 200 };
        operator.emit('acceptTicket', ticketId, accepting, 'u1', empty(olga, 'acceptTicket'));
        await done(olga, 'acceptTicket');
        for (const book of [ada, olga, otto]) await heard(book, 'ticketAccepted', ticketId, 'o1');
        await heard(ada, 'typing', ticketId, 'Olga');
        await heard(olga, 'typing', ticketId, 'Ada');

        user.emit('updateMessage', ticketId, 'm1', messageOf('m1', 'Hello', 'o1'), 'o1', empty(ada, 'm1'));
        await done(ada, 'm1');
        await done(olga, 'delivered m1');
        await done(olga, 'all m1');
        await heard(ada, 'messageStatusUpdated', 'm1', 3);
        for (const book of [olga, otto]) await heard(book, 'ticketResponded', ticketId);

        operator.emit('updateMessage', ticketId, 'm2', messageOf('m2', 'Hi', 'u1'), 'u1', empty(olga, 'm2'));
        await done(ada, 'delivered m2');
        await done(ada, 'read m2');
        await heard(olga, 'messageStatusUpdated', 'm2', 3);

        colleague.emit('assignTicket', { ticketId, handleById: null }, empty(otto, 'hijack'));
        await done(otto, 'hijack');
        await heard(olga, 'notifyOfAssignment', ticketId, 0, 'Ada');
        await heard(otto, 'notifyOfAssignment', ticketId, 1, 'Ada');
        colleague.emit('assignTicket', { ticketId, handleById: 'o1' }, empty(otto, 'give'));
        await heard(olga, 'notifyOfAssignment', ticketId, 1, 'Ada');

        const closing = { ...newTicket, statusId: 10000 };
        operator.emit('updateTicketStatus', ticketId, closing, 10000, 'u1', empty(olga, 'close'));
        await done(olga, 'close');
        for (const book of [ada, olga, otto]) await heard(book, 'ticketStatusUpdated', ticketId, 10000);

        operator.emit('unsubscribe');
        operator.emit('unsubscribeOperator');
        user.emit('unsubscribe');
        for (const book of [ada, olga, otto]) {
          expect(book.of('refused')).to.deep.equal([]);
          expect(book.of('unauthenticated')).to.deep.equal([]);
        }
      } finally {
        for (const socket of [user, operator, colleague]) socket.close();
        await adapter.stop();
        await web.close();
        await core.stop();
      }
    });
  }
});
