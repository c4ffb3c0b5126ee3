import {
  sentences,
  type Ticket,
  type TicketMessage,
  type TicketsCode,
  type Unauthenticated,
} from '@dragoman/adapter-socketio/tickets';
import Type from 'typebox';
import {
  anything,
  call,
  event,
  flag,
  list,
  text,
  time,
  type Alike,
  type Described,
  type Holds,
  type Of,
} from './words.js';

const codes = Object.keys(sentences) as TicketsCode[];
const statusId = Type.Union([Type.Literal(100), Type.Literal(200), Type.Literal(10000)], {
  description: '100 new, 200 open, 10000 closed.',
});
const messageStatus = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)], {
  description: '1 sent, 2 delivered, 3 read.',
});
const ticketId = text('A GUID.');
const ticket = Type.Object(
  {
    ticketId,
    displayNm: text('How its owner is shown.'),
    ticketNm: text('What it is about.'),
    statusId,
    createdAt: time('When it was created.'),
    handleById: text('Who handles it; empty: nobody.'),
    handleByNm: text('His name.'),
    lastResponseAt: text('When the desk last wrote, as `createdAt`; empty: never.'),
    ownerId: text('Whose it is.'),
    ownerNm: text('His name.'),
    programId: text('The program it came from; empty for our own users.'),
    isExternal: flag('Whether there is one.'),
  },
  { additionalProperties: false },
);
const message = Type.Object(
  {
    ticketId,
    recipientId: text('Whom it is for.'),
    recipientNm: text('His name.'),
    messageId: text('As its author chose it.'),
    content: text('Text, or the image in base64.'),
    type: Type.Union([Type.Literal(1), Type.Literal(2)], { description: '1 text, 2 image.' }),
    encoding: Type.Literal('utf-8'),
    createdAt: time('When it was said.'),
    statusId: messageStatus,
    senderId: text('Who said it.'),
    senderNm: text('His name.'),
    programId: text('The program of the ticket.'),
  },
  { additionalProperties: false },
);

const unauthenticated = Type.Object({
  code: Type.Enum(codes, { description: 'For programs.' }),
  message: text('For people.'),
  attemptsLeft: Type.Number({ description: 'Before the connection ends.' }),
  retryAfterMs: Type.Number({ description: '0: at once.' }),
});
const authenticated = Type.Object({
  userId: text('Who one is.'),
  expiresAt: text('When the token runs out, as other times; empty: nobody knows.'),
});

export type Checked = [
  Holds<Alike<Of<typeof unauthenticated>, Unauthenticated>>,
  Holds<Alike<Of<typeof ticket>, Ticket>>,
  Holds<Alike<Of<typeof message>, TicketMessage>>,
];

/** What a client says of itself is taken loosely: the ids are read, and what it may say. */
const claims = (description: string, ...keys: readonly string[]) =>
  Type.Object(Object.fromEntries(keys.map((key) => [key, Type.Optional(anything(''))])), { description });
const claimed = claims(
  'The ticket as the client has it.',
  'ticketId',
  'displayNm',
  'ticketNm',
  'statusId',
  'createdAt',
  'programId',
);
const optionalText = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const number = (description: string) =>
  Type.Union([Type.Integer(), Type.String({ pattern: '^[0-9]{1,9}$' })], { description });

const refusal = Type.Object({
  code: Type.Enum(codes, { description: 'For programs.' }),
  message: text('For people.'),
  retryable: flag('Whether the same call may succeed later.'),
  retryAfterMs: Type.Optional(Type.Number({ description: 'How long to wait.' })),
});
const result = Type.Record(Type.String(), Type.Unknown(), { description: 'What the call came to.' });
const answer = Type.Union([list([Type.Null(), result]), list([text('Code and sentence.'), refusal])]);

export const tickets: Described = {
  id: 'tickets',
  title: 'Tickets',
  about: 'Socket.IO events of users, programs of others, operators and supervisors. Every call is answered in place.',
  protocol: 'socket.io',
  protocolVersion: '1 to 4',
  pathname: '/socket.io',
  channels: [
    {
      key: 'main',
      address: '/',
      about: 'The one namespace, for everybody.',
      receives: [
        {
          name: 'authenticate',
          about: 'Show a token.',
          payload: call('authenticate', [Type.Object({ accessToken: text('') })]),
          answer,
        },
        {
          name: 'subscribe',
          about: 'Hear of the tickets of a user.',
          payload: call(
            'subscribe',
            [],
            [
              Type.Union([
                claims('The user.', 'userId', 'fullNm', 'programId', 'email', 'gender', 'salutation'),
                Type.Null(),
              ]),
            ],
          ),
          answer,
        },
        { name: 'unsubscribe', about: 'No longer.', payload: call('unsubscribe', []), answer },
        { name: 'subscribeOperator', about: 'Work as an operator.', payload: call('subscribeOperator', []), answer },
        { name: 'unsubscribeOperator', about: 'No longer.', payload: call('unsubscribeOperator', []), answer },
        { name: 'createTicket', about: 'Open a ticket.', payload: call('createTicket', [ticketId, claimed]), answer },
        {
          name: 'updateMessage',
          about: 'Say something in a ticket.',
          payload: call(
            'updateMessage',
            [
              ticketId,
              text('What the client calls it: 1 to 64 printable characters.'),
              claims('The message.', 'ticketId', 'messageId', 'type', 'encoding', 'content', 'createdAt', 'programId'),
            ],
            [optionalText('The recipient: a hint.')],
          ),
          answer,
        },
        {
          name: 'acceptTicket',
          about: 'Take a ticket.',
          payload: call('acceptTicket', [ticketId], [Type.Union([claimed, Type.Null()]), optionalText('The owner.')]),
          answer,
        },
        {
          name: 'updateTicketStatus',
          about: 'Move a ticket to a status.',
          payload: call(
            'updateTicketStatus',
            [ticketId, Type.Union([claimed, Type.Null()]), number('100, 200 or 10000.')],
            [optionalText('The owner.')],
          ),
          answer,
        },
        {
          name: 'updateMessageStatus',
          about: 'Confirm a message, or all.',
          payload: call(
            'updateMessageStatus',
            [text('A message, or `all`.'), number('2 delivered, 3 read.')],
            [
              optionalText('The recipient.'),
              optionalText('The sender.'),
              anything('Whether it is about delivery: a hint.'),
            ],
          ),
          answer,
        },
        {
          name: 'typing',
          about: 'One is typing.',
          payload: call('typing', [ticketId], [anything('Whom it is for: a hint.')]),
          answer,
        },
        {
          name: 'assignTicket',
          about: 'Give a ticket to a colleague, or take it.',
          payload: call('assignTicket', [Type.Object({ ticketId, handleById: Type.Optional(optionalText('')) })]),
          answer,
        },
      ],
      sends: [
        { name: 'authenticated', about: 'The token is accepted.', payload: event('authenticated', [authenticated]) },
        {
          name: 'unauthenticated',
          about: 'Why one is not signed in, or no longer.',
          payload: event('unauthenticated', [unauthenticated]),
        },
        { name: 'ticketCreated', about: 'There is a new ticket.', payload: event('ticketCreated', [ticket]) },
        { name: 'ticketAccepted', about: 'Somebody took it.', payload: event('ticketAccepted', [ticket]) },
        {
          name: 'ticketStatusUpdated',
          about: 'It moved.',
          payload: event('ticketStatusUpdated', [ticketId, statusId]),
        },
        {
          name: 'notifyOfAssignment',
          about: 'A ticket came to one, or went.',
          payload: event('notifyOfAssignment', [
            ticketId,
            Type.Union([Type.Literal(0), Type.Literal(1)], { description: '1 it came, 0 it went.' }),
            text('How its owner is shown.'),
          ]),
        },
        { name: 'messageUpdated', about: 'Something was said.', payload: event('messageUpdated', [message]) },
        {
          name: 'messageStatusUpdated',
          about: 'A message arrived, or was read.',
          payload: event('messageStatusUpdated', [text('The message.'), messageStatus]),
        },
        { name: 'ticketResponded', about: 'The desk has read it all.', payload: event('ticketResponded', [ticketId]) },
        { name: 'typing', about: 'Somebody is typing.', payload: event('typing', [ticketId, text('His name.')]) },
      ],
    },
  ],
};
