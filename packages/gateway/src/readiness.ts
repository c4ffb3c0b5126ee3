import type { Adapter, Store } from '@dragoman/core';
import type { PartState, Readiness } from './health.js';
import { stateOf, type Operations } from './operations/operations.js';
import { within } from './patience.js';

/** How far a gateway has come. */
export type State = 'starting' | 'ready' | 'stopping';

/** A store that says nothing for so long cannot be relied on, ms. */
const healthMs = 2000;

/** What readiness is judged by, as of the moment it is asked for. */
interface Judged {
  readonly store: Store;
  readonly state: () => State;
  readonly adapters: () => readonly Adapter[];
  /** Undefined: nobody looks whether words pass. */
  readonly operations: () => Operations | undefined;
}

export function readinessOf({ store, state, adapters, operations }: Judged): Readiness {
  return async () => {
    if (state() !== 'ready') return [part('gateway', [`the gateway is ${state()}`])];
    const isStoreWell = await isWell(store);
    const speaking = adapters().map((adapter): PartState => {
      const { name, problems } = stateOf(adapter);
      const reasons = [...problems, ...(operations()?.problemsOf(name) ?? [])];
      return { name, isAdapter: true, reasons: reasons.map((reason) => `${name}: ${reason}`) };
    });
    return [part('gateway', []), part('store', isStoreWell ? [] : ['the store does not work']), ...speaking];
  };
}

function part(name: string, reasons: readonly string[]): PartState {
  return { name, isAdapter: false, reasons };
}

function isWell(store: Store): Promise<boolean> {
  const answer = store.health().then(
    ({ problem }) => problem === undefined,
    () => false,
  );
  return within(healthMs, answer, false);
}
