import type { Change } from '../tree.js';
import type { LibraryAction } from './actions.js';
import { patched } from './patched.js';
import { reduceChats } from './reduce-chats.js';
import { reduceOperators } from './reduce-operators.js';
import { reduceGroups, reduceLocales } from './reduce-routing.js';
import { at, STATUS_CLOSED, wholeState, type ChatRecord, type LibraryState } from './state.js';

/** The state of the library as a function of what was dispatched, and of what came from behind the store. */
export function reducer(state: LibraryState = wholeState(), action: LibraryAction): LibraryState {
  if (isReplacement(action)) return action.state;
  if (isChange(action)) return changedBehind(state, action.change, action.at);
  const next: LibraryState = {
    operators: reduceOperators(state.operators, action),
    chatlist: reduceChats(state.chatlist, action),
    groups: reduceGroups(state.groups, action),
    locales: reduceLocales(state.locales, action),
  };
  return isSame(state, next) ? state : next;
}

function isReplacement(action: LibraryAction): action is LibraryAction & { readonly state: LibraryState } {
  return action.type === 'DRAGOMAN_STATE_REPLACED';
}

/** Whether it came from behind the store. */
export function isChange(
  action: LibraryAction,
): action is LibraryAction & { readonly change: Change; readonly at: number } {
  return action.type === 'DRAGOMAN_STATE_CHANGED';
}

/** What operators share, and chats that left it: those stay here as closed until they are stale. */
function changedBehind(state: LibraryState, change: Change, now: number): LibraryState {
  const next = patched(state, change);
  const chats = change.o === 'O' ? change.v['chatlist'] : undefined;
  if (chats?.o !== 'O') return next;
  const gone = Object.entries(chats.v).flatMap(([id, one]) => {
    const record = one.o === '-' ? at(state.chatlist, id) : undefined;
    return record === undefined ? [] : [[id, closed(record, now)] as const];
  });
  return gone.length === 0 ? next : { ...next, chatlist: { ...next.chatlist, ...Object.fromEntries(gone) } };
}

function closed([status, chat, operator, since, ...rest]: ChatRecord, now: number): ChatRecord {
  return [STATUS_CLOSED, chat, operator, status === STATUS_CLOSED ? since : now, ...rest];
}

function isSame(a: LibraryState, b: LibraryState): boolean {
  return a.operators === b.operators && a.chatlist === b.chatlist && a.groups === b.groups && a.locales === b.locales;
}
