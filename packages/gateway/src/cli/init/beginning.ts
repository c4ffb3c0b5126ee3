import type { AdapterConfig } from '../../dialects/index.js';
import { dialectNames } from '../choices.js';

/** What a config is begun with. */
export interface Beginning {
  readonly dialects: readonly AdapterConfig['dialect'][];
  readonly host: string;
  readonly port: number;
  /** Origins of the pages that may connect; none: as each protocol has it. */
  readonly origins: readonly string[];
  readonly broker: string;
}

/** What needs nothing but this machine. */
export const aloneNames = dialectNames.filter((name) => name !== 'sermo');
