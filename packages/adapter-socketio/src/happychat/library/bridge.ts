import { systemClock, type Cancel, type Log, type Outcome, type RejectionCode } from '@dragoman/core';
import {
  applyMiddleware,
  legacy_createStore,
  type Middleware,
  type Store,
  type StoreEnhancer,
  type StoreEnhancerStoreCreator,
} from 'redux';
import { stateReplaced, type LibraryAction } from './actions.js';
import { deedOf } from './deeds.js';
import type { Desk } from './desk.js';
import { isChange, reducer } from './reducer.js';
import { wholeState, type LibraryState } from './state.js';

/** What a team puts around its store [HCS store]. */
export interface StoreExtensions {
  /** First in the chain: they see every action, and may swallow or answer it. */
  readonly middlewares?: readonly Middleware[];
  /** Around the finished store: they see what the team itself dispatches. */
  readonly enhancers?: readonly StoreEnhancer[];
}

/** The store of the library, and the core behind it: what is dispatched becomes deeds, what happens becomes state. */
export interface Bridge {
  readonly store: Store<LibraryState, LibraryAction>;
  /** Something happened behind the store; gives what the middlewares answer. */
  tell(action: LibraryAction): unknown;
  /** A client asks for what an action says: it is done unless a middleware swallows it. */
  carry(action: LibraryAction, run: () => Promise<unknown>): void;
  /** What happened so far, without what was dispatched and is not settled yet. */
  truth(): LibraryState;
  /** From here on what is dispatched is done, in order; resolves when that is so of what was dispatched before. */
  open(desk: Desk): Promise<unknown>;
}

export function createBridge(initial: LibraryState, extensions: StoreExtensions, log: Log): Bridge {
  return new StoreBridge(initial, extensions, log);
}

/** Actions whose effect the core knows nothing of: the state takes them over once the core has agreed. */
const ownEffects = new Set(['REMOVE_CHAT', 'REMOVE_USER']);

/** How long what happens may stay behind what was dispatched and waits, ms. */
const showEveryMs = 20;

class StoreBridge implements Bridge {
  readonly store: Store<LibraryState, LibraryAction>;
  readonly #log: Log;
  readonly #reduce = reduceOnce();
  /** What was dispatched and not settled shows at once, on top of the truth. */
  readonly #pending = new Set<LibraryAction>();
  readonly #told = new WeakSet<LibraryAction>();
  readonly #carried = new Map<LibraryAction, () => Promise<unknown>>();
  #truth: LibraryState;
  #chain: (action: LibraryAction) => unknown = () => undefined;
  #begin: (desk: Desk) => void = () => {};
  readonly #ready = new Promise<Desk>((resolve) => (this.#begin = resolve));
  #turn: Promise<unknown> = this.#ready;
  #cancelShow: Cancel | undefined;

  constructor(initial: LibraryState, { middlewares = [], enhancers = [] }: StoreExtensions, log: Log) {
    this.#truth = initial;
    this.#log = log;
    const last: Middleware<unknown, LibraryState> = (api) => {
      this.#chain = (action) => api.dispatch(action);
      return (next) => (action) => {
        if (isAction(action) && !this.#told.has(action)) this.#take(action);
        return next(action);
      };
    };
    const createStore = [...enhancers, applyMiddleware(...middlewares, last)].reduceRight<StoreEnhancerStoreCreator>(
      (create, wrap) => wrap(create),
      legacy_createStore,
    );
    this.store = createStore<LibraryState, LibraryAction, LibraryState>(this.#reduce, initial);
  }

  tell(action: LibraryAction): unknown {
    this.#truth = this.#reduce(this.#truth, action);
    // A change alone would take back for a moment what was dispatched and is not settled yet.
    const answer = this.#pending.size > 0 && isChange(action) ? undefined : this.#say(action);
    if (this.#pending.size > 0) this.#show();
    return answer;
  }

  carry(action: LibraryAction, run: () => Promise<unknown>): void {
    this.#carried.set(action, run);
    const isThrough = this.#attempt(action) !== failed;
    // A client does not pay for a middleware that fails.
    if (!isThrough && this.#carried.has(action)) this.#take(action);
    this.#carried.delete(action);
  }

  truth(): LibraryState {
    return this.#truth;
  }

  open(desk: Desk): Promise<unknown> {
    this.#begin(desk);
    return this.#turn;
  }

  /** An action has come through the middlewares. */
  #take(action: LibraryAction): void {
    const carried = this.#carried.get(action);
    const deed = deedOf(action);
    if (carried !== undefined) {
      this.#pending.add(action);
      this.#carried.delete(action);
      void this.#settled(action, carried());
    } else if (deed !== undefined) {
      this.#pending.add(action);
      this.#turn = this.#turn.then(async () => this.#settled(action, deed(await this.#ready)));
    } else this.#truth = this.#reduce(this.#truth, action);
  }

  /** Never rejects. */
  async #settled(action: LibraryAction, outcome: Promise<unknown>): Promise<void> {
    try {
      const code = refusalIn(await outcome);
      if (code !== undefined) this.#log.warn({ action: action.type, code }, 'an action was refused');
      else if (ownEffects.has(action.type)) this.#truth = reducer(this.#truth, action);
    } catch (error) {
      this.#log.error({ action: action.type, error: String(error) }, 'an action failed');
    }
    this.#pending.delete(action);
    this.#show();
  }

  /** At once when nothing waits; else from time to time, since all that waits is applied again. */
  #show(): void {
    if (this.#pending.size > 0) {
      this.#cancelShow ??= systemClock.after(showEveryMs, () => this.#showNow());
      return;
    }
    this.#showNow();
  }

  /** What was dispatched is applied again to what has happened meanwhile. */
  #showNow(): void {
    this.#cancelShow?.();
    this.#cancelShow = undefined;
    const state = [...this.#pending].reduce((before, action) => reducer(before, action), this.#truth);
    if (state !== this.store.getState()) this.#say(stateReplaced(state));
  }

  #say(action: LibraryAction): unknown {
    this.#told.add(action);
    const answer = this.#attempt(action);
    return answer === failed ? undefined : answer;
  }

  /** What a middleware or a subscriber throws must not reach the core. */
  #attempt(action: LibraryAction): unknown {
    try {
      return this.#chain(action);
    } catch (error) {
      this.#log.error({ action: action.type, error: String(error) }, 'a middleware or a subscriber failed');
      return failed;
    }
  }
}

const failed = Symbol('failed');

function refusalIn(outcome: unknown): RejectionCode | undefined {
  return isOutcome(outcome) && !outcome.ok ? outcome.rejection.code : undefined;
}

function isOutcome(outcome: unknown): outcome is Outcome {
  return typeof outcome === 'object' && outcome !== null && 'ok' in outcome;
}

/** The truth and the store mostly take the same step, which is as long as the list of chats: it is taken once. */
function reduceOnce(): typeof reducer {
  let last: { readonly from: LibraryState; readonly action: LibraryAction; readonly to: LibraryState } | undefined;
  return (from = wholeState(), action) => {
    if (last?.from !== from || last.action !== action) last = { from, action, to: reducer(from, action) };
    return last.to;
  };
}

function isAction(action: unknown): action is LibraryAction {
  return typeof action === 'object' && action !== null && typeof Reflect.get(action, 'type') === 'string';
}
