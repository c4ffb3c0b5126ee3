import type { Clock } from '../../ports.js';
import type { Store } from '../../store.js';

/** A fresh, empty store for one test. */
export interface OpenedStore {
  readonly store: Store;
  /** The clock that the store lives by. */
  readonly clock: Clock & { advance(ms: number): void };
  /** Called once after the test, when its stores are closed. */
  readonly dispose?: () => Promise<void>;
}

/** One that outlives its process. */
export interface OpenedDurableStore extends OpenedStore {
  /** Opens what the closed store has left behind. */
  readonly reopen: () => Promise<Store>;
}

/** The store under test. */
export type StoreSubject = { readonly name: string } & (
  | { readonly isDurable: true; readonly open: () => Promise<OpenedDurableStore> }
  | { readonly isDurable: false; readonly open: () => Promise<OpenedStore> }
);

/** Declares one test: a claim, and what shows it. */
export type StoreTest<Opened extends OpenedStore = OpenedStore> = (
  claim: string,
  body: (opened: Opened) => Promise<void>,
) => void;
