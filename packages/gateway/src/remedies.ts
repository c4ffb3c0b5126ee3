import type { FaultCode } from '@dragoman/core';

/** What the person at the terminal can do about each fault. */
export const remedies: Readonly<Record<FaultCode, string>> = {
  CONFIG_INVALID: 'correct the config; `dragoman schema` describes it',
  STORE_UNAVAILABLE: 'see that the folder of the store and its files can be written, and its disk is not full',
  STORE_LOCKED: 'stop the other gateway, or give this one a folder of its own',
  STORE_CORRUPT:
    'do not write to it: keep a copy of the folder, then restore a backup or the newer version that made it',
  PORT_IN_USE: 'stop the other process, or choose another port',
  BROKER_UNREACHABLE: 'see that the broker runs and that its address and credentials are right',
  LIBRARY_CHANGED: 'install exactly the versions of the lock file',
};
