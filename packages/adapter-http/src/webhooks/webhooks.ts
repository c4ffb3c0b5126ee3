import type { Core } from '@dragoman/core';
import type { HttpOptions } from '../options.js';
import type { Reader } from '../reader.js';
import { Endpoint } from './endpoint.js';
import type { WebhookEndpoint } from './options.js';

/** The endpoints of a workspace that are told what happens. */
export class Webhooks {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #close: () => Promise<void>;

  private constructor(endpoints: ReadonlyMap<string, Endpoint>, close: () => Promise<void>) {
    this.#endpoints = endpoints;
    this.#close = close;
  }

  /** Opens all of them, or none. */
  static async open(core: Core, options: HttpOptions, reader: Reader): Promise<Webhooks> {
    const opened: Opened[] = [];
    const close = async (): Promise<void> => void (await Promise.all(opened.map((one) => one.close())));
    try {
      for (const webhook of options.webhooks) opened.push(await openEndpoint(webhook, core, options, reader));
    } catch (error) {
      await close();
      throw error;
    }
    return new Webhooks(new Map(opened.map(({ endpoint }) => [endpoint.id, endpoint])), close);
  }

  get all(): readonly Endpoint[] {
    return [...this.#endpoints.values()];
  }

  find(id: string): Endpoint | undefined {
    return this.#endpoints.get(id);
  }

  stop(): Promise<void> {
    return this.#close();
  }
}

interface Opened {
  readonly endpoint: Endpoint;
  readonly close: () => Promise<void>;
}

async function openEndpoint(
  webhook: WebhookEndpoint,
  core: Core,
  { workspaceId, name: space }: HttpOptions,
  reader: Reader,
): Promise<Opened> {
  const who = { workspaceId, space, side: 'operator', role: 'monitor', realm: '', idType: 'string', name: '' } as const;
  const identity = { ...who, externalId: `webhook:${webhook.id}` };
  const session = await core.connect(identity, { scope: 'all', echo: 'all', away: null, chats: [] }, () => {});
  try {
    const endpoint = await Endpoint.open(webhook, { core, session, space });
    const unfollow = reader.follow({ grown: endpoint.grown, signalled: () => {} });
    endpoint.grown();
    const close = async (): Promise<void> => {
      unfollow();
      await endpoint.stop();
      await session.end();
    };
    return { endpoint, close };
  } catch (error) {
    await session.end();
    throw error;
  }
}
