import type { Clock } from '@dragoman/core';
import type { Seat } from '../dialect.js';

/**
 * Holds back what was written to a connection until there is a sign that it arrived: a connection may be dead for a
 * minute before anybody notices, and what was written to it meanwhile has to be handed over again.
 */
export interface Proof {
  wrote(chatId: string, version: number): void;
  /** Something came from the client: what was written long enough before has reached it. */
  sign(): void;
  /** Takes everything for arrived: the client is there and asks for something new. */
  trust(): void;
}

/** A sign of life proves only what was written so long before it, ms: it may have been on its way for a while itself. */
export const proofMs = 5000;

/** How many writes wait for a sign; beyond it the oldest count as arrived. */
const maxUnproven = 1000;

export function createProof(seat: Seat, clock: Clock): Proof {
  const unproven: { readonly chatId: string; readonly version: number; readonly at: number }[] = [];

  function settle(isProven: (at: number) => boolean): void {
    for (let first = unproven[0]; first !== undefined && isProven(first.at); first = unproven[0]) {
      unproven.shift();
      seat.written(first.chatId, first.version);
    }
  }

  return {
    wrote(chatId, version) {
      unproven.push({ chatId, version, at: clock.monotonic() });
      settle(() => unproven.length > maxUnproven);
    },
    sign() {
      const until = clock.monotonic() - proofMs;
      settle((at) => at <= until);
    },
    trust: () => settle(() => true),
  };
}
