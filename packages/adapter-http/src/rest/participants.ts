import Type from 'typebox';
import { messageLimits, type Participant } from '@dragoman/core';
import type { Bridge } from '../bridge.js';
import { Refusal } from '../problems.js';
import type { App } from '../transport.js';
import { personSchema } from '../wire/person.js';
import { toPerson } from '../wire/translate.js';
import { closed, fields, ref } from '../wire/words.js';
import { Asking } from './asking.js';
import { nothing, operations } from './operation.js';
import { actingSchema, commandHeaders } from './parts.js';

const tag = 'Participants';

const byId = closed({ participantId: Type.String({ maxLength: 64, description: 'The `id` of a person.' }) });

const byOwnId = closed({
  side: Type.Enum(['customer', 'operator', 'bot'] as const, { description: 'As what.' }),
  id: Type.String({ minLength: 1, maxLength: 128, description: 'What you call it.' }),
});

const byOutsideId = closed({
  space: Type.String({ minLength: 1, maxLength: 100, description: 'The adapter, as in `identities` of a person.' }),
  side: Type.Enum(['customer', 'operator', 'bot'] as const, { description: 'As what he is known there.' }),
  id: Type.String({ minLength: 1, maxLength: 200, description: 'What he is called there.' }),
  realm: Type.Optional(Type.String({ maxLength: 200, description: 'A tenant of that protocol; empty for most.' })),
});

const told = closed({
  name: Type.Optional(Type.String({ maxLength: messageLimits.nameUnits, description: 'As others read it.' })),
  locale: Type.Optional(Type.String({ maxLength: 35, description: 'Its language.' })),
  profile: Type.Optional(fields('Takes the place of the profile; at most 4 KiB.')),
});

const notification = closed({
  as: actingSchema,
  kind: Type.String({ minLength: 1, maxLength: 100, description: 'What it is about, for the program that shows it.' }),
  content: Type.Optional(Type.String({ maxLength: 4_000, description: 'Words to show.' })),
  data: Type.Optional(fields('What else the program needs; with the words at most 8 KiB.')),
});

/** Of an open chat or at a desk the person is at hand; everybody else stands in the messages of his chats. */
async function find({ core, reader }: Bridge, participantId: string): Promise<Participant> {
  const known = core.lobby(reader.session).person(participantId);
  const found = known ?? (await core.transcript(reader.session, { participantId }, { limit: 1 })).people[participantId];
  if (found === undefined) throw new Refusal('UNKNOWN_PARTICIPANT');
  return found;
}

/** Who takes part in chats. */
export function participantRoutes(app: App, bridge: Bridge): void {
  const operation = operations(bridge.access);
  const asking = new Asking(bridge);

  app.get(
    '/participants/:participantId',
    operation(
      {
        id: 'getParticipant',
        tag,
        summary: 'One person, bot or desk of any protocol',
        description: 'Known are operators, and everybody who has ever been in a chat.',
        scopes: ['read'],
        refusals: ['UNKNOWN_PARTICIPANT'],
      },
      { params: byId },
      { 200: ref(personSchema) },
    ),
    async (request) => toPerson(await find(bridge, request.params.participantId)),
  );

  app.get(
    '/participants',
    operation(
      {
        id: 'findParticipant',
        tag,
        summary: 'Who is known by this name in one protocol',
        description: 'For a person of whom you have what his own client calls him, and no chat that is open.',
        scopes: ['read'],
        refusals: ['UNKNOWN_PARTICIPANT'],
      },
      { querystring: byOutsideId },
      { 200: ref(personSchema) },
    ),
    async ({ query: { space, side, id, realm = '' } }) => {
      const { core, reader } = bridge;
      const found = await core.whoIs(reader.session, { space, side, realm, externalId: id });
      if (found === undefined) throw new Refusal('UNKNOWN_PARTICIPANT');
      return toPerson(found);
    },
  );

  app.put(
    '/participants/:side/:id',
    operation(
      {
        id: 'putParticipant',
        tag,
        summary: 'Tell of a participant of yours',
        description: 'What is left out stays as it is.',
        scopes: ['customers', 'operators', 'bots'],
      },
      { params: byOwnId, headers: commandHeaders, body: told },
      { 200: ref(personSchema) },
    ),
    async (request, reply) => {
      const session = await asking.as(request, request.params);
      await asking.ask({ request, reply, session, command: { type: 'UpdateParticipant', ...request.body } });
      const { core, reader } = bridge;
      return toPerson(core.lobby(reader.session).person(session.participant.id) ?? session.participant);
    },
  );

  app.post(
    '/participants/:participantId/notifications',
    operation(
      {
        id: 'notifyParticipant',
        tag,
        summary: 'Tell a person something outside of any chat',
        description: 'It reaches people whose protocol knows notifications.',
        scopes: ['operators', 'bots'],
        refusals: ['UNKNOWN_PARTICIPANT', 'NOT_ALLOWED', 'ID_CONFLICT'],
      },
      { params: byId, headers: commandHeaders, body: notification },
      { 204: nothing },
    ),
    async (request, reply) => {
      const { as, kind, content = null, data = null } = request.body;
      const session = await asking.as(request, as);
      const { participantId } = request.params;
      const command = { type: 'NotifyParticipant', participantId, kind, content, data } as const;
      await asking.ask({ request, reply, session, command });
      return reply.code(204).send();
    },
  );
}
