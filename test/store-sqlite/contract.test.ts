import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCountingIds, createFixedClock, storeContract } from '@dragoman/core/testing';
import { createSqliteStore } from '@dragoman/store-sqlite';

storeContract(
  { describe, it },
  {
    name: 'sqlite',
    isDurable: true,
    async open() {
      const path = await mkdtemp(join(tmpdir(), 'dragoman-store-'));
      const clock = createFixedClock();
      const reopen = () => createSqliteStore({ path, clock, ids: createCountingIds(), checkIntegrity: true });
      return { clock, store: await reopen(), reopen, dispose: () => rm(path, { recursive: true }) };
    },
  },
);
