import { inspector } from '@dragoman/inspector';
import type { Log } from '@dragoman/core';
import type { Environment } from './config/secrets.js';
import { secretOf } from './config/secrets.js';
import type { Config } from './config/schema.js';
import type { Listeners } from './dialects/materials.js';
import type { Inside } from './inside.js';
import { isBearerOf } from './operations/bearer.js';
import { serveSite, type OpenSite } from './site.js';

export interface SiteSurroundings {
  readonly config: Config;
  readonly environment: Environment;
  readonly listeners: Listeners;
  readonly inside: Inside;
  readonly log: Log;
}

/** Serves the inspector where the config asks for it, and these on the first listener; resolves with their end. */
export async function openSites(sites: readonly OpenSite[], around: SiteSurroundings): Promise<() => Promise<void>> {
  const { config, environment, listeners, inside, log } = around;
  const { admin } = config;
  const first = config.listeners[0]?.name ?? '';
  const all = sites.map((open) => ({ open, at: first }));
  if (admin !== undefined) {
    const isAllowed = isBearerOf(secretOf(admin.key, environment));
    all.push({ open: inspector({ isAllowed }), at: admin.listener ?? first });
  }
  const opened = await Promise.all(all.map(async ({ open, at }) => ({ site: await open(inside), at })));
  for (const { site, at } of opened) {
    const listener = listeners.get(at);
    if (listener !== undefined) await serveSite(listener, site, log);
  }
  return async () => void (await Promise.all(opened.map(({ site }) => site.close?.())));
}
