import type { Capabilities } from '@dragoman/core';
import type { Dialect } from '../dialect.js';
import { createDesk } from './desk.js';
import { frameLimits } from './frames.js';
import { imageLimits } from './images.js';
import { settingsOf, type TicketsOptions } from './options.js';
import { toResponded } from './translate.js';
import { meet } from './visitor.js';

const words = {
  text: { maxUnits: frameLimits.textUnits },
  image: {
    maxBytes: imageLimits.bytes,
    mimes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
    hasCaption: false,
  },
  typing: {},
  delivered: { form: 'exact' },
  read: { form: 'exact' },
} as const;

const heard = { ...words, lifecycle: {}, notice: {} } as const;

/** What tickets can say and hear [TKD capabilities]. */
export const ticketsCapabilities: Capabilities = {
  customer: { says: words, hears: heard },
  operator: {
    says: { ...words, claim: {}, transfer: {}, 'hand-over': {}, close: {}, reopen: {} },
    // What was said in tickets that wait; their owners' clients keep what they were told.
    hears: { ...heard, history: { pushed: 500 } },
  },
};

/** The ticket protocol on one namespace. */
export function ticketsDialect(options: TicketsOptions): Dialect<never> {
  const settings = settingsOf(options);
  const { space, workspaceId, namespace } = settings;
  return {
    name: space,
    capabilities: ticketsCapabilities,
    // Hears everything, since operators hear of every answered ticket, whoever handles it [TK ticketResponded].
    watch: {
      identity: {
        workspaceId,
        space,
        side: 'bot',
        realm: '',
        externalId: 'watch',
        idType: 'string',
        role: 'monitor',
        name: 'watch',
      },
      how: { scope: 'all', echo: 'all', away: null, chats: 'mine' },
    },
    open(line, around) {
      const desk = createDesk(settings, around);
      line.listen(
        ({ event }) => {
          if (event.type === 'MessagePosted') desk.known.note(event);
          const frame = toResponded(event, space);
          if (frame !== undefined) for (const peer of desk.operators) peer.send(frame);
        },
        () => true,
      );
      return {
        entrances: [{ namespace, meet: (peer, connect) => meet(peer, connect, desk) }],
        close: () => desk.operators.clear(),
      };
    },
  };
}
