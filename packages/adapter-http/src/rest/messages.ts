import type { ReceiptScope } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import type { Bridge } from '../bridge.js';
import { Refusal } from '../problems.js';
import type { App } from '../transport.js';
import { chatSchema } from '../wire/chat.js';
import { entrySchema, messageSchema, sayingSchema, visibilitySchema } from '../wire/message.js';
import { personSchema } from '../wire/person.js';
import { numberIn, toChat, toEntries, toPerson } from '../wire/translate.js';
import { closed, open, ref } from '../wire/words.js';
import { Asking } from './asking.js';
import { nothing, operations } from './operation.js';
import { actingSchema, chatParams, commandHeaders, cursorQuery, limitQuery, nextCursor, noCursor } from './parts.js';
import { bodyOf, messageIn } from './sayings.js';

const tag = 'Messages';

const said = closed({
  as: actingSchema,
  body: sayingSchema,
  clientId: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Integer()], {
      description: 'What you call the message. You read it on the message again; nobody else does.',
    }),
  ),
  visibility: Type.Optional(visibilitySchema),
  ifClosed: Type.Optional(
    Type.Enum(['refuse', 'reopen', 'append'] as const, {
      description: 'What a closed chat does: refuse it, open again, or take it and stay closed. Default refuse.',
    }),
  ),
  claim: Type.Optional(Type.Boolean({ description: 'An operator who speaks takes a waiting chat. Default false.' })),
  holdMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 5_000,
      description: 'Clients that can show the author typing for so long first.',
    }),
  ),
});

const received = closed({
  as: actingSchema,
  state: Type.Enum(['delivered', 'read'] as const, { description: 'How far.' }),
  upToSeq: Type.Optional(Type.Integer({ minimum: 0, description: 'Everything up to this `seq`.' })),
  messageIds: Type.Optional(
    Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 500, description: 'These messages.' }),
  ),
});

const typed = closed({
  as: actingSchema,
  isOn: Type.Boolean({ description: 'False: no longer.' }),
  preview: Type.Optional(
    Type.String({ maxLength: 4_000, description: 'What is written so far; the desk alone may see it.' }),
  ),
  ttlMs: Type.Optional(
    Type.Integer({ minimum: 1_000, maximum: 60_000, description: 'It is over after so long. Default 10000.' }),
  ),
});

const page = open({
  messages: Type.Array(entrySchema, { description: 'Oldest first.' }),
  people: Type.Record(Type.String(), ref(personSchema), { description: 'Everybody they name, by id.' }),
  nextCursor,
});

/** Which messages a receipt names; both or neither name none. */
function scopeIn({ upToSeq, messageIds }: Static<typeof received>): ReceiptScope {
  if (upToSeq !== undefined && messageIds === undefined) return { upToSeq };
  if (messageIds !== undefined && upToSeq === undefined) return { messageIds };
  const what = 'either this or messageIds says which messages';
  throw new Refusal('BAD_REQUEST', { problems: [{ path: 'body/upToSeq', what }] });
}

type Which = { readonly chatId: string } | { readonly participantId: string };

async function messagesOf({ core, reader, options }: Bridge, which: Which, asked: { cursor?: string; limit?: number }) {
  const { cursor = '', limit = 50 } = asked;
  const beforeNumber = numberIn(cursor);
  if (beforeNumber === undefined && cursor !== '') throw noCursor();
  const found = await core.transcript(reader.session, which, {
    limit,
    ...(beforeNumber !== undefined && { beforeNumber }),
  });
  const messages = found.entries.flatMap((entry) => toEntries(entry, options.name));
  const people = Object.fromEntries(Object.entries(found.people).map(([id, who]) => [id, toPerson(who)]));
  const oldest = found.entries[0]?.event.number;
  return { messages, people, nextCursor: found.hasMore && oldest !== undefined ? String(oldest) : null };
}

/** What is said in chats, and what becomes of it. */
export function messageRoutes(app: App, bridge: Bridge): void {
  const { core, reader, access } = bridge;
  const operation = operations(access);
  const asking = new Asking(bridge);
  const speakers = ['customers', 'operators', 'bots'] as const;
  const query = closed({ limit: limitQuery(200, 50), cursor: cursorQuery });

  app.get(
    '/chats/:chatId/messages',
    operation(
      {
        id: 'listMessages',
        tag,
        summary: 'Messages of a chat, the newest page first',
        scopes: ['read'],
        refusals: ['UNKNOWN_CHAT'],
      },
      { params: chatParams, querystring: query },
      { 200: page },
    ),
    async (request) => {
      const { chatId } = request.params;
      if ((await core.find(reader.session, { chatId })) === undefined) throw new Refusal('UNKNOWN_CHAT');
      return messagesOf(bridge, { chatId }, request.query);
    },
  );

  app.get(
    '/participants/:participantId/messages',
    operation(
      { id: 'listMessagesOfCustomer', tag, summary: 'Messages of all chats of a customer', scopes: ['read'] },
      {
        params: closed({ participantId: Type.String({ maxLength: 64, description: 'The `id` of a person.' }) }),
        querystring: query,
      },
      { 200: page },
    ),
    async (request) => messagesOf(bridge, { participantId: request.params.participantId }, request.query),
  );

  app.post(
    '/chats/:chatId/messages',
    operation(
      {
        id: 'postMessage',
        tag,
        summary: 'Say something',
        scopes: speakers,
        refusals: [
          ...(['UNKNOWN_CHAT', 'CHAT_CLOSED', 'EMPTY_MESSAGE', 'UNSUPPORTED_BODY', 'NOT_ALLOWED'] as const),
          ...(['NOT_A_MEMBER', 'NOT_ASSIGNEE', 'NOT_ASSIGNED', 'ALREADY_ASSIGNED', 'ID_CONFLICT'] as const),
        ],
      },
      { params: chatParams, headers: commandHeaders, body: said },
      { 201: open({ message: ref(messageSchema), chat: ref(chatSchema) }) },
    ),
    async (request, reply) => {
      const { as, body, clientId, ifClosed = 'refuse', ...more } = request.body;
      const session = await asking.as(request, as);
      const { chatId } = request.params;
      const { events, chat } = await asking.ask({
        request,
        reply,
        session,
        command: {
          type: 'PostMessage',
          to: { chatId },
          body: await bodyOf(bridge, body),
          ifClosed,
          ...more,
          ...(clientId !== undefined && { clientId: { space: bridge.options.name, value: clientId } }),
        },
      });
      const message = messageIn(events, bridge.options.name);
      if (message === undefined || chat === undefined) throw new Refusal('BUSY');
      return reply.code(201).send({ message, chat: toChat(chat) });
    },
  );

  app.post(
    '/chats/:chatId/receipts',
    operation(
      {
        id: 'acknowledge',
        tag,
        summary: 'Say that messages of the other side have arrived, or were read',
        scopes: speakers,
        refusals: ['UNKNOWN_CHAT', 'UNKNOWN_MESSAGE', 'NOT_ALLOWED', 'ID_CONFLICT'],
      },
      { params: chatParams, headers: commandHeaders, body: received },
      { 200: open({ chat: ref(chatSchema) }) },
    ),
    async (request, reply) => {
      const { as, state } = request.body;
      const what = scopeIn(request.body);
      const session = await asking.as(request, as);
      const command = { type: 'Acknowledge', to: request.params, state, what } as const;
      const { chat } = await asking.ask({ request, reply, session, command });
      if (chat === undefined) throw new Refusal('UNKNOWN_CHAT');
      return { chat: toChat(chat) };
    },
  );

  app.post(
    '/chats/:chatId/typing',
    operation(
      {
        id: 'setTyping',
        tag,
        summary: 'Show somebody typing, or no longer',
        description: 'It is never refused for the state of the chat: what does not fit is dropped.',
        scopes: speakers,
      },
      { params: chatParams, body: typed },
      { 204: nothing },
    ),
    async (request, reply) => {
      const { as, ttlMs = 10_000, ...what } = request.body;
      const session = await asking.as(request, as);
      await asking.ask({ request, reply, session, command: { type: 'SetTyping', to: request.params, ttlMs, ...what } });
      return reply.code(204).send();
    },
  );
}
