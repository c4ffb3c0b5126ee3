import type { Log } from '@dragoman/core';

/** For a program without a log: what somebody should see to, as warnings of the process. */
export const processWarnings: Log = {
  debug() {},
  info() {},
  warn: (facts, message) => warn(facts, message),
  error: (facts, message) => warn(facts, message),
};

function warn(facts: Readonly<Record<string, unknown>>, message: string): void {
  process.emitWarning(message, { code: 'DRAGOMAN', detail: JSON.stringify(facts) });
}
