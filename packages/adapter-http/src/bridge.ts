import type { Core } from '@dragoman/core';
import type { Access } from './access.js';
import type { Actors } from './actors.js';
import type { Duties } from './duties.js';
import type { HttpOptions } from './options.js';
import type { Reader } from './reader.js';
import type { Webhooks } from './webhooks/webhooks.js';

/** What the parts of the bridge share between a start and its stop. */
export interface Bridge {
  readonly core: Core;
  readonly options: HttpOptions;
  readonly access: Access;
  readonly reader: Reader;
  readonly actors: Actors;
  readonly duties: Duties;
  readonly webhooks: Webhooks;
}
