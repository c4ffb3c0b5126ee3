import { clustaar } from './clustaar.js';
import { convead } from './convead.js';
import { happychat } from './happychat.js';
import type { Dialect } from './person.js';
import { sermo } from './sermo.js';
import { tickets } from './tickets.js';

/** Everybody the table is made of. */
export const dialects: readonly Dialect[] = [happychat, tickets, convead, sermo, clustaar];
