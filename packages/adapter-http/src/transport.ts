import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { StoreError, type Log, type StoreErrorCode } from '@dragoman/core';
import type { HttpOptions } from './options.js';
import { headersOf, problemOf, Refusal } from './problems.js';
import { validatorCompiler, type BySchema } from './validation.js';

/** The routes of the API; nothing listens by itself. */
export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyInstance['log'], BySchema>;

/** What the library itself refuses, in our words. */
const refusals = new Map<string, ConstructorParameters<typeof Refusal>>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', ['TOO_LARGE', { what: 'data' }]],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', ['UNSUPPORTED_MEDIA_TYPE']],
  // Its words would repeat what was asked for.
  ['FST_ERR_MAX_PARAM_LENGTH', ['NOT_FOUND']],
  ['FST_ERR_BAD_URL', ['BAD_REQUEST']],
]);

/** What the store says of itself when it may answer later. */
const passing: ReadonlySet<StoreErrorCode> = new Set(['Unavailable', 'Overloaded', 'Closed']);

/** What went wrong, as far as a backend is told. */
export function refusalIn(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StoreError && passing.has(error.code)) return new Refusal('BUSY');
  return isOfLibrary(error) ? refusalOfLibrary(error) : new Refusal('INTERNAL');
}

function isOfLibrary(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function refusalOfLibrary(error: FastifyError): Refusal {
  const known = refusals.get(error.code);
  if (known !== undefined) return new Refusal(...known);
  const isTheirs = error.statusCode !== undefined && error.statusCode < 500;
  return isTheirs ? new Refusal('BAD_REQUEST', { detail: error.message }) : new Refusal('INTERNAL');
}

/** Answers a request with why it is refused. */
export function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal, mount: string): FastifyReply {
  const problem = problemOf(refusal, mount, request.id);
  // As bytes: to text the library would add a charset, of which this type has none [RFC 9457 6.1].
  return reply
    .code(problem.status)
    .headers(headersOf(problem))
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Paths answer methods that are not theirs with those that are. To be called after all routes. */
function refuseOtherMethods(app: App, known: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, own] of [...known]) {
    app.route({
      method: methods.filter((method) => !own.has(method)),
      url,
      schema: { hide: true },
      async handler(_request, reply) {
        reply.header('allow', [...own].join(', '));
        throw new Refusal('METHOD_NOT_ALLOWED');
      },
    });
  }
}

/** Adds routes, below a prefix, so that each path knows its methods. */
export async function addRoutes(app: App, prefix: string, add: (api: App) => Promise<void>): Promise<void> {
  const known = new Map<string, Set<string>>();
  await app.register(
    async (api: App) => {
      api.addHook('onRoute', ({ url, method }) => {
        const own = known.get(url) ?? new Set();
        known.set(url, new Set([...own, ...[method].flat()]));
      });
      await add(api);
    },
    { prefix },
  );
  await app.after();
  refuseOtherMethods(app, known);
}

/** An application without routes whose every answer, the refusals too, has the form of this API. */
export function createApp(options: HttpOptions, log: Log, newId: () => string): App {
  const app = Fastify({
    logger: false,
    bodyLimit: options.limits.bodyBytes,
    genReqId: newId,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void refuse(request, reply, refusalIn(error), options.mount),
  }).withTypeProvider<BySchema>();
  app.removeContentTypeParser('text/plain');
  const parsed = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients declare the type of a body that they do not send.
    if (body === '') done(null);
    else parsed(request, String(body), done);
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalIn(error);
    if (refusal.code === 'INTERNAL') log.error({ err: error, requestId: request.id }, 'a request of a backend failed');
    return refuse(request, reply, refusal, options.mount);
  });
  app.setNotFoundHandler((request, reply) => refuse(request, reply, new Refusal('NOT_FOUND'), options.mount));
  return app;
}
