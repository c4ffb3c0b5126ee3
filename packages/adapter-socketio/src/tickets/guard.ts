import { createAllowance } from '../rate.js';
import type { Inbound } from '../transport.js';
import { refuse, type Refusal } from './answers.js';
import type { Desk } from './desk.js';
import { toInteger } from './frames.js';

/** Keeps one connection within its rates. */
export interface Guard {
  /** Undefined: the call may pass. */
  problemOf(event: Inbound, participantId: string | undefined): { readonly refusal: Refusal } | undefined;
  /** Whether so many calls were refused lately that the connection has to go. */
  isFedUp(): boolean;
  leave(): void;
}

/** Refused calls are counted over this time, ms [TKD rates]. */
const windowMs = 60_000;

export function createGuard({ settings, around, images }: Desk): Guard {
  const { clock } = around;
  const calls = createAllowance(settings.callRate);
  const messages = createAllowance(settings.messageRate);
  let holder: { readonly id: string; readonly entry: ReturnType<typeof images.enter> } | undefined;
  let refusals = { since: clock.monotonic(), count: 0 };

  function imagesOf(id: string): ReturnType<typeof images.enter> {
    if (holder?.id === id) return holder.entry;
    holder?.entry.leave();
    holder = { id, entry: images.enter(id) };
    return holder.entry;
  }

  function tooFast(perSecond: number): { readonly refusal: Refusal } {
    const now = clock.monotonic();
    if (now - refusals.since > windowMs) refusals = { since: now, count: 0 };
    refusals.count += 1;
    return refuse('rate_limited', { retryAfterMs: Math.ceil(1000 / perSecond) });
  }

  return {
    problemOf(event, participantId) {
      const now = clock.monotonic();
      if (!calls(now)) return tooFast(settings.callRate.perSecond);
      if (event.name !== 'updateMessage') return undefined;
      if (!messages(now)) return tooFast(settings.messageRate.perSecond);
      if (participantId === undefined || !isImage(event)) return undefined;
      return imagesOf(participantId).allow(now) ? undefined : tooFast(settings.imageRate.perSecond);
    },
    isFedUp: () => refusals.count > settings.maxRateRefusals,
    leave: () => holder?.entry.leave(),
  };
}

function isImage({ args: [, , message] }: Inbound): boolean {
  return toInteger(Reflect.get(Object(message), 'type')) === 2;
}
