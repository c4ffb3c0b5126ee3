import type { Core } from '@dragoman/core';
import type { HttpOptions } from '../options.js';
import type { Reader } from '../reader.js';
import { Endpoint } from './endpoint.js';

/** The endpoints of a workspace that are told what happens. */
export class Webhooks {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #close: () => Promise<void>;

  private constructor(endpoints: ReadonlyMap<string, Endpoint>, close: () => Promise<void>) {
    this.#endpoints = endpoints;
    this.#close = close;
  }

  static async open(core: Core, options: HttpOptions, reader: Reader): Promise<Webhooks> {
    const { workspaceId, name: space } = options;
    const who = { workspaceId, space, side: 'operator', role: 'monitor', realm: '', idType: 'string' } as const;
    const opened: { readonly endpoint: Endpoint; readonly close: () => Promise<void> }[] = [];
    for (const webhook of options.webhooks) {
      const identity = { ...who, externalId: `webhook:${webhook.id}`, name: '' };
      const session = await core.connect(identity, { scope: 'all', echo: 'all', away: null, chats: [] }, () => {});
      const endpoint = await Endpoint.open(webhook, { core, session, space });
      const unfollow = reader.follow({ grown: endpoint.grown, signalled: () => {} });
      endpoint.grown();
      opened.push({
        endpoint,
        async close() {
          unfollow();
          await endpoint.stop();
          await session.end();
        },
      });
    }
    const byId = new Map(opened.map(({ endpoint }) => [endpoint.id, endpoint]));
    return new Webhooks(byId, async () => void (await Promise.all(opened.map(({ close }) => close()))));
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
