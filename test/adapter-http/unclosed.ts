import type { Store } from '@dragoman/core';

/** A store that outlives the core that closes it. */
export function unclosed(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === 'close') return async () => {};
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
