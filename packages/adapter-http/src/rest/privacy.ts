import { Readable } from 'node:stream';
import type { PersonalData, Session } from '@dragoman/core';
import Type from 'typebox';
import type { Bridge } from '../bridge.js';
import { Refusal, refusalOf } from '../problems.js';
import type { App } from '../transport.js';
import { chatSchema } from '../wire/chat.js';
import { entrySchema } from '../wire/message.js';
import { personSchema } from '../wire/person.js';
import { toChat, toEntries, toPerson } from '../wire/translate.js';
import { closed, count, open, participantId, ref, text } from '../wire/words.js';
import { keyOf, operations } from './operation.js';

const tag = 'Privacy';

const byId = closed({ participantId: Type.String({ maxLength: 64, description: 'The `id` of a person.' }) });

const erasedSchema = open({
  participantId: participantId('Who is gone.'),
  chats: count('Chats nothing is left of but their shape.'),
  sharedChats: count('Chats that are other people’s too: his own words are gone from them.'),
  messages: count('Messages without words now.'),
  attachments: count('Pictures whose bytes are gone.'),
  sharedAttachments: count('Pictures that somebody else has sent as well: kept.'),
});

const partSchema = Type.Union(
  [
    open({ kind: Type.Literal('person'), person: ref(personSchema) }),
    open({ kind: Type.Literal('chat'), chat: ref(chatSchema), messages: Type.Array(entrySchema) }),
    open({ kind: Type.Literal('picture'), attachmentId: text('Stored in his name, and never sent.') }),
  ],
  { description: 'One line: first the person, then each of his chats, then pictures that are in none.' },
);

function partOf(data: PersonalData, space: string): object {
  if (data.kind === 'person') return { kind: 'person', person: toPerson(data.participant) };
  if (data.kind === 'picture') return data;
  return { kind: 'chat', chat: toChat(data.chat), messages: data.entries.flatMap((entry) => toEntries(entry, space)) };
}

/** What is kept of a person: to be given to him, or to be erased. */
export function privacyRoutes(app: App, bridge: Bridge): void {
  const { core, reader, options, access } = bridge;
  const operation = operations(access);

  /** Erasing is for bots that hear everything; nobody speaks as this one. */
  function clerk(): Promise<Session> {
    const who = { side: 'bot', role: 'bot', realm: '', idType: 'string', name: '' } as const;
    const { workspaceId, name: space } = options;
    return core.connect(
      { ...who, workspaceId, space, externalId: 'privacy' },
      { scope: 'all', echo: 'all', away: null, chats: [] },
      () => {},
    );
  }

  async function* linesOf(first: PersonalData, rest: AsyncIterator<PersonalData>): AsyncGenerator<string> {
    yield `${JSON.stringify(partOf(first, options.name))}\n`;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield `${JSON.stringify(partOf(next.value, options.name))}\n`;
    }
  }

  app.get(
    '/participants/:participantId/data',
    operation(
      {
        id: 'exportPersonalData',
        tag,
        summary: 'All that is kept of a person, as he may see it',
        description: 'One JSON object in each line. Pictures are named; their bytes are at `attachments`.',
        scopes: ['privacy'],
        refusals: ['UNKNOWN_PARTICIPANT'],
      },
      { params: byId },
      {
        200: Type.Unsafe<unknown>({
          description: 'Lines of JSON.',
          content: { 'application/x-ndjson': { schema: partSchema } },
        }),
      },
    ),
    async (request, reply) => {
      const { participantId: id } = request.params;
      const parts = core.personalData(reader.session, id)[Symbol.asyncIterator]();
      const first = await parts.next();
      if (first.done === true) throw new Refusal('UNKNOWN_PARTICIPANT');
      core.log.info({ keyId: keyOf(request).id, participantId: id }, 'a backend reads what is kept of a person');
      return reply.header('content-type', 'application/x-ndjson').send(Readable.from(linesOf(first.value, parts)));
    },
  );

  app.delete(
    '/participants/:participantId',
    operation(
      {
        id: 'eraseParticipant',
        tag,
        summary: 'Erase a customer or an operator, with everything he said',
        description: 'It cannot be undone. Broken off, it goes on when asked again.',
        scopes: ['privacy'],
        refusals: ['UNKNOWN_PARTICIPANT', 'NOT_ALLOWED'],
      },
      { params: byId },
      { 200: erasedSchema },
    ),
    async (request) => {
      const { participantId: id } = request.params;
      const session = await clerk();
      const erasure = await core.erase(session, id).finally(() => session.end());
      const outcome = erasure.ok ? 'accepted' : erasure.rejection.code;
      core.log.info({ keyId: keyOf(request).id, participantId: id, outcome }, 'a backend asked to erase a person');
      if (!erasure.ok) throw refusalOf(erasure.rejection);
      return erasure.erased;
    },
  );
}
