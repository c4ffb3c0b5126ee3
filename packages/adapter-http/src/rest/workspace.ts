import Type from 'typebox';
import type { Bridge } from '../bridge.js';
import type { App } from '../transport.js';
import { routingSchema } from '../wire/event.js';
import { toRouting } from '../wire/translate.js';
import { closed, count, flag, open, ref, text } from '../wire/words.js';
import { Asking } from './asking.js';
import { operations } from './operation.js';
import { commandHeaders } from './parts.js';
import { queueOf, queuePage, queueQuery } from './queue.js';

const tag = 'Workspace';

const workspaceSchema = open(
  {
    id: text('Its name in the configuration.'),
    space: text('The space of your own participants and chats.'),
    routing: ref(routingSchema),
    canAccept: flag('Whether a new chat would find somebody.'),
    chats: count('Chats that are not closed.'),
    waiting: count('Chats that wait for a person.'),
    operators: count('Operators who are there.'),
  },
  'The workspace of the key.',
);

const group = closed({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'As clients name it.' }),
  name: Type.String({ maxLength: 200, description: 'As people read it.' }),
  isExclusive: Type.Boolean({ description: 'Whether its chats are for its members alone.' }),
});

const configured = closed({
  isAccepting: Type.Optional(Type.Boolean({ description: 'Whether new chats are taken at all.' })),
  addGroups: Type.Optional(
    Type.Array(group, { maxItems: 200, description: 'New ones, or the same with another name.' }),
  ),
  removeGroups: Type.Optional(Type.Array(Type.String(), { maxItems: 200, description: 'By their ids.' })),
  members: Type.Optional(
    Type.Array(
      closed({
        groupId: Type.String({ description: 'Which group.' }),
        operatorId: Type.String({ description: 'Which operator, by his `id`.' }),
        isMember: Type.Boolean({ description: 'False: no longer.' }),
      }),
      { maxItems: 1_000, description: 'Who belongs to which group.' },
    ),
  ),
});

/** The workspace as a whole. */
export function workspaceRoutes(app: App, bridge: Bridge): void {
  const { core, reader, options, access } = bridge;
  const operation = operations(access);
  const asking = new Asking(bridge);

  app.get(
    '/workspace',
    operation(
      { id: 'getWorkspace', tag, summary: 'The workspace of the key, at a glance', scopes: ['read'] },
      {},
      { 200: workspaceSchema },
    ),
    async () => {
      const lobby = core.lobby(reader.session);
      return {
        id: options.workspaceId,
        space: options.name,
        routing: toRouting(lobby),
        canAccept: core.canAccept(reader.session),
        chats: lobby.chats.size,
        waiting: lobby.queue.length,
        operators: [...lobby.operators.values()].filter(({ isOnline }) => isOnline).length,
      };
    },
  );

  app.get(
    '/queue',
    operation(
      { id: 'getQueue', tag, summary: 'Chats that wait for a person, in their order', scopes: ['read'] },
      { querystring: queueQuery },
      { 200: queuePage },
    ),
    async (request) => queueOf(core.lobby(reader.session).queue, request.query),
  );

  app.patch(
    '/routing',
    operation(
      {
        id: 'configureRouting',
        tag,
        summary: 'Change how the workspace routes',
        scopes: ['routing'],
        refusals: ['ID_CONFLICT'],
      },
      { headers: commandHeaders, body: configured },
      { 200: ref(routingSchema) },
    ),
    async (request, reply) => {
      const session = await asking.asSupervisor(request);
      await asking.ask({ request, reply, session, command: { type: 'ConfigureRouting', ...request.body } });
      return toRouting(core.lobby(reader.session));
    },
  );
}
