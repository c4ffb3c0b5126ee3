import swagger from '@fastify/swagger';
import type { HttpOptions } from '../options.js';
import { problemSchema } from '../problems.js';
import type { App } from '../transport.js';
import { chatSchema } from '../wire/chat.js';
import { eventSchema, eventSchemas, operatorSchema, routingSchema } from '../wire/event.js';
import { messageSchema } from '../wire/message.js';
import { personSchema } from '../wire/person.js';
import { pageOf, type ApiDocument } from './page.js';

const about = `Any backend, in any language, as the desk, the bot or the customer of chats of every protocol.

Requests carry an API key as a bearer token. A request that changes something may carry an Idempotency-Key; sent again with
it, it has no second effect. Lists come in pages: \`nextCursor\` is the \`cursor\` of the next. Refusals are problem details
by RFC 9457 with a \`code\`.`;

const tags = [
  { name: 'Chats', description: 'Conversations, and what moves them.' },
  { name: 'Messages', description: 'What is said, and what becomes of it.' },
  { name: 'Events', description: 'What happens, as it happens.' },
  { name: 'Operators', description: 'Who works here.' },
  { name: 'Participants', description: 'People, bots and desks.' },
  { name: 'Attachments', description: 'Pictures.' },
  { name: 'Privacy', description: 'What is kept of a person: to be given, or to be erased.' },
  { name: 'Webhooks', description: 'How the delivery of events to endpoints fares. They are set up in the config.' },
  { name: 'Workspace', description: 'The whole of it: routing and the queue.' },
];

/** Must come before the routes, which it watches. */
export async function describeApi(app: App, { mount }: HttpOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Dragoman',
        version: '1',
        description: about,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: mount, description: 'This gateway.' }],
      tags,
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } } },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `schema-${index}`) },
  });
  const shared = [chatSchema, messageSchema, personSchema, operatorSchema, routingSchema, problemSchema];
  for (const schema of [...shared, ...eventSchemas, eventSchema]) app.addSchema(schema);
}

/** What everybody may read: the description of the API for programs and for people. */
export function documentRoutes(app: App, options: HttpOptions): void {
  const hidden = { schema: { hide: true } };
  app.get('/openapi.json', hidden, async (_request, reply) => reply.send(app.swagger()));

  const html = async (): Promise<string> => pageOf(app.swagger() as ApiDocument, options.mount);
  for (const path of ['/', '/docs']) {
    app.get(path, hidden, async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
        .send(await html()),
    );
  }
}
