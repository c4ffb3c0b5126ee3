import type { Store } from 'redux';
import type { LibraryAction } from './actions.js';
import type { LibraryState } from './state.js';

/** Sets both; the default is among the supported ones whether it is named there or not, and stays when it is empty. */
export type ConfigureLocales = (defaultLocale: string, supported?: readonly string[]) => void;

/** The first time, capacities that were there before there were locales become those of the default locale [HCS locales]. */
export function createLocales(store: Store<LibraryState, LibraryAction>, initial: LibraryState): ConfigureLocales {
  let legacy = Object.values(initial.operators.identities).filter(
    ({ capacity }) => typeof capacity === 'number' && capacity > 0,
  );
  return (defaultLocale, supported = []) => {
    store.dispatch({ type: 'CONFIGURE_LOCALES', defaultLocale, supported });
    const { defaultLocale: locale } = store.getState().locales;
    for (const { id, capacity } of legacy) {
      store.dispatch({ type: 'SET_OPERATOR_CAPACITY', locale, capacity, __remote_user: { id } });
    }
    legacy = [];
  };
}
