import { Fault } from '@dragoman/core';
import type { Adapter, Capabilities } from '@dragoman/core';
import { clustaarOptions, type ClustaarSettings } from './options.js';
import { openTopics } from './transport.js';

/** What each side can say and hear in this protocol. */
const capabilities: Capabilities = {
  customer: {
    says: { text: { maxUnits: 2000 }, custom: {} },
    hears: { text: {}, control: {}, notice: {}, history: { pushed: 100 } },
  },
};

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
    capabilities,
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
