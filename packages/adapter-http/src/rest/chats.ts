import { controlOf, type ChatSummary, type Lobby } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import type { Bridge } from '../bridge.js';
import { Refusal } from '../problems.js';
import type { App } from '../transport.js';
import { chatSchema, statusSchema } from '../wire/chat.js';
import { messageSchema, sayingSchema } from '../wire/message.js';
import { toChat } from '../wire/translate.js';
import { closed, fields, open, ref } from '../wire/words.js';
import { Asking } from './asking.js';
import { operations } from './operation.js';
import { actingSchema, chatParams, commandHeaders, cursorQuery, limitQuery, nextCursor, pageFrom } from './parts.js';
import { bodyOf, messageIn } from './sayings.js';

const tag = 'Chats';

const wanted = closed({
  status: Type.Optional(statusSchema),
  control: Type.Optional(
    Type.Enum(['bot', 'queue', 'operator', 'none'] as const, { description: 'Who has the word.' }),
  ),
  assigneeId: Type.Optional(Type.String({ maxLength: 64, description: 'Who has it.' })),
  customerId: Type.Optional(Type.String({ maxLength: 64, description: 'Whose it is.' })),
  locale: Type.Optional(Type.String({ maxLength: 35, description: 'In which locale.' })),
  group: Type.Optional(Type.String({ maxLength: 128, description: 'For which group.' })),
  space: Type.Optional(Type.String({ maxLength: 40, description: 'Known to which adapter.' })),
  limit: limitQuery(200, 50),
  cursor: cursorQuery,
});

const page = open({ chats: Type.Array(ref(chatSchema)), nextCursor });

type Wanted = Static<typeof wanted>;

function fits(chat: ChatSummary, { status, control, assigneeId, customerId, locale, group, space }: Wanted): boolean {
  const isOr = (asked: string | undefined, found: string | null): boolean => asked === undefined || asked === found;
  return (
    isOr(status, chat.status) &&
    isOr(control, controlOf(chat)) &&
    isOr(assigneeId, chat.assigneeId) &&
    isOr(locale, chat.locale) &&
    (customerId === undefined || chat.customerIds.includes(customerId)) &&
    (group === undefined || chat.groups.includes(group)) &&
    (space === undefined || Object.hasOwn(chat.addresses, space))
  );
}

/** Chat ids grow with time, so a page goes on after the last id of the one before. */
function chatsOf(lobby: Lobby, wants: Wanted): Static<typeof page> {
  const { cursor = '', limit = 50 } = wants;
  const found = [...lobby.chats.values()].filter((chat) => chat.id > cursor && fits(chat, wants));
  const left = found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { page: chats, nextCursor: next } = pageFrom(left, limit, ({ id }) => id);
  return { chats: chats.map(toChat), nextCursor: next };
}

const opening = {
  subject: Type.Optional(Type.String({ maxLength: 500, description: 'What it is about.' })),
  displayName: Type.Optional(Type.String({ maxLength: 200, description: 'How the customer is shown.' })),
  locale: Type.Optional(
    Type.String({ maxLength: 35, description: 'In which language. Default: that of the workspace.' }),
  ),
  groups: Type.Optional(Type.Array(Type.String(), { maxItems: 50, description: 'Groups of operators it is for.' })),
  fields: Type.Optional(fields('What is known of it; at most 8 KiB.')),
  idleMs: Type.Optional(
    Type.Integer({ minimum: 1_000, description: 'It closes when nobody says anything for so long.' }),
  ),
};

const opened = closed(
  {
    as: actingSchema,
    key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'What you call the chat. Default: the id of its customer.',
      }),
    ),
    message: Type.Optional(sayingSchema),
    ...opening,
  },
  'Begins a chat of a customer, with his first words or waiting at once. A chat that is open under the key is the answer.',
);

/** Finding and opening chats. */
export function chatRoutes(app: App, bridge: Bridge): void {
  const { core, reader, access } = bridge;
  const operation = operations(access);
  const asking = new Asking(bridge);

  app.get(
    '/chats',
    operation(
      {
        id: 'listChats',
        tag,
        summary: 'Chats that are not closed, oldest first',
        description: 'Closed ones are found by their id, and in the messages of their customer.',
        scopes: ['read'],
      },
      { querystring: wanted },
      { 200: page },
    ),
    async (request) => chatsOf(core.lobby(reader.session), request.query),
  );

  app.get(
    '/chats/:chatId',
    operation(
      { id: 'getChat', tag, summary: 'One chat, open or closed', scopes: ['read'], refusals: ['UNKNOWN_CHAT'] },
      { params: chatParams },
      { 200: ref(chatSchema) },
    ),
    async (request) => {
      const chat = await core.find(reader.session, { chatId: request.params.chatId });
      if (chat === undefined) throw new Refusal('UNKNOWN_CHAT');
      return toChat(chat);
    },
  );

  app.post(
    '/chats',
    operation(
      {
        id: 'openChat',
        tag,
        summary: 'Open a chat of a customer of yours',
        scopes: ['customers'],
        refusals: ['NOT_ALLOWED', 'EMPTY_MESSAGE', 'UNSUPPORTED_BODY', 'ID_CONFLICT'],
      },
      { headers: commandHeaders, body: opened },
      { 201: open({ chat: ref(chatSchema), message: Type.Union([ref(messageSchema), Type.Null()]) }) },
    ),
    async (request, reply) => {
      const { as, key = as.id, message, ...about } = request.body;
      if (as.side !== 'customer') throw new Refusal('NOT_ALLOWED', { detail: 'Chats begin with a customer.' });
      const session = await asking.as(request, as);
      const command =
        message === undefined
          ? ({ type: 'OpenChat', key, enqueue: true, ...about } as const)
          : ({
              type: 'PostMessage',
              to: { key },
              body: await bodyOf(bridge, message),
              ifClosed: 'new',
              opening: about,
            } as const);
      const { chat, events } = await asking.ask({ request, reply, session, command });
      if (chat === undefined) throw new Refusal('UNKNOWN_CHAT');
      return reply.code(201).send({ chat: toChat(chat), message: messageIn(events, bridge.options.name) ?? null });
    },
  );
}
