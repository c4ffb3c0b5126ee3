import { messageLimits } from '@dragoman/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Bridge } from '../bridge.js';
import { pictureIn } from '../pictures.js';
import { Refusal } from '../problems.js';
import type { App } from '../transport.js';
import { closed, count, open, orNull, text } from '../wire/words.js';
import { Asking } from './asking.js';
import { operations } from './operation.js';

const tag = 'Attachments';
const file = Type.String({ contentMediaType: 'application/octet-stream', description: 'The file itself.' });
const kinds = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

const ownedBy = closed({
  side: Type.Optional(
    Type.Enum(['customer', 'operator', 'bot'] as const, { description: 'As what its owner is known.' }),
  ),
  id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'Whose it is, as in `as`: it is erased and exported with him also before it is said. Goes with `side`.',
    }),
  ),
});

const stored = open({
  attachmentId: text('To be named in a message: the SHA-256 of the file.'),
  mime: text('By its first bytes, whatever was declared.'),
  bytes: count('Its size.'),
  width: orNull(Type.Integer(), 'Pixels.'),
  height: orNull(Type.Integer(), 'Pixels.'),
});

/** Pictures: stored before they are said, and read by their id. */
export function attachmentRoutes(app: App, bridge: Bridge): void {
  const { core, options, access } = bridge;
  const operation = operations(access);
  const asking = new Asking(bridge);

  /** Whose a picture is; he is known from then on, so that he can be found to be erased. */
  async function ownerOf(request: FastifyRequest, reply: FastifyReply, { side, id }: Static<typeof ownedBy>) {
    if (side === undefined && id === undefined) return undefined;
    if (side === undefined || id === undefined)
      throw new Refusal('BAD_REQUEST', { detail: '`side` and `id` go together.' });
    const session = await asking.as(request, { side, id });
    await asking.ask({ request, reply, session, command: { type: 'UpdateParticipant' } });
    return session.participant.id;
  }

  app.addContentTypeParser(
    [...kinds],
    { parseAs: 'buffer', bodyLimit: messageLimits.imageBytes },
    (_request, body, done) => done(null, body),
  );

  app.post(
    '/attachments',
    operation(
      {
        id: 'storeAttachment',
        tag,
        summary: 'Store a picture',
        description: `A JPEG, PNG, GIF or WebP of at most ${messageLimits.imageBytes} bytes, as the body of the request. One that no message shows is taken away after \`limits.unsentPicturesMs\` of the gateway, a day.`,
        scopes: ['customers', 'operators', 'bots'],
        refusals: ['UNSUPPORTED_BODY', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
      },
      { querystring: ownedBy },
      { 201: stored },
    ),
    async (request, reply) => {
      const { body } = request;
      const picture = body instanceof Uint8Array ? pictureIn(body) : undefined;
      if (!(body instanceof Uint8Array) || picture === undefined) {
        throw new Refusal('UNSUPPORTED_BODY', { what: 'image' });
      }
      const ownerId = await ownerOf(request, reply, request.query);
      const attachmentId = await core.attachments.put(options.workspaceId, body, picture.mime, ownerId);
      return reply.code(201).send({ attachmentId, ...picture });
    },
  );

  app.get(
    '/attachments/:attachmentId',
    operation(
      { id: 'getAttachment', tag, summary: 'A picture', scopes: ['read'], refusals: ['NOT_FOUND'] },
      { params: closed({ attachmentId: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'From a message.' }) }) },
      {
        200: Type.Unsafe<unknown>({
          description: 'The file.',
          content: Object.fromEntries(kinds.map((kind) => [kind, { schema: file }])),
        }),
      },
    ),
    async (request, reply) => {
      const found = await core.attachments.get(options.workspaceId, request.params.attachmentId);
      if (found === undefined) throw new Refusal('NOT_FOUND');
      reply.header('content-type', found.mime).header('cache-control', 'private, max-age=31536000, immutable');
      return reply.header('x-content-type-options', 'nosniff').send(Buffer.from(found.bytes));
    },
  );
}
