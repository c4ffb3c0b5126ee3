import Type, { type Static } from 'typebox';
import { secret } from './auth.js';
import type { Surroundings } from './crosschecks.js';
import type { Problem } from './problems.js';
import { secretProblems } from './secrets.js';
import { closed, name } from './words.js';

/** A key that is guessed opens every chat. */
const minKeyBytes = 16;

export const adminSchema = closed(
  {
    key: secret('Whoever shows it sees every chat; 16 bytes at least.'),
    listener: Type.Optional(
      name('Where it is served; a listener of its own keeps it from the network of the clients. Default: the first.'),
    ),
  },
  'The inspector, a page at `/admin`. Default: it is not served.',
);

export type AdminConfig = Static<typeof adminSchema>;

/** What is wrong beyond the shape. */
export function adminProblems(
  { key, listener }: AdminConfig,
  listeners: readonly unknown[],
  { env }: Surroundings,
): readonly Problem[] {
  const isUnknown = listener !== undefined && !listeners.includes(listener);
  return [
    ...(isUnknown ? [{ path: 'admin.listener', what: `no listener is called ${JSON.stringify(listener)}` }] : []),
    ...secretProblems(key, 'admin.key', env, minKeyBytes),
  ];
}
