import { readdirSync } from 'node:fs';
import { clustaar } from './clustaar.js';
import { convead } from './convead.js';
import { happychat } from './happychat.js';
import type { Dialect } from './person.js';
import { sermo } from './sermo.js';
import { tickets } from './tickets.js';

const examples = new URL('../../examples/', import.meta.url);

/** An adapter that the gateway does not know joins the table by a file of its own, which exports its `dialect`. */
const guests = readdirSync(examples)
  .filter((file) => file.endsWith('-people.js'))
  .toSorted()
  .map(async (file) => ((await import(new URL(file, examples).href)) as { readonly dialect: Dialect }).dialect);

/** Everybody the table is made of. */
export const dialects: readonly Dialect[] = [
  happychat,
  tickets,
  convead,
  sermo,
  clustaar,
  ...(await Promise.all(guests)),
];
