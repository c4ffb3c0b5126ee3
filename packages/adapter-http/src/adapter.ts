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

type Closing = (goodbye: Goodbye | undefined) => unknown;

interface Running {
  readonly webhooks: Webhooks;
  readonly stop: (goodbye: Goodbye | undefined) => Promise<void>;
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
      try {
        ({ webhooks } = await running);
      } catch (error) {
        running = undefined;
        throw error;
      }
    },
    deadLetters: deadLettersOf(() => webhooks),
    async stop(goodbye) {
      const stopping = running;
      running = undefined;
      await (await stopping?.catch(() => undefined))?.stop(goodbye);
    },
  };
}

/** Opens everything, or nothing: a start that fails leaves nothing behind. */
async function open(core: Core, options: HttpOptions): Promise<Running> {
  const closings: Closing[] = [];
  const stop: Running['stop'] = async (goodbye) => {
    for (const close of closings.splice(0).reverse()) await close(goodbye);
  };
  try {
    const webhooks = await openAll(core, options, (close) => void closings.push(close));
    return { webhooks, stop };
  } catch (error) {
    await stop(undefined);
    throw error;
  }
}

/** `atStop` takes what ends each part; what was opened last ends first. */
async function openAll(core: Core, options: HttpOptions, atStop: (close: Closing) => void): Promise<Webhooks> {
  const access = new Access(options, core);
  const reader = await openReader(core, options);
  atStop(() => reader.stop());
  const duties = new Duties(core, options, reader.overhear);
  atStop(() => duties.stop());
  const actors = new Actors(core, options, reader.overhear);
  atStop(() => actors.stop());
  const webhooks = await Webhooks.open(core, options, reader);
  atStop(() => webhooks.stop());
  const bots = await openBots(reader, options, actors);
  atStop(() => bots.stop());
  const bridge: Bridge = { core, options, access, reader, actors, duties, webhooks };
  const feeds = new Feeds(bridge);
  const app = await createApi(bridge, feeds);
  atStop(() => app.close());
  const upgrades = openUpgrades(bridge, feeds);
  atStop(() => upgrades.stop());
  const release = options.listener.claim([options.mount], {
    request: (request, response) => app.routing(request, response),
    upgrade: (request, stream, head) => upgrades.upgrade(request, stream, head),
  });
  atStop(release);
  // Requests are answered and events posted until the last reader was sent away.
  atStop((goodbye) => feeds.stop(goodbye?.overMs ?? 0));
  return webhooks;
}
