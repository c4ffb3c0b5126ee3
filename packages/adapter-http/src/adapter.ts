import { Fault, messageLimits } from '@dragoman/core';
import type { Adapter, Capabilities, Core, Goodbye } from '@dragoman/core';
import { Access } from './access.js';
import { Actors } from './actors.js';
import type { Bridge } from './bridge.js';
import { Duties } from './duties.js';
import { Feeds } from './feed/feeds.js';
import { openUpgrades } from './feed/upgrades.js';
import { keyring } from './keys.js';
import { httpOptions, type HttpOptions, type HttpSettings } from './options.js';
import { openBots } from './bots/bots.js';
import { checkBots } from './bots/options.js';
import { checkEndpoints } from './webhooks/options.js';
import { deadLettersOf } from './webhooks/set-aside.js';
import { Webhooks } from './webhooks/webhooks.js';
import { openReader } from './reader.js';
import { createApi } from './rest/api.js';

const picture = { maxBytes: messageLimits.imageBytes, hasCaption: true } as const;
const exact = { form: 'exact' } as const;
const everybodySays = {
  text: { maxUnits: messageLimits.textUnits },
  image: picture,
  custom: {},
  typing: {},
  'typing-preview': {},
  delivered: exact,
  read: exact,
  close: {},
  reopen: {},
  history: {},
} as const;
const everybodyHears = {
  text: {},
  image: picture,
  custom: {},
  notice: {},
  lifecycle: {},
  control: {},
  history: {},
  typing: {},
  delivered: exact,
  read: exact,
  'queue-position': {},
} as const;
/** What a program can say and hear for the people it stands for. */
export const httpCapabilities: Capabilities = {
  customer: { says: everybodySays, hears: everybodyHears },
  operator: {
    says: { ...everybodySays, lifecycle: {}, presence: {}, transfer: {}, 'hand-over': {}, claim: {} },
    hears: { ...everybodyHears, 'typing-preview': {}, presence: {} },
  },
};

interface Running {
  readonly webhooks: Webhooks;
  stop(goodbye: Goodbye | undefined): Promise<void>;
}

/**
 * The backend bridge: any program with an API key reads every chat of a workspace, hears what happens, and acts for
 * customers, operators and bots of its own. Throws CONFIG_INVALID for keys that cannot be used.
 */
export function httpAdapter(settings: HttpSettings): Adapter {
  const options = httpOptions(settings);
  if (options.keys.length === 0) throw new Fault('CONFIG_INVALID', `${options.name}: an API key is needed`);
  keyring(options.keys);
  checkEndpoints(options.webhooks);
  checkBots(options.bots);
  let running: Promise<Running> | undefined;
  let webhooks: Webhooks | undefined;
  return {
    name: options.name,
    capabilities: httpCapabilities,
    async start(core) {
      running ??= open(core, options);
      ({ webhooks } = await running);
    },
    deadLetters: deadLettersOf(() => webhooks),
    async stop(goodbye) {
      const stopping = running;
      running = undefined;
      await (await stopping)?.stop(goodbye);
    },
  };
}

async function open(core: Core, options: HttpOptions): Promise<Running> {
  const access = new Access(options, core);
  const reader = await openReader(core, options);
  const actors = new Actors(core, options, reader.overhear);
  const duties = new Duties(core, options, reader.overhear);
  const webhooks = await Webhooks.open(core, options, reader);
  const bots = await openBots(reader, options, actors);
  const bridge: Bridge = { core, options, access, reader, actors, duties, webhooks };
  const feeds = new Feeds(bridge);
  const app = await createApi(bridge, feeds);
  const upgrades = openUpgrades(bridge, feeds);
  const release = options.listener.claim([options.mount], {
    request: (request, response) => app.routing(request, response),
    upgrade: (request, stream, head) => upgrades.upgrade(request, stream, head),
  });
  return {
    webhooks,
    async stop(goodbye) {
      // Requests are answered and events posted until the last reader was sent away.
      await feeds.stop(goodbye?.overMs ?? 0);
      release();
      upgrades.stop();
      await Promise.all([webhooks.stop(), bots.stop()]);
      await app.close();
      await actors.stop();
      await duties.stop();
      await reader.stop();
    },
  };
}
