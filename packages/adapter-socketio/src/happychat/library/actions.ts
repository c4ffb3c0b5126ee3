import type { Change } from '../tree.js';
import type { LibraryState } from './state.js';

/** Whatever is dispatched: its fields are its dispatcher's, and are looked at one by one. */
export interface LibraryAction {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What has changed behind the store; `at` is in ms. */
export const stateChanged = (change: Change, at: number): LibraryAction => ({
  type: 'DRAGOMAN_STATE_CHANGED',
  change,
  at,
});

/** What the state is, after all: what was dispatched before is settled, or was refused. */
export const stateReplaced = (state: LibraryState): LibraryAction => ({ type: 'DRAGOMAN_STATE_REPLACED', state });

/** Chats closed before this moment, ms, are forgotten. */
export const staleChatsRemoved = (before: number): LibraryAction => ({ type: 'REMOVE_STALE_CHATS', before });

export function textIn(action: LibraryAction, field: string): string | undefined {
  const value = action[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The id of whoever stands under a field: operators travel whole. */
export function idIn(action: LibraryAction, field: string): string | undefined {
  const who = action[field];
  const id: unknown = typeof who === 'object' && who !== null ? Reflect.get(who, 'id') : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

/** A number, or its digits [HCS remote actions]; undefined for anything else. */
export function numberIn(action: LibraryAction, field: string): number | undefined {
  const value = action[field];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : undefined;
}
