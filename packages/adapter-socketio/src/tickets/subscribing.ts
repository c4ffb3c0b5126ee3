import type { VerifiedIdentity } from '@dragoman/core';
import { refuse, type Refusal } from './answers.js';
import { isRefused, parseUser, type UserFrame } from './frames.js';
import { isProgram, type Subscriptions } from './seating.js';

/** What a connection wants to hear, and for whom. */
export interface Wish {
  readonly subscriptions: Subscriptions;
  readonly user: UserFrame | undefined;
}

/** What a connection hears after one of the four subscription events; undefined: it is none of them. */
export function wishAfter(
  now: Wish,
  { name, args }: { readonly name: string; readonly args: readonly unknown[] },
  identity: VerifiedIdentity,
): Wish | { readonly refusal: Refusal } | undefined {
  switch (name) {
    case 'subscribe':
      return subscribed(now, args, identity);
    case 'unsubscribe':
      return {
        subscriptions: { ...now.subscriptions, own: false },
        user: isProgram(identity) ? undefined : now.user,
      };
    case 'subscribeOperator':
    case 'unsubscribeOperator':
      if (identity.role !== 'operator') return refuse('forbidden');
      return { ...now, subscriptions: { ...now.subscriptions, ops: name === 'subscribeOperator' } };
    default:
      return undefined;
  }
}

/** "userObject is mandatory for external programs" [TK subscribe]; others may only tell of themselves. */
function subscribed(
  now: Wish,
  args: readonly unknown[],
  identity: VerifiedIdentity,
): Wish | { readonly refusal: Refusal } {
  const user = parseUser(args);
  if (user !== undefined && isRefused<UserFrame>(user)) return user;
  const subscriptions = { ...now.subscriptions, own: true };
  if (!isProgram(identity)) {
    const isHimself = user?.userId === undefined || user.userId === identity.externalId;
    return isHimself ? { subscriptions, user: user ?? now.user } : refuse('forbidden');
  }
  if (user?.userId === undefined) return refuse('user_required');
  if (user.programId === undefined) return refuse('program_required');
  return user.programId === identity.realm ? { subscriptions, user } : refuse('program_mismatch');
}
