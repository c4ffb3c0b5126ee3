import type { Capabilities } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { clustaar, clustaarSchema } from './clustaar.js';
import { convead, conveadSchema } from './convead.js';
import type { Dialect } from './dialect.js';
import { happychat, happychatSchema } from './happychat.js';
import { http, httpSchema } from './http.js';
import { sermo, sermoSchema } from './sermo.js';
import { tickets, ticketsSchema } from './tickets.js';

/** One adapter of a config, told apart by its dialect. */
export const adapterSchema = Type.Union([
  happychatSchema,
  ticketsSchema,
  conveadSchema,
  clustaarSchema,
  sermoSchema,
  httpSchema,
]);

export type AdapterConfig = Static<typeof adapterSchema>;
type DialectName = AdapterConfig['dialect'];
export type AdapterConfigOf<Name extends DialectName> = Extract<AdapterConfig, { dialect: Name }>;

const known: { readonly [Name in DialectName]: Dialect<AdapterConfigOf<Name>> } = {
  happychat,
  tickets,
  convead,
  clustaar,
  sermo,
  http,
};

/** Every dialect, in the order in which they are shown. */
export const dialects: readonly Dialect<AdapterConfig>[] = Object.values(known);

/** What the customers and operators of each dialect can say and hear, by its name in a config. */
export const capabilitiesByDialect: ReadonlyMap<
  string,
  { readonly title: string; readonly capabilities: Capabilities }
> = new Map(Object.entries(known));

/** Only to be used with this part of a config. */
export function dialectOf(config: AdapterConfig): Dialect<AdapterConfig> {
  return known[config.dialect];
}
