import { Fault } from '@dragoman/core';
import type { Adapter, Capabilities, Core, Speech } from '@dragoman/core';
import { Access } from './access.js';
import { Actors } from './actors.js';
import { keyring } from './keys.js';
import { httpOptions, type HttpOptions, type HttpSettings } from './options.js';
import { openReader, type Reader } from './reader.js';
import { createApp } from './transport.js';

const speech: Speech = {
  says: {
    ...{ text: {}, image: { hasCaption: true }, custom: {}, typing: {} },
    ...{ delivered: { form: 'exact' }, read: { form: 'exact' } },
    ...{ transfer: {}, 'hand-over': {}, claim: {}, close: {}, reopen: {} },
  },
  hears: {
    ...{ text: {}, image: { hasCaption: true }, custom: {}, notice: {}, typing: {}, lifecycle: {}, control: {} },
    ...{ delivered: { form: 'exact' }, read: { form: 'exact' }, 'queue-position': {}, history: {} },
  },
};
const capabilities: Capabilities = { customer: speech, operator: speech };

/** What the parts of the bridge share between a start and its stop. */
export interface Bridge {
  readonly core: Core;
  readonly options: HttpOptions;
  readonly reader: Reader;
  readonly actors: Actors;
  readonly access: Access;
}

interface Running {
  stop(): Promise<void>;
}

/**
 * The backend bridge: any program with an API key reads every chat of a workspace, hears what happens, and acts for
 * customers, operators and bots of its own. Throws CONFIG_INVALID for keys that cannot be used.
 */
export function httpAdapter(settings: HttpSettings): Adapter {
  const options = httpOptions(settings);
  if (options.keys.length === 0) throw new Fault('CONFIG_INVALID', `${options.name}: an API key is needed`);
  keyring(options.keys);
  let running: Promise<Running> | undefined;
  return {
    name: options.name,
    capabilities,
    async start(core) {
      running ??= open(core, options);
      await running;
    },
    async stop() {
      const stopping = running;
      running = undefined;
      await (await stopping)?.stop();
    },
  };
}

async function open(core: Core, options: HttpOptions): Promise<Running> {
  const access = new Access(options, core);
  const actors = new Actors(core, options);
  const reader = await openReader(core, options);
  const app = createApp(options, core.log, () => core.ids.command());
  await app.ready();
  const release = options.listener.claim([options.mount], {
    request: (request, response) => app.routing(request, response),
  });
  void access;
  return {
    async stop() {
      release();
      await app.close();
      await actors.stop();
      await reader.stop();
    },
  };
}
