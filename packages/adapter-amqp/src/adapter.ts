import type { Adapter, DeadLetters, Fields } from '@dragoman/core';
import { asideOn } from './aside.js';
import { brokerAddress } from './broker-address.js';
import { Running } from './running.js';
import { sermoCapabilities } from './sermo/capabilities.js';
import { setupOf, type SermoOptions, type SermoSetup } from './sermo/options.js';
import { checkSetup } from './sermo/places.js';
import { Tally } from './sermo/tally.js';
import type { Unsent } from './sermo/unsent.js';

/** The adapter, and how it fares. */
export interface SermoAdapter extends Adapter {
  /** Figures and states, without addresses and words. */
  status(): Fields;
}

/** Sermo over a broker. Throws CONFIG_INVALID for what cannot work. */
export function sermoAdapter(options: SermoOptions): SermoAdapter {
  const setup = setupOf(options);
  checkSetup(setup);
  setup.urls.forEach(brokerAddress);
  const tally = new Tally();
  let running: Running | undefined;
  return {
    name: setup.name,
    capabilities: sermoCapabilities,
    health: () => running?.health() ?? { problems: [] },
    deadLetters: deadLettersOf(setup, () => running?.unsent),
    status: () => ({ ...running?.status(), counts: tally.all }),
    async start(core) {
      running = await Running.open(core, setup, tally);
      await running.begin();
    },
    async stop() {
      const stopping = running;
      running = undefined;
      await stopping?.stop();
    },
  };
}

/** What lies aside on the broker, and what the broker would not take. */
function deadLettersOf({ urls, tls, names }: SermoSetup, unsent: () => Unsent | undefined): DeadLetters {
  const aside = asideOn({ urls, tls, queues: [names.parked, names.deadQueue] });
  return {
    async all() {
      const out = unsent()?.all ?? [];
      return [...out, ...(await aside.all())];
    },
    redrive: async (id) => unsent()?.redrive(id) === true || aside.redrive(id),
  };
}
