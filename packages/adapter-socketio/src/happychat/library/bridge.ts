import type { Log, Outcome } from '@dragoman/core';
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
  /** What happened so far, without what was dispatched and is not settled yet. */
  truth(): LibraryState;
  /** From here on what is dispatched is done, in order; resolves when that is so of what was dispatched before. */
  open(desk: Desk): Promise<unknown>;
}

/** Actions whose effect the core knows nothing of: the state takes them over once the core has agreed. */
const ownEffects = new Set(['REMOVE_CHAT', 'REMOVE_USER']);

export function createBridge(initial: LibraryState, extensions: StoreExtensions, log: Log): Bridge {
  /** What was dispatched and not settled shows at once, on top of the truth. */
  let truth = initial;
  const pending = new Set<LibraryAction>();
  const told = new WeakSet<LibraryAction>();
  const reduce = reduceOnce();
  let chain: (action: LibraryAction) => unknown = () => undefined;
  let begin: (desk: Desk) => void = () => {};
  const ready = new Promise<Desk>((resolve) => (begin = resolve));
  let turn: Promise<unknown> = ready;

  const last: Middleware<unknown, LibraryState> = (api) => {
    chain = (action) => api.dispatch(action);
    return (next) => (action) => (isAction(action) && !told.has(action) ? dispatched(action, next) : next(action));
  };

  function dispatched(action: LibraryAction, next: (action: unknown) => unknown): unknown {
    const deed = deedOf(action);
    if (deed === undefined) {
      truth = reduce(truth, action);
      return next(action);
    }
    pending.add(action);
    turn = turn
      .then(async () => deed(await ready))
      .catch((error: unknown) => log.error({ action: action.type, error: String(error) }, 'an action failed'))
      .then((outcome) => settle(action, outcome ?? undefined));
    return next(action);
  }

  function settle(action: LibraryAction, outcome: Outcome | undefined): void {
    if (outcome?.ok === false) {
      log.warn({ action: action.type, code: outcome.rejection.code }, 'an action was refused');
    } else if (ownEffects.has(action.type)) truth = reducer(truth, action);
    pending.delete(action);
    show();
  }

  /** What was dispatched is applied again to what has happened meanwhile. */
  function show(): void {
    const state = [...pending].reduce(reducer, truth);
    if (state !== store.getState()) say(stateReplaced(state));
  }

  /** What a middleware or a subscriber throws must not reach the core. */
  function say(action: LibraryAction): unknown {
    told.add(action);
    try {
      return chain(action);
    } catch (error) {
      log.error({ action: action.type, error: String(error) }, 'a middleware or a subscriber failed');
      return undefined;
    }
  }

  const { middlewares = [], enhancers = [] } = extensions;
  const createStore = [...enhancers, applyMiddleware(...middlewares, last)].reduceRight<StoreEnhancerStoreCreator>(
    (create, wrap) => wrap(create),
    legacy_createStore,
  );
  const store = createStore<LibraryState, LibraryAction, LibraryState>(reduce, initial);

  return {
    store,
    tell(action) {
      truth = reduce(truth, action);
      // A change alone would take back for a moment what was dispatched and is not settled yet.
      const answer = pending.size > 0 && isChange(action) ? undefined : say(action);
      if (pending.size > 0) show();
      return answer;
    },
    truth: () => truth,
    open(desk) {
      begin(desk);
      return turn;
    },
  };
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
