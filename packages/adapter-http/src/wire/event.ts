import Type, { type Static, type TProperties } from 'typebox';
import { chatSchema, closeReasons, statusSchema } from './chat.js';
import { messageSchema, rangesSchema } from './message.js';
import { personSchema } from './person.js';
import { count, flag, open, orNull, participantId, ref, text, time } from './words.js';

const person = (description: string) => orNull(participantId(''), description);
const chatRole = Type.Enum(['customer', 'operator', 'bot', 'monitor'] as const, { description: 'As what.' });
const byId = person('Who did it; null: the gateway, by a rule.');

/** What each recorded event says beside the chat it happened in. */
export const recorded = {
  ChatOpened: { customerId: participantId('Whose chat it is.'), space: text('Where he came from.') },
  ChatQueued: {
    cause: Type.Enum(['first', 'handover', 'requeue', 'return', 'reopened', 'released', 'missed'] as const, {
      description: 'Why it waits.',
    }),
  },
  ChatAssigned: {
    operatorId: participantId('Who has it now.'),
    fromId: person('Who had it.'),
    cause: Type.Enum(['queue', 'claim', 'take', 'transfer', 'return', 'reopen', 'recovered'] as const, {
      description: 'How he got it; `claim`: from the queue by himself, `take`: from a bot or a colleague by himself.',
    }),
    byId,
  },
  ChatMissed: { cause: Type.Enum(['transfer', 'timeout'] as const, { description: 'Why nobody took it.' }) },
  ChatAbandoned: { operatorId: participantId('Who has gone without giving it back.') },
  ChatHandedOver: {
    to: Type.Enum(['bot', 'queue', 'customer'] as const, { description: 'Who gets the word.' }),
    botId: person('The bot that gets it; null: no bot does.'),
    fromId: person('Who gave it.'),
    flow: orNull(Type.String(), 'Where the bot shall go on.'),
    reason: orNull(Type.String(), 'Why.'),
  },
  ChatClosed: { reason: Type.Enum(closeReasons, { description: 'Why.' }), byId },
  ChatReopened: { byId },
  ChatUpdated: {},
  CustomerBlocked: { byId },
  AbsenceNoted: {
    phase: Type.Enum(['away', 'left', 'back'] as const, { description: 'The customer is away, has left, or is back.' }),
    status: statusSchema,
  },
  ParticipantJoined: { participantId: participantId('Who.'), role: chatRole },
  ParticipantLeft: {
    participantId: participantId('Who.'),
    role: chatRole,
    cause: Type.Enum(['asked', 'gone'] as const, { description: 'Whether he asked to.' }),
  },
  MessagePosted: { message: ref(messageSchema) },
  MessageAcknowledged: {
    side: Type.Enum(['customer', 'desk'] as const, { description: 'Who has it now.' }),
    state: Type.Enum(['delivered', 'read'] as const, { description: 'How far.' }),
    ranges: rangesSchema,
    byId,
  },
} as const;
/** What is recorded and told; `dragoman.` stands before it on the wire. */
export type RecordedType = keyof typeof recorded;
export const recordedTypes = Object.keys(recorded) as readonly RecordedType[];

export const operatorSchema = Type.Object(
  {
    id: participantId('Who.'),
    mode: Type.Enum(['auto', 'claim', 'desk'] as const, {
      description: '`auto`: is given chats; `claim`: takes them; `desk`: stands for others.',
    }),
    status: text('`available` and `reserve` take chats; every other word does not.'),
    isOnline: flag('Whether he is there.'),
    isRequesting: flag('Whether he wants one chat above his capacity.'),
    locales: Type.Record(
      Type.String(),
      open({
        capacity: orNull(Type.Integer({ minimum: 0 }), 'Chats at a time; null: any number.'),
        isActive: flag('Whether he takes chats in it.'),
      }),
      { description: 'By locale.' },
    ),
    groups: Type.Array(Type.String(), { description: 'Groups he is a member of.' }),
  },
  { $id: 'Operator', description: 'An operator as routing knows him.' },
);

export const routingSchema = Type.Object(
  {
    isAccepting: flag('Whether new chats are taken at all.'),
    groups: Type.Array(
      open({
        id: text('As clients name it.'),
        name: text('As people read it.'),
        isExclusive: flag('Whether its chats are for its members alone.'),
      }),
      { description: 'Groups of operators.' },
    ),
    locales: open({
      default: text('Of chats that name none.'),
      supported: Type.Array(Type.String(), { description: 'Others count as the default.' }),
    }),
  },
  { $id: 'Routing', description: 'How a workspace routes.' },
);

/** What each signal says: it is never recorded, so nobody who was away is told of it. */
export const signalled = {
  TypingChanged: {
    chat: ref(chatSchema),
    people: Type.Record(Type.String(), ref(personSchema), { description: 'Whom it names, by id.' }),
    authorId: participantId('Who.'),
    authorRole: chatRole,
    isOn: flag('Whether he is typing.'),
    preview: orNull(Type.String(), 'What he has written so far; null: not told.'),
    expiresInMs: count('It is over after so long, if nothing is said before.'),
  },
  QueueMoved: { chat: ref(chatSchema), position: count('1 is next; 0: no longer waiting.') },
  PresenceChanged: {
    participantId: participantId('Who.'),
    role: chatRole,
    isOnline: flag('Whether he is there.'),
    isUnstable: flag('Nothing was heard of him for a while; he may be gone soon.'),
  },
  OperatorChanged: { operator: ref(operatorSchema), person: ref(personSchema) },
  RoutingConfigured: { routing: ref(routingSchema) },
} as const;
type SignalType = keyof typeof signalled;

const bySchema = open(
  {
    participantId: person('In whose name; null: the gateway, by a rule.'),
    keyId: orNull(Type.String(), 'The API key it was asked with; null: a client of another protocol.'),
  },
  'Who did it.',
);

const chatData = {
  chat: ref(chatSchema),
  people: Type.Record(Type.String(), ref(personSchema), {
    description: 'Everybody the event and its chat name, by id.',
  }),
  by: bySchema,
};

const envelope = (type: string, data: TProperties, more: TProperties) =>
  Type.Object(
    {
      specversion: Type.Literal('1.0'),
      id: text('The same whenever this event is told again.'),
      source: text('`urn:dragoman:` and the workspace.'),
      type: Type.Literal(typeName(type)),
      subject: text('The chat or the participant it is about.'),
      time: time('When it happened.'),
      datacontenttype: Type.Literal('application/json'),
      ...more,
      data: Type.Object(data),
    },
    { $id: type, title: type },
  );

/** The CloudEvents type of one of our events. */
export const typeName = (type: string): string => `dragoman.${type}`;

const sequence = {
  sequence: Type.String({
    pattern: '^[0-9]{16}$',
    description: 'Its place in the log of the workspace, and the cursor to go on after. Grows, with gaps.',
  }),
};

/** One schema for each type of event, by its name. */
export const eventSchemas = [
  ...Object.entries(recorded).map(([type, facts]) => envelope(type, { ...chatData, ...facts }, sequence)),
  ...Object.entries(signalled).map(([type, facts]) => envelope(type, facts, {})),
];

/** An event as CloudEvents 1.0 has it, in its JSON format [CE 3]. */
export const eventSchema = Type.Union(eventSchemas.map(ref), {
  $id: 'Event',
  description: 'What happened, as a CloudEvents 1.0 envelope.',
});

type DataOf<Facts extends TProperties> = Static<ReturnType<typeof Type.Object<Facts>>>;
type ChatData = DataOf<typeof chatData>;

interface Envelope<Type extends string, Data> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: `dragoman.${Type}`;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
}

/** What a recorded event of one type says. */
export type RecordedFacts<T extends RecordedType> = DataOf<(typeof recorded)[T]>;
/** A recorded event on its way out. */
export type RecordedEvent = {
  [T in RecordedType]: Envelope<T, ChatData & RecordedFacts<T>> & { readonly sequence: string };
}[RecordedType];
/** A signal on its way out. */
export type SignalEvent = { [T in SignalType]: Envelope<T, DataOf<(typeof signalled)[T]>> }[SignalType];
export type WireEvent = RecordedEvent | SignalEvent;
export type WireOperator = Static<typeof operatorSchema>;
export type WireRouting = Static<typeof routingSchema>;
