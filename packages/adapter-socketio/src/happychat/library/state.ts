import type { Fields } from '@dragoman/core';

/** The eight words a chat's status is one of [HC customer/status]. */
export const STATUS_NEW = 'new';
export const STATUS_PENDING = 'pending';
export const STATUS_MISSED = 'missed';
export const STATUS_ASSIGNED = 'assigned';
export const STATUS_ASSIGNING = 'assigning';
export const STATUS_ABANDONED = 'abandoned';
export const STATUS_CUSTOMER_DISCONNECT = 'customer-disconnect';
export const STATUS_CLOSED = 'closed';

/** Something by the id it has on the wire; numbers by their digits. */
export type ById<Thing> = Readonly<Record<string, Thing>>;

/** Status, chat, assigned operator or null, ms of the last change, members, locale, groups [HCS chat record]. */
export type ChatRecord = readonly unknown[];

export interface LibraryMembership {
  readonly capacity: number;
  readonly load: number;
  readonly active: boolean;
}

export interface LibraryGroup {
  readonly id: string;
  readonly name?: string;
  readonly exclusive?: boolean;
  readonly members?: ById<true>;
}

/** What `store.getState()` gives: the names and the shape are the original's [HCS state]. */
export interface LibraryState {
  readonly operators: {
    readonly identities: ById<Fields>;
    readonly system: { readonly acceptsCustomers: boolean };
    /** Which sockets each operator has. */
    readonly user_sockets: ById<readonly string[]>;
    /** Whose each socket is. */
    readonly sockets: ById<string | number>;
  };
  /** Chats that are new or closed too. */
  readonly chatlist: ById<ChatRecord>;
  readonly groups: ById<LibraryGroup>;
  readonly locales: {
    readonly defaultLocale: string;
    readonly supported: readonly string[];
    readonly memberships: ById<ById<LibraryMembership>>;
  };
}

/** A state to start with: any part may be missing. */
export type InitialState = {
  readonly [Part in keyof LibraryState]?: Partial<LibraryState[Part]>;
};

export const defaultGroupId = '__default';

const emptyState: LibraryState = {
  operators: { identities: {}, system: { acceptsCustomers: false }, user_sockets: {}, sockets: {} },
  chatlist: {},
  groups: { [defaultGroupId]: { id: defaultGroupId, name: 'Default' } },
  locales: { defaultLocale: 'en-US', supported: ['en-US'], memberships: {} },
};

/** The whole state that a partial one means; sockets are never taken over. */
export function wholeState({
  operators = {},
  chatlist = {},
  groups = {},
  locales = {},
}: InitialState = {}): LibraryState {
  const { identities = {}, system = emptyState.operators.system } = operators;
  const { defaultLocale = emptyState.locales.defaultLocale, supported = [defaultLocale], memberships = {} } = locales;
  return {
    operators: { ...emptyState.operators, identities, system },
    chatlist: present(chatlist),
    groups: { ...emptyState.groups, ...present(groups) },
    locales: { defaultLocale, supported: withDefault(defaultLocale, supported), memberships },
  };
}

/** The default locale is always among those supported, first when it was not named [HCS locales]. */
export function withDefault(defaultLocale: string, supported: readonly string[]): readonly string[] {
  return supported.includes(defaultLocale) ? supported : [defaultLocale, ...supported];
}

/** What is under a key itself: keys come from the wire. */
export function at<Thing>(things: ById<Thing>, id: unknown): Thing | undefined {
  const key = String(id);
  return Object.hasOwn(things, key) ? things[key] : undefined;
}

export function put<Thing>(things: ById<Thing>, id: unknown, thing: Thing): ById<Thing> {
  return { ...things, [String(id)]: thing };
}

export function without<Thing>(things: ById<Thing>, id: unknown): ById<Thing> {
  if (at(things, id) === undefined) return things;
  const { [String(id)]: _, ...rest } = things;
  return rest;
}

export function mapped<From, To>(things: ById<From>, change: (thing: From, id: string) => To | undefined): ById<To> {
  return Object.fromEntries(
    Object.entries(things).flatMap(([id, thing]) => {
      const next = change(thing, id);
      return next === undefined ? [] : [[id, next] as const];
    }),
  );
}

function present<Thing>(things: Readonly<Partial<Record<string, Thing>>>): ById<Thing> {
  return Object.fromEntries(
    Object.entries(things).flatMap(([id, one]) => (one === undefined ? [] : [[id, one] as const])),
  );
}
