export { reducer } from './reducer.js';
export type { LibraryAction } from './actions.js';
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
