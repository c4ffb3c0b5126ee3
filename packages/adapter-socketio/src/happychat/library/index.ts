/** The library of happychat-service over Dragoman's core: whoever mounts the original changes this one import. */
export { service, service as default } from './library.js';
export type { Library } from './library.js';
export { reducer } from './reducer.js';
export type { LibraryAction } from './actions.js';
export type { StoreExtensions } from './bridge.js';
export { Controller } from './controller.js';
export type { Filtered, LibraryFilter } from './filters.js';
export type { ConfigureLocales } from './locales.js';
export type { LogCache, LogCacheBuilder } from './logs.js';
export type { Measure } from './mirror.js';
export type { Authenticators, LibraryOptions, Timeouts } from './options.js';
export type { DoorOptions } from '../../door.js';
export {
  STATUS_ABANDONED,
  STATUS_ASSIGNED,
  STATUS_ASSIGNING,
  STATUS_CLOSED,
  STATUS_CUSTOMER_DISCONNECT,
  STATUS_MISSED,
  STATUS_NEW,
  STATUS_PENDING,
} from './state.js';
export type { ById, ChatRecord, InitialState, LibraryGroup, LibraryMembership, LibraryState } from './state.js';
