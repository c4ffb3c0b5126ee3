import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { runSequences } from '../core/runtime/sequences.js';

describe('a core on the sqlite store', () => {
  it('keeps every promise of routing and delivery over 200 random sequences, deeds at the same time among them', async function () {
    this.timeout(120_000);
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-sequences-'));
    try {
      await runSequences(await createSqliteStore({ path: folder }), 200, 20_260_102);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
