import type { Adapter, Log } from '@dragoman/core';
import { within } from './patience.js';

/** An adapter that has not stopped so long after its last good-bye is left behind, ms. */
const leaveBehindMs = 5000;

/** Lets an adapter send its clients away over so long; what goes wrong is in the log. */
export async function sayGoodbye(adapter: Adapter, overMs: number, log: Log): Promise<void> {
  const stopping = adapter.stop({ reason: 'SHUTDOWN', overMs }).then(
    () => null,
    (error: unknown) => error,
  );
  const failure = await within<unknown>(overMs + leaveBehindMs, stopping, 'it takes too long');
  if (failure !== null) log.error({ err: failure, adapter: adapter.name }, 'an adapter did not stop');
}
