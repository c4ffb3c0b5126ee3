import Type, { type Static } from 'typebox';
import { messageLimits } from '@dragoman/core';
import { chatId, closed, count, fields, open, orNull, participantId, ref, text, time } from './words.js';

const textBody = {
  kind: Type.Literal('text'),
  text: Type.String({
    minLength: 1,
    maxLength: messageLimits.textUnits,
    description: 'As it was said: no markup is read, added or taken away.',
  }),
};
const customBody = {
  kind: Type.Literal('custom'),
  name: Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'What it is; dialects that do not know the name leave it out.',
  }),
  data: fields('Passed on as it is.'),
};
const caption = Type.String({ maxLength: messageLimits.captionUnits, description: 'Empty for none.' });

/** What has been said. */
const bodySchema = Type.Union(
  [
    open(textBody),
    open({
      kind: Type.Literal('image'),
      attachmentId: text('Its bytes are at `attachments/{attachmentId}`.'),
      mime: text('image/jpeg, image/png, image/gif or image/webp, by its first bytes.'),
      bytes: count('Size of the file.'),
      width: orNull(Type.Integer(), 'Pixels; null where no header tells.'),
      height: orNull(Type.Integer(), 'Pixels; null where no header tells.'),
      caption,
    }),
    open({
      kind: Type.Literal('notice'),
      code: text('What it is about.'),
      params: fields('What it says of it.'),
      text: text('For dialects that can only show words.'),
    }),
    open(customBody),
  ],
  { description: 'What was said: a text, a picture, a line of the system, or something custom.' },
);

/** What can be said by a backend. */
export const sayingSchema = Type.Union(
  [
    closed(textBody),
    closed({
      kind: Type.Literal('image'),
      attachmentId: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'From `POST attachments`.' }),
      caption: Type.Optional(caption),
    }),
    closed(customBody),
  ],
  { description: 'What to say.' },
);

export const visibilitySchema = Type.Enum(['all', 'desk', 'bot'] as const, {
  description: 'Who may see it: everybody, the desk without the customers, the bot alone.',
});

export const messageSchema = Type.Object(
  {
    id: text('Of the whole gateway.'),
    chatId: chatId(),
    seq: Type.Integer({ minimum: 1, description: '1, 2, 3 … within the chat: the order of what was said.' }),
    clientId: orNull(
      Type.Union([Type.String(), Type.Number()]),
      'What you called it when you said it; null for what others said.',
    ),
    authorId: orNull(participantId('Who.'), 'Null: the system.'),
    authorRole: Type.Enum(['customer', 'operator', 'bot', 'monitor', 'system'] as const, {
      description: 'As what he spoke.',
    }),
    authorName: text('As he was called when he spoke.'),
    at: time('When it was accepted.'),
    body: bodySchema,
    visibility: visibilitySchema,
  },
  { $id: 'Message', description: 'One thing said in a chat.' },
);

const receiptSchema = open(
  {
    state: Type.Enum(['sent', 'delivered', 'read'] as const, {
      description: 'How far the other side has come with it.',
    }),
    deliveredAt: orNull(time(''), 'Null: not yet, or nobody knows.'),
    readAt: orNull(time(''), 'Null: not yet, or nobody knows.'),
  },
  'What has become of a message.',
);

export const entrySchema = open({ message: ref(messageSchema), receipt: receiptSchema });

/** Messages by their `seq`, as sets of ranges with both ends in. */
export const rangesSchema = Type.Array(Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 }), {
  description: 'Pairs of first and last `seq`, both included.',
});

export type WireEntry = Static<typeof entrySchema>;
export type WireMessage = Static<typeof messageSchema>;
/** What a backend says. */
export type Saying = Static<typeof sayingSchema>;
