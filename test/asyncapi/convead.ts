import type { ConveadPayload } from '@dragoman/adapter-faye/convead';
import Type from 'typebox';
import { flag, id, orNull, text, time, whole, type Alike, type Described, type Holds, type Of } from './words.js';

const person = Type.Object({
  type: Type.Enum(['visitor', 'manager'] as const),
  id: id(''),
  name: orNull(Type.String(), 'Null: unknown.'),
});
const conversation = Type.Object({
  entity: Type.Literal('conversation'),
  conversation: Type.Object({
    id: whole('Random: it alone opens the history.'),
    visitor_id: text(''),
    manager_id: orNull(Type.Union([Type.String(), Type.Number()]), 'Null: nobody; `bot`: a bot.'),
    state: Type.Enum(['open', 'closed'] as const),
    visitor: person,
    manager: orNull(person, 'Null: nobody.'),
    created_at: time(''),
    updated_at: time(''),
    closed_at: orNull(Type.String({ format: 'date-time' }), 'Null: it is open.'),
  }),
});
const message = Type.Object({
  entity: Type.Literal('message'),
  message: Type.Object({
    id: whole('Grows over all conversations.'),
    conversation_id: whole(''),
    visitor_id: text(''),
    sender_type: Type.Enum(['visitor', 'manager'] as const),
    sender_id: id(''),
    sender: person,
    content: text('The words.'),
    read: flag(''),
    read_at: orNull(Type.String({ format: 'date-time' }), 'Set once.'),
    created_at: time(''),
    updated_at: time(''),
  }),
});
const notification = Type.Object({
  entity: Type.Literal('notification'),
  notification: Type.Object({
    id: whole(''),
    visitor_id: text(''),
    kind: text('`message`, `notice`, or as a backend named it.'),
    content: orNull(Type.String(), ''),
    data: orNull(Type.Unsafe<object>({ type: 'object' }), ''),
    read: flag(''),
    created_at: time(''),
  }),
});

type Told = Of<typeof conversation> | Of<typeof message> | Of<typeof notification>;
type Named<Name extends ConveadPayload['entity'], From> = Extract<From, { readonly entity: Name }>;
type Inside<Name extends ConveadPayload['entity'], From> =
  Named<Name, From> extends Record<Name, infer Body> ? Body : never;
export type Checked = [
  Holds<Alike<Told['entity'], ConveadPayload['entity']>>,
  Holds<Alike<Inside<'conversation', Told>, Inside<'conversation', ConveadPayload>>>,
  Holds<Alike<Inside<'message', Told>, Inside<'message', ConveadPayload>>>,
  Holds<Alike<Inside<'notification', Told>, Inside<'notification', ConveadPayload>>>,
];

const conversationTold = {
  name: 'conversation',
  about: 'A conversation began, changed hands or was asked for again.',
  payload: conversation,
};
const messageTold = { name: 'message', about: 'Something was said, or was read.', payload: message };
const notificationTold = { name: 'notification', about: 'A visitor has news.', payload: notification };

export const convead: Described = {
  id: 'convead',
  title: 'Convead',
  about:
    'Channels of Faye (Bayeux). Nobody publishes on them: what clients ask, they ask over HTTP, which this document does not describe. The payload is the `data` of a Bayeux message.',
  protocol: 'faye',
  protocolVersion: '1.0',
  pathname: '/faye',
  channels: [
    {
      key: 'everyService',
      address: '/service/*',
      about: 'For managers and back ends; subscribing is being on duty.',
      receives: [],
      sends: [conversationTold],
    },
    {
      key: 'service',
      address: '/service/{visitorId}',
      about: 'The conversations of one visitor.',
      parameters: { visitorId: 'A visitor.' },
      receives: [],
      sends: [conversationTold],
    },
    {
      key: 'conversation',
      address: '/conversations/{conversationId}',
      about: 'What is said in one conversation.',
      parameters: { conversationId: 'A conversation.' },
      receives: [],
      sends: [messageTold],
    },
    {
      key: 'notifications',
      address: '/notifications/{visitorId}',
      about: 'News for one visitor.',
      parameters: { visitorId: 'A visitor.' },
      receives: [],
      sends: [notificationTold],
    },
  ],
};
