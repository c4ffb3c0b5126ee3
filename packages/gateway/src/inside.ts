import type { Adapter, Cancel, Core, Observe } from '@dragoman/core';
import { readable } from './operations/redaction.js';
import type { Observers } from './operations/observers.js';

/** What a page of the gateway's own can see of it, and do to it. */
export interface Inside {
  readonly core: Core;
  readonly workspaceIds: readonly string[];
  readonly adapters: readonly Adapter[];
  /** Sends an adapter's clients away and takes them in again. False: no adapter has this name. */
  restart(name: string): Promise<boolean>;
  /** As the core's option `observe`. */
  observe(observe: Observe): Cancel;
  /** A frame as text, without the credentials in it. */
  readable(data: string | Uint8Array): string;
}

export function insideOf(
  core: Core,
  {
    workspaces,
    adapters,
    observers,
  }: {
    readonly workspaces: readonly { readonly id: string }[];
    readonly adapters: readonly Adapter[];
    readonly observers: Observers;
  },
): Inside {
  return {
    core,
    workspaceIds: workspaces.map(({ id }) => id),
    adapters,
    async restart(name) {
      const adapter = adapters.find((one) => one.name === name);
      await adapter?.stop({ reason: 'SHUTDOWN', overMs: 0 });
      await adapter?.start(core);
      return adapter !== undefined;
    },
    observe: observers.add,
    readable,
  };
}
