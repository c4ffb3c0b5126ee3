import { createMemoryStore } from '@dragoman/core';
import { runSequences } from './sequences.js';

describe('a core on the memory store', () => {
  it('keeps every promise of routing and delivery over 200 random sequences, deeds at the same time among them', async function () {
    this.timeout(60_000);
    await runSequences(createMemoryStore(), 200, 20_260_101);
  });
});
