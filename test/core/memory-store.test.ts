import { createMemoryStore } from '@dragoman/core';
import { createCountingIds, createFixedClock, storeContract } from '@dragoman/core/testing';

storeContract(
  { describe, it },
  {
    name: 'memory',
    isDurable: false,
    async open() {
      const clock = createFixedClock();
      return { clock, store: createMemoryStore({ clock, ids: createCountingIds() }) };
    },
  },
);
