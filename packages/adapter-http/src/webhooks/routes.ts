import Type from 'typebox';
import type { Bridge } from '../bridge.js';
import { Refusal } from '../problems.js';
import { nothing, operations } from '../rest/operation.js';
import type { App } from '../transport.js';
import { typeName } from '../wire/event.js';
import { numberIn, sequenceOf } from '../wire/translate.js';
import { closed, count, open, orNull, text, time } from '../wire/words.js';
import { pauseCauses } from './condition.js';
import type { DeadLetter } from './dead-letters.js';
import type { Endpoint } from './endpoint.js';

const tag = 'Webhooks';
const iso = (at: number): string => new Date(at).toISOString();

const webhookSchema = open({
  id: text('As it is called in the config.'),
  url: text('Where events are sent, without the query.'),
  types: orNull(Type.Array(Type.String()), 'What it is told; null: every recorded event.'),
  paused: orNull(
    open({
      cause: Type.Enum(pauseCauses, {
        description:
          '`failing`: tried now and then until it is well; `gone`: it answered 410; `full`: too many events are set aside; `asked`: somebody wished it. All but the first until it is resumed.',
      }),
      since: time('When it began.'),
    }),
    'Null: it is sent what there is.',
  ),
  failures: count('Attempts that failed since the last success.'),
  lastFailure: orNull(
    open({ at: time('When.'), reason: text('`STATUS_` and a number, or a code.') }),
    'Null: none since the gateway was started.',
  ),
  waiting: count('Events in memory for it that it has not taken; more may wait in the log.'),
  sequence: text('Everything up to this place of the log was taken, set aside, or is not for it.'),
  deadLetters: count('Events set aside.'),
});

const deadLetterSchema = open({
  sequence: text('Its place in the log, as in its envelope.'),
  id: text('Of the event: the `webhook-id` it was sent with.'),
  type: text('Of the event.'),
  chatId: text('Whose chat.'),
  reason: text('What the last attempt failed with.'),
  status: orNull(Type.Integer(), 'What it answered; null: no answer came.'),
  attempts: count('How often it was tried.'),
  at: time('When it was set aside.'),
});

const params = closed({ id: Type.String({ maxLength: 64, description: 'Of a webhook.' }) });
const letterParams = closed({
  id: Type.String({ maxLength: 64, description: 'Of a webhook.' }),
  sequence: Type.String({ pattern: '^[0-9]{1,16}$', description: 'Of a dead letter.' }),
});

function toWebhook(endpoint: Endpoint) {
  const { id, url, types, condition, lastFailure, waiting, place, dead } = endpoint;
  const { paused, failures } = condition;
  return {
    id,
    url: url.origin + url.pathname,
    failures,
    waiting,
    deadLetters: dead.size,
    sequence: sequenceOf(place),
    types: types === undefined ? null : types.map(typeName),
    paused: paused === null ? null : { cause: paused.cause, since: iso(paused.sinceAt) },
    lastFailure: lastFailure === null ? null : { at: iso(lastFailure.at), reason: lastFailure.reason },
  };
}

function toLetter({ number, eventId, type, chatId, reason, status, attempts, at }: DeadLetter) {
  const [sequence, name] = [sequenceOf(number), typeName(type)];
  return { sequence, id: eventId, type: name, chatId, reason, status, attempts, at: iso(at) };
}

/** The state of the delivery to endpoints, and what an operator of the gateway may do about it. */
export function webhookRoutes(app: App, { webhooks, access }: Bridge): void {
  const operation = operations(access);
  const about = { tag, scopes: ['webhooks'] } as const;
  const refusals = ['NOT_FOUND'] as const;

  const endpointOf = (id: string): Endpoint => {
    const endpoint = webhooks.find(id);
    if (endpoint === undefined) throw new Refusal('NOT_FOUND');
    return endpoint;
  };
  const letterOf = (asked: { readonly id: string; readonly sequence: string }): [Endpoint, DeadLetter] => {
    const endpoint = endpointOf(asked.id);
    const letter = endpoint.dead.find(numberIn(asked.sequence) ?? 0);
    if (letter === undefined) throw new Refusal('NOT_FOUND');
    return [endpoint, letter];
  };

  app.get(
    '/webhooks',
    operation(
      { ...about, id: 'listWebhooks', summary: 'Every endpoint, and how it fares' },
      {},
      { 200: open({ webhooks: Type.Array(webhookSchema) }) },
    ),
    async () => ({ webhooks: webhooks.all.map(toWebhook) }),
  );

  app.get(
    '/webhooks/:id',
    operation({ ...about, id: 'getWebhook', summary: 'One endpoint', refusals }, { params }, { 200: webhookSchema }),
    async (request) => toWebhook(endpointOf(request.params.id)),
  );

  app.post(
    '/webhooks/:id/pause',
    operation(
      { ...about, id: 'pauseWebhook', summary: 'Send nothing more, until it is resumed', refusals },
      { params },
      { 200: webhookSchema },
    ),
    async (request) => {
      const endpoint = endpointOf(request.params.id);
      await endpoint.pause();
      return toWebhook(endpoint);
    },
  );

  app.post(
    '/webhooks/:id/resume',
    operation(
      { ...about, id: 'resumeWebhook', summary: 'Go on, whatever it was paused for', refusals },
      { params },
      { 200: webhookSchema },
    ),
    async (request) => {
      const endpoint = endpointOf(request.params.id);
      await endpoint.resume();
      return toWebhook(endpoint);
    },
  );

  app.get(
    '/webhooks/:id/dead-letters',
    operation(
      {
        ...about,
        id: 'listDeadLetters',
        summary: 'Events that an endpoint did not take, oldest first',
        description: 'They name what lies in the log, and hold nothing that was said.',
        refusals,
      },
      { params },
      { 200: open({ deadLetters: Type.Array(deadLetterSchema) }) },
    ),
    async (request) => ({ deadLetters: endpointOf(request.params.id).dead.all.map(toLetter) }),
  );

  app.post(
    '/webhooks/:id/dead-letters/redrive',
    operation(
      { ...about, id: 'redriveDeadLetters', summary: 'Send all of them again, oldest first', refusals },
      { params },
      { 202: open({ redriven: count('How many are sent again.') }) },
    ),
    async (request, reply) => {
      const endpoint = endpointOf(request.params.id);
      const letters = endpoint.dead.all;
      for (const { number } of letters) await endpoint.redrive(number);
      return reply.code(202).send({ redriven: letters.length });
    },
  );

  app.post(
    '/webhooks/:id/dead-letters/:sequence/redrive',
    operation(
      {
        ...about,
        id: 'redriveDeadLetter',
        summary: 'Send one of them again',
        description: 'It stays in the list until the endpoint takes it.',
        refusals,
      },
      { params: letterParams },
      { 202: deadLetterSchema },
    ),
    async (request, reply) => {
      const [endpoint, letter] = letterOf(request.params);
      await endpoint.redrive(letter.number);
      return reply.code(202).send(toLetter(letter));
    },
  );

  app.delete(
    '/webhooks/:id/dead-letters/:sequence',
    operation(
      { ...about, id: 'dropDeadLetter', summary: 'Give one of them up', refusals },
      { params: letterParams },
      { 204: nothing },
    ),
    async (request, reply) => {
      const [endpoint, letter] = letterOf(request.params);
      await endpoint.drop(letter.number);
      return reply.code(204).send();
    },
  );
}
