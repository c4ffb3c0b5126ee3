import Type, { type Static } from 'typebox';
import type { Lobby, OperatorRecord, SetAvailability } from '@dragoman/core';
import type { Bridge } from '../bridge.js';
import { Refusal } from '../problems.js';
import type { App } from '../transport.js';
import { operatorSchema } from '../wire/event.js';
import { personSchema } from '../wire/person.js';
import { toOperator, toPerson } from '../wire/translate.js';
import { closed, open, ref } from '../wire/words.js';
import { Asking } from './asking.js';
import { nothing, operations } from './operation.js';
import { commandHeaders, cursorQuery, limitQuery, nextCursor, pageFrom } from './parts.js';

const tag = 'Operators';

const availability = {
  status: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 40,
      description: '`available` and `reserve` are given chats; every other word is not, and is kept as you say it.',
    }),
  ),
  isRequesting: Type.Optional(Type.Boolean({ description: 'Wants one chat above his capacity.' })),
  capacity: Type.Optional(
    Type.Record(Type.String({ maxLength: 35 }), Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]), {
      description: 'Chats at a time by locale; null: any number.',
    }),
  ),
  locales: Type.Optional(
    Type.Record(Type.String({ maxLength: 35 }), Type.Boolean(), {
      description: 'Whether he takes chats of the locale.',
    }),
  ),
  groups: Type.Optional(
    Type.Record(Type.String({ maxLength: 128 }), Type.Boolean(), { description: 'Membership by group.' }),
  ),
};
const availabilitySchema = closed(availability);

const dutySchema = closed({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'As customers read it.' }),
  mode: Type.Optional(
    Type.Enum(['auto', 'claim'] as const, { description: 'Is given chats by the queue, or takes them. Default auto.' }),
  ),
  leaseMs: Type.Optional(
    Type.Integer({
      minimum: 5_000,
      maximum: 86_400_000,
      description: 'On duty for so long, unless renewed. Default 60000.',
    }),
  ),
  ...availability,
});

const byId = closed({ operatorId: Type.String({ maxLength: 64, description: 'The `id` of an operator.' }) });
const byOwnId = closed({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'What you call the operator.' }),
});

const atWork = open({ operator: ref(operatorSchema), person: ref(personSchema) });

type AtWork = Static<typeof atWork>;

const wanted = closed({ limit: limitQuery(1_000, 1_000), cursor: cursorQuery });
const page = open({ operators: Type.Array(atWork), nextCursor });

type Wanted = Static<typeof wanted>;

function operatorNow({ core, reader }: Bridge, id: string): AtWork {
  const lobby = core.lobby(reader.session);
  const operator = lobby.operators.get(id);
  const found = operator && atWorkIn(lobby, operator);
  if (found === undefined) throw new Refusal('UNKNOWN_PARTICIPANT');
  return found;
}

function atWorkIn(lobby: Lobby, operator: OperatorRecord): AtWork | undefined {
  const person = lobby.person(operator.id);
  return person && { operator: toOperator(operator), person: toPerson(person) };
}

function operatorsOf(lobby: Lobby, { cursor = '', limit = 1_000 }: Wanted): Static<typeof page> {
  const left = [...lobby.operators.values()].filter(({ id }) => id > cursor).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { page: found, nextCursor: next } = pageFrom(left, limit, ({ id }) => id);
  return { operators: found.flatMap((operator) => atWorkIn(lobby, operator) ?? []), nextCursor: next };
}

/** Who works here: operators of every protocol, and those of backends, who are on duty as long as they are renewed. */
export function operatorRoutes(app: App, bridge: Bridge): void {
  const { core, reader, duties, access } = bridge;
  const operation = operations(access);
  const asking = new Asking(bridge);

  app.get(
    '/operators',
    operation(
      { id: 'listOperators', tag, summary: 'Every operator of any protocol', scopes: ['read'] },
      { querystring: wanted },
      { 200: page },
    ),
    async (request) => operatorsOf(core.lobby(reader.session), request.query),
  );

  app.get(
    '/operators/:operatorId',
    operation(
      { id: 'getOperator', tag, summary: 'One operator', scopes: ['read'], refusals: ['UNKNOWN_PARTICIPANT'] },
      { params: byId },
      { 200: atWork },
    ),
    async (request) => operatorNow(bridge, request.params.operatorId),
  );

  app.patch(
    '/operators/:operatorId',
    operation(
      {
        id: 'setAvailability',
        tag,
        summary: 'Set the state of work of any operator',
        scopes: ['routing'],
        refusals: ['UNKNOWN_PARTICIPANT', 'ID_CONFLICT'],
      },
      { params: byId, headers: commandHeaders, body: availabilitySchema },
      { 200: atWork },
    ),
    async (request, reply) => {
      const { operatorId } = request.params;
      const session = await asking.asSupervisor(request);
      await asking.ask({ request, reply, session, command: { type: 'SetAvailability', operatorId, ...request.body } });
      return operatorNow(bridge, operatorId);
    },
  );

  app.put(
    '/duties/:id',
    operation(
      {
        id: 'beginDuty',
        tag,
        summary: 'Put an operator of yours on duty, or keep him there',
        description:
          'Send it again before `leaseMs` is over, a third of it is a good time: an operator who is not renewed has gone, and one who is renewed is there again after a restart of the gateway. Who comes on duty is `available` unless you say otherwise; renewing leaves his status as it is.',
        scopes: ['operators'],
        refusals: ['TOO_MANY_DUTIES'],
      },
      { params: byOwnId, body: dutySchema },
      { 200: atWork },
    ),
    async (request, reply) => {
      const { id } = request.params;
      const { name, mode = 'auto', leaseMs = 60_000, ...asked } = request.body;
      const isNew = !duties.has(id);
      if (isNew && duties.isFull) throw new Refusal('TOO_MANY_DUTIES');
      const session = await duties.begin({ id, name, mode }, leaseMs);
      const command: SetAvailability = { type: 'SetAvailability', ...(isNew && { status: 'available' }), ...asked };
      await asking.ask({ request, reply, session, command });
      return operatorNow(bridge, session.participant.id);
    },
  );

  app.delete(
    '/duties/:id',
    operation(
      {
        id: 'endDuty',
        tag,
        summary: 'Take an operator of yours off duty; twice is fine',
        description: 'Chats he still has go the way of every operator who leaves without giving them back.',
        scopes: ['operators'],
      },
      { params: byOwnId },
      { 204: nothing },
    ),
    async (request, reply) => {
      await duties.end(request.params.id);
      return reply.code(204).send();
    },
  );
}
