import Type from 'typebox';
import type { Bridge } from '../bridge.js';
import type { Feeds } from '../feed/feeds.js';
import { feedQuery } from '../feed/filter.js';
import type { App } from '../transport.js';
import { eventSchema } from '../wire/event.js';
import { ref } from '../wire/words.js';
import { keyOf, operations } from './operation.js';

/** What happens, as it happens. */
export function eventRoutes(app: App, bridge: Bridge, feeds: Feeds): void {
  const operation = operations(bridge.access);

  app.get(
    '/events',
    operation(
      {
        id: 'followEvents',
        tag: 'Events',
        summary: 'What happens in every chat, without gaps',
        description:
          'Server-Sent Events; a WebSocket at the same path tells the same, one event in each text message. Each `data` is an event; its `id` is its `sequence`: whoever comes back with it as Last-Event-ID is told everything after it, however long he was away.',
        scopes: ['events'],
        refusals: ['TOO_MANY_FEEDS'],
      },
      { querystring: feedQuery },
      {
        200: Type.Unsafe<unknown>({
          description: 'A stream of events.',
          content: { 'text/event-stream': { schema: ref(eventSchema) } },
        }),
      },
    ),
    async (request, reply) => {
      const ticket = await feeds.admit(keyOf(request), request.query, request.raw);
      reply.hijack();
      feeds.stream(ticket, reply.raw);
    },
  );
}
