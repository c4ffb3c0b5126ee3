import Type, { type Static } from 'typebox';
import { secret } from './auth.js';
import type { Surroundings } from './crosschecks.js';
import type { Problem } from './problems.js';
import { secretProblems } from './secrets.js';
import { closed, ms, name } from './words.js';

export const operationsSchema = closed(
  {
    listener: Type.Optional(
      name('Where it is served; a listener of its own keeps it from the network of the clients. Default: the first.'),
    ),
    key: Type.Optional(secret('Whoever shows it as `Authorization: Bearer` may look. Default: none.')),
    metrics: Type.Optional(
      Type.Boolean({ description: '`/metrics` for Prometheus, for everybody when there is no key. Default true.' }),
    ),
    sightings: Type.Optional(
      Type.Boolean({
        description:
          '`/operations/sightings`: everything that happens while it happens, with what people wrote for those who ask. Needs the key. Default false.',
      }),
    ),
    probe: Type.Optional(
      closed(
        {
          everyMs: Type.Optional(ms('From the end of one round to the next. Default 30000.')),
          timeoutMs: Type.Optional(ms('Words that take longer are lost. Default 5000.')),
        },
        'Customers and operators of every two adapters talk now and then, hidden from everybody. Default: they do not.',
      ),
    ),
  },
  'What operators of the gateway look at. Default: nothing is served.',
);

export type OperationsConfig = Static<typeof operationsSchema>;

/** What is wrong beyond the shape. */
export function operationsProblems(
  { listener, key, sightings }: OperationsConfig,
  listeners: readonly unknown[],
  { env }: Surroundings,
): readonly Problem[] {
  return [
    ...(listener === undefined || listeners.includes(listener)
      ? []
      : [{ path: 'operations.listener', what: `no listener is called ${JSON.stringify(listener)}` }]),
    ...(key === undefined ? [] : secretProblems(key, 'operations.key', env)),
    ...(sightings === true && key === undefined
      ? [{ path: 'operations.key', what: 'is missing: sightings are not for everybody' }]
      : []),
  ];
}
