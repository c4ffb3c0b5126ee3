import type { Command } from '@dragoman/core';
import Type, { type Static, type TObject, type TProperties } from 'typebox';
import type { As } from './parts.js';
import type { Bridge } from '../bridge.js';
import { Refusal, type Code } from '../problems.js';
import type { Scope } from '../scopes.js';
import type { App } from '../transport.js';
import { chatSchema } from '../wire/chat.js';
import { toChat } from '../wire/translate.js';
import { closed, fields, open, ref } from '../wire/words.js';
import { Asking } from './asking.js';
import { operations } from './operation.js';
import { actingSchema, chatParams, commandHeaders } from './parts.js';

const tag = 'Chats';

/** One thing that can be asked of a chat: `POST /chats/{chatId}/<path>`, or a PATCH of the chat where there is no path. */
interface ChatOperation<P extends TProperties> {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly scopes: readonly Scope[];
  readonly refusals: readonly Code[];
  readonly body: P;
  command(chatId: string, body: Static<TObject<P>> & { readonly as: As }): Command;
}

const define = <P extends TProperties>(operation: ChatOperation<P>) => operation;

const desk = ['operators', 'bots'] as const;
const everybody = ['customers', 'operators', 'bots'] as const;
const reason = Type.Optional(Type.String({ maxLength: 500, description: 'Why, for those who read it later.' }));

const join = define({
  id: 'joinChat',
  path: 'join',
  summary: 'Become a member of a chat beside who has it',
  scopes: desk,
  refusals: ['CHAT_CLOSED', 'NOT_ALLOWED'],
  body: {},
  command: (chatId) => ({ type: 'JoinChat', to: { chatId } }),
});

const leave = define({
  id: 'leaveChat',
  path: 'leave',
  summary: 'Be a member no longer',
  scopes: desk,
  refusals: ['NOT_A_MEMBER'],
  body: {},
  command: (chatId) => ({ type: 'LeaveChat', to: { chatId } }),
});

const assign = define({
  id: 'assignChat',
  path: 'assign',
  summary: 'Take a chat; the first who asks gets it',
  scopes: ['operators'],
  refusals: ['CHAT_CLOSED', 'ALREADY_ASSIGNED', 'NOT_ALLOWED'],
  body: {},
  command: (chatId) => ({ type: 'AssignChat', to: { chatId } }),
});

const transfer = define({
  id: 'transferChat',
  path: 'transfer',
  summary: 'Give a chat to a colleague, or to nobody',
  scopes: ['operators'],
  refusals: ['CHAT_CLOSED', 'UNKNOWN_PARTICIPANT', 'NOT_ALLOWED'],
  body: {
    toId: Type.Union([Type.String({ maxLength: 64 }), Type.Null()], {
      description: 'The `id` of an operator, of whatever protocol; null: nobody.',
    }),
    isStrict: Type.Optional(
      Type.Boolean({ description: 'Refuse an operator nobody knows, in place of a missed chat. Default true.' }),
    ),
  },
  command: (chatId, { toId, isStrict = true }) => ({ type: 'TransferChat', to: { chatId }, toId, strict: isStrict }),
});

const handOver = define({
  id: 'handOverChat',
  path: 'hand-over',
  summary: 'Give the word to the bot, to the queue, or back to the customer alone',
  scopes: desk,
  refusals: ['CHAT_CLOSED', 'NOT_ASSIGNEE', 'NO_OPERATOR', 'NOT_ALLOWED', 'BAD_TRANSITION'],
  body: {
    to: Type.Enum(['bot', 'queue', 'customer'] as const, { description: 'Who gets it.' }),
    flow: Type.Optional(Type.String({ maxLength: 128, description: 'Where the bot shall go on.' })),
    reason,
  },
  command: (chatId, { to, flow, reason: why }) => ({
    type: 'HandOver',
    chat: { chatId },
    to,
    ...(flow !== undefined && { flow }),
    ...(why !== undefined && { reason: why }),
  }),
});

const close = define({
  id: 'closeChat',
  path: 'close',
  summary: 'Close a chat; twice is fine',
  scopes: everybody,
  refusals: ['NOT_ASSIGNEE', 'NOT_ALLOWED'],
  body: {},
  command: (chatId, { as }) => ({
    type: 'CloseChat',
    to: { chatId },
    reason: as.side === 'customer' ? 'customer' : 'operator',
  }),
});

const reopen = define({
  id: 'reopenChat',
  path: 'reopen',
  summary: 'Open a closed chat again',
  scopes: everybody,
  refusals: ['BAD_TRANSITION', 'CHAT_CLOSED', 'NOT_ALLOWED'],
  body: {
    withinMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Only if it was closed less long ago. Default 604800000, a week.' }),
    ),
  },
  command: (chatId, { withinMs = 604_800_000 }) => ({ type: 'ReopenChat', to: { chatId }, windowMs: withinMs }),
});

const block = define({
  id: 'blockCustomer',
  path: 'block',
  summary: 'Tell the customer that he is no longer accepted',
  scopes: desk,
  refusals: ['CHAT_CLOSED', 'NOT_ALLOWED'],
  body: {},
  command: (chatId) => ({ type: 'BlockCustomer', to: { chatId } }),
});

const update = define({
  id: 'updateChat',
  path: '',
  summary: 'Change what is known of a chat',
  scopes: everybody,
  refusals: ['NOT_ALLOWED'],
  body: {
    subject: Type.Optional(Type.String({ maxLength: 500, description: 'What it is about.' })),
    locale: Type.Optional(Type.String({ maxLength: 35, description: 'In which language.' })),
    groups: Type.Optional(Type.Array(Type.String(), { maxItems: 50, description: 'Groups of operators it is for.' })),
    fields: Type.Optional(fields('Laid over those that are there; null takes one away.')),
  },
  command: (chatId, { as: _, ...changes }) => ({ type: 'UpdateChat', to: { chatId }, ...changes }),
});

/** What moves a chat through its life. */
export function chatCommandRoutes(app: App, bridge: Bridge): void {
  const operation = operations(bridge.access);
  const asking = new Asking(bridge);

  function serve<P extends TProperties>({
    id,
    path,
    summary,
    scopes,
    refusals,
    body,
    command,
  }: ChatOperation<P>): void {
    const asked = closed({ as: actingSchema, ...body });
    app.route({
      method: path === '' ? 'PATCH' : 'POST',
      url: path === '' ? '/chats/:chatId' : `/chats/:chatId/${path}`,
      ...operation(
        { id, tag, summary, scopes, refusals: ['UNKNOWN_CHAT', ...refusals, 'ID_CONFLICT'] },
        { params: chatParams, headers: commandHeaders, body: asked },
        { 200: open({ chat: ref(chatSchema) }) },
      ),
      async handler(request, reply) {
        const { chatId } = request.params as Static<typeof chatParams>;
        const wants = request.body as Static<TObject<P>> & { readonly as: As };
        const session = await asking.as(request, wants.as);
        const { chat } = await asking.ask({ request, reply, session, command: command(chatId, wants) });
        if (chat === undefined) throw new Refusal('UNKNOWN_CHAT');
        return { chat: toChat(chat) };
      },
    });
  }

  serve(join);
  serve(leave);
  serve(assign);
  serve(transfer);
  serve(handOver);
  serve(close);
  serve(reopen);
  serve(block);
  serve(update);
}
