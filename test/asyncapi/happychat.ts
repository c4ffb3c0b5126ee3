import type {
  HappychatAgentMessage,
  HappychatChat,
  HappychatMessage,
  HappychatUser,
} from '@dragoman/adapter-socketio/happychat';
import Type from 'typebox';
import {
  anything,
  call,
  event,
  fields,
  flag,
  id,
  list,
  orNull,
  text,
  type Alike,
  type Described,
  type Holds,
  type Of,
} from './words.js';

const user = Type.Object({
  id: id('What the authenticator called him.'),
  name: text('Of the first generation of clients.'),
  username: text(''),
  displayName: text('Of the second generation.'),
  picture: text('Address; empty for none.'),
  avatarURL: text('The same, for the second generation.'),
});
const chat = Type.Object({
  user_id: id('The customer.'),
  id: text('The chat: `session_id` of its messages.'),
  username: text(''),
  name: text('How the customer is shown.'),
  picture: text('Address; empty for none.'),
  locale: Type.Optional(text('Absent where the customer told none.')),
  groups: Type.Optional(Type.Array(Type.String(), { description: 'Absent where the customer told none.' })),
});
const said = {
  id: id('As its author chose it; not unique.'),
  session_id: text('The chat.'),
  text: Type.Optional(text('Absent in messages that carry `meta` alone.')),
  timestamp: Type.Number({ description: 'Seconds since 1970, rounded up.' }),
  source: Type.Enum(['customer', 'operator', 'agent'] as const, { description: 'Who speaks.' }),
  meta: Type.Optional(anything('As its author sent it; of event messages what happened.')),
  type: Type.Optional(text('Absent for words; `event` for lines about the chat.')),
};
const message = Type.Object({
  ...said,
  user: Type.Optional(Type.Union([user, fields('')], { description: 'The author; absent in event messages.' })),
});
const agentMessage = Type.Object({
  ...said,
  author_id: Type.Optional(id('Of the author.')),
  author_type: Type.Enum(['customer', 'operator', 'agent'] as const, { description: 'The same as `source`.' }),
});

export type Checked = [
  Holds<Alike<Of<typeof user>, HappychatUser>>,
  Holds<Alike<Of<typeof chat>, HappychatChat>>,
  Holds<Alike<keyof Of<typeof message>, keyof HappychatMessage>>,
  Holds<Alike<keyof Of<typeof agentMessage>, keyof HappychatAgentMessage>>,
];

const post = Type.Object({
  id: Type.Optional(id('What the client calls the message.')),
  text: Type.Optional(text('The words.')),
  type: Type.Optional(text('Other than `message`: custom, and then it needs no text.')),
  meta: Type.Optional(anything('Travels with the message.')),
});
const chatId = id('A chat.');
const before = orNull(Type.Number(), 'Timestamp; null: the newest.');
const messages = Type.Array(message, { description: 'Oldest first.' });
const transcript = list([Type.Null(), Type.Object({ timestamp: anything('As it was asked.'), messages })]);
const preferences = Type.Object({
  locale: Type.Optional(text('')),
  groups: Type.Optional(Type.Array(Type.String())),
  skills: Type.Optional(anything('`language` and `product`, as the real client has them.')),
});
const status = text('new, pending, assigning, assigned, missed, abandoned, customer-disconnect or closed.');
const ref = Type.Object({ id: text('The chat.') });
const off = Type.Union([Type.String(), Type.Literal(false)], { description: 'The draft; empty or false: no longer.' });

/** How every namespace begins. */
const gettingIn = [
  {
    name: 'token',
    about: 'Who are you? Answered in place.',
    payload: event('token', []),
    answer: list([
      Type.Object({
        jwt: text('The proof.'),
        locale: Type.Optional(text('')),
        groups: Type.Optional(Type.Array(Type.String())),
        skills: Type.Optional(anything('As in `preferences`.')),
      }),
    ]),
  },
  { name: 'unauthorized', about: 'Nobody who may come in; the end.', payload: event('unauthorized', []) },
  { name: 'init', about: 'Who one is.', payload: event('init', [fields('As the authenticator gave it.')]) },
];

export const happychat: Described = {
  id: 'happychat',
  title: 'Happychat',
  about: 'Socket.IO events of customers, operators and agents, each on a namespace of its own.',
  protocol: 'socket.io',
  protocolVersion: '1 to 4',
  pathname: '/socket.io',
  channels: [
    {
      key: 'customer',
      address: '/customer',
      about: 'The page of one customer.',
      receives: [
        { name: 'message', about: 'Say something.', payload: call('message', [post]) },
        {
          name: 'typing',
          about: 'The draft; empty or false when it is over.',
          payload: call(
            'typing',
            [],
            [
              Type.Union([
                Type.String(),
                Type.Boolean(),
                Type.Object({ message: anything('The draft, or false.') }),
                Type.Null(),
              ]),
            ],
          ),
        },
        {
          name: 'transcript',
          about: 'Messages older than a moment, 100 at most.',
          payload: call('transcript', [], [before]),
          answer: transcript,
        },
        { name: 'preferences', about: 'Language and groups wished for.', payload: call('preferences', [preferences]) },
        {
          name: 'chat.setFields',
          about: 'Facts to merge into the chat.',
          payload: call('chat.setFields', [fields('')]),
        },
      ],
      sends: [
        ...gettingIn,
        { name: 'accept', about: 'Whether anybody is there.', payload: event('accept', [flag('')]) },
        { name: 'status', about: 'Where the chat stands.', payload: event('status', [status]) },
        { name: 'log', about: 'What was said, on joining.', payload: event('log', [messages]) },
        { name: 'message', about: "Something was said; one's own words too.", payload: event('message', [message]) },
        {
          name: 'typing',
          about: 'The desk is typing, or no longer.',
          payload: event('typing', [Type.Union([Type.Boolean(), Type.String()])]),
        },
      ],
    },
    {
      key: 'operator',
      address: '/operator',
      about: 'One operator.',
      receives: [
        { name: 'message', about: 'Say something.', payload: call('message', [chatId, post]) },
        {
          name: 'chat.typing',
          about: 'The draft.',
          payload: call('chat.typing', [chatId], [Type.Union([off, Type.Null()])]),
        },
        { name: 'chat.join', about: 'Become a member.', payload: call('chat.join', [chatId]) },
        { name: 'chat.leave', about: 'Be one no longer.', payload: call('chat.leave', [chatId]) },
        { name: 'chat.open', about: 'Be shown the chat again.', payload: call('chat.open', [chatId]) },
        { name: 'chat.close', about: 'Close it.', payload: call('chat.close', [chatId]) },
        {
          name: 'chat.transfer',
          about: 'Give it to a colleague.',
          payload: call('chat.transfer', [chatId], [anything('His id.')]),
        },
        {
          name: 'chat.block',
          about: 'Tell the customer that he is not accepted.',
          payload: call('chat.block', [chatId]),
        },
        {
          name: 'chat.transcript',
          about: 'Messages older than a moment.',
          payload: call('chat.transcript', [chatId], [before]),
          answer: transcript,
        },
        {
          name: 'status',
          about: "One's own state of work.",
          payload: call('status', [text('available and reserve take chats.')]),
        },
        {
          name: 'capacity',
          about: 'Chats at a time.',
          payload: call('capacity', [
            Type.Union([Type.Integer(), Type.String()], { description: 'A whole number, or its digits.' }),
          ]),
        },
        { name: 'broadcast.state', about: 'Ask for the shared state.', payload: call('broadcast.state', []) },
        {
          name: 'broadcast.dispatch',
          about: 'One of seven actions on oneself.',
          payload: call('broadcast.dispatch', [anything('A Redux action.')]),
        },
      ],
      sends: [
        ...gettingIn,
        { name: 'chat.open', about: 'A chat is now his.', payload: event('chat.open', [chat]) },
        { name: 'log', about: 'What was said in it.', payload: event('log', [ref, messages]) },
        {
          name: 'chat.message',
          about: 'Something was said, or happened.',
          payload: event('chat.message', [ref, message]),
        },
        {
          name: 'chat.typing',
          about: 'Somebody is typing; of customers the draft.',
          payload: event('chat.typing', [ref, fields('The user.'), Type.Union([off, Type.Boolean()])]),
        },
        { name: 'chat.leave', about: 'He is a member no longer.', payload: event('chat.leave', [chat]) },
        {
          name: 'chat.close',
          about: 'The chat is over.',
          payload: event('chat.close', [chat, fields('By whom; empty for nobody.')]),
        },
        {
          name: 'broadcast.state',
          about: 'The shared state.',
          payload: event('broadcast.state', [text('Its version.'), fields('The state.')]),
        },
        {
          name: 'broadcast.update',
          about: 'A change of the shared state.',
          payload: event('broadcast.update', [text('From this version.'), text('To this one.'), anything('A patch.')]),
        },
      ],
    },
    {
      key: 'agent',
      address: '/agent',
      about: 'A system of others, which hears everything and may speak.',
      receives: [
        {
          name: 'message',
          about: 'Say something; further properties come back unchanged.',
          payload: call('message', [Type.Intersect([post, Type.Object({ session_id: chatId })])]),
        },
        { name: 'system.info', about: 'Ask for everybody and everything.', payload: call('system.info', []) },
        { name: 'role.add', about: 'Join the room of that name.', payload: call('role.add', [text('')]) },
      ],
      sends: [
        ...gettingIn,
        { name: 'message', about: 'Something was said, by anybody.', payload: event('message', [agentMessage]) },
        {
          name: 'system.info',
          about: 'Everybody and everything known.',
          payload: event('system.info', [Type.Object({ operators: Type.Array(fields('')), chats: Type.Array(chat) })]),
        },
      ],
    },
  ],
};
