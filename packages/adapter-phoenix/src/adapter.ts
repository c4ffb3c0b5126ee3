import { Fault } from '@dragoman/core';
import type { Adapter, Capabilities, Speech } from '@dragoman/core';
import { clustaarOptions, type ClustaarSettings } from './options.js';
import { openTopics } from './transport.js';

/** What an interlocutor can say and hear in this protocol. */
const customer: Speech = {
  says: { text: { maxUnits: 2000 }, custom: {} },
  hears: { text: {}, control: {}, notice: {} },
};

/** What an operator can on his topic: all but send a picture. */
const operator: Speech = {
  says: {
    text: {},
    typing: {},
    read: { form: 'exact' },
    presence: {},
    lifecycle: {},
    control: {},
    claim: {},
    transfer: {},
    'hand-over': {},
    close: {},
    reopen: {},
    history: {},
  },
  hears: {
    text: {},
    image: { hasCaption: true },
    custom: {},
    notice: {},
    typing: {},
    'typing-preview': {},
    delivered: { form: 'exact' },
    read: { form: 'exact' },
    presence: {},
    lifecycle: {},
    control: {},
    history: {},
  },
};

/** What interlocutors can say and hear, and operators where their topic is on. */
export const clustaarCapabilities = { customer, operator } as const satisfies Capabilities;

/**
 * Clustaar's websocket service for unmodified pages: one topic for each interlocutor, in which his bot and whoever takes
 * control answer. Throws CONFIG_INVALID when no bot is configured.
 */
export function clustaarAdapter(settings: ClustaarSettings): Adapter {
  const options = clustaarOptions(settings);
  if (Object.keys(options.bots).length === 0) {
    throw new Fault('CONFIG_INVALID', `${options.name}: a bot with its public key is needed`);
  }
  let running: ReturnType<typeof openTopics> | undefined;
  return {
    name: options.name,
    capabilities: { customer, ...(options.operators !== undefined && { operator }) },
    async start(core) {
      running ??= openTopics(core, settings, options);
    },
    async stop(goodbye) {
      const server = running;
      running = undefined;
      await server?.close(goodbye);
    },
  };
}
