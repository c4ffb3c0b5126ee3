import { createAllowance, type RateLimit } from '../rate.js';
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
  const turns = {
    calls: createTurns(settings.callRate),
    messages: createTurns(settings.messageRate),
    images: createTurns(settings.imageRate),
  };
  let holder: { readonly id: string; readonly entry: ReturnType<typeof images.enter> } | undefined;
  let refusals = { since: clock.monotonic(), count: 0 };

  function imagesOf(id: string): ReturnType<typeof images.enter> {
    if (holder?.id === id) return holder.entry;
    holder?.entry.leave();
    holder = { id, entry: images.enter(id) };
    return holder.entry;
  }

  function tooFast(turnAfter: (now: number) => number, now: number): { readonly refusal: Refusal } {
    if (now - refusals.since > windowMs) refusals = { since: now, count: 0 };
    refusals.count += 1;
    return refuse('rate_limited', { retryAfterMs: turnAfter(now) });
  }

  return {
    problemOf(event, participantId) {
      const now = clock.monotonic();
      if (!calls(now)) return tooFast(turns.calls, now);
      if (event.name !== 'updateMessage') return undefined;
      if (!messages(now)) return tooFast(turns.messages, now);
      if (participantId === undefined || !isImage(event)) return undefined;
      return imagesOf(participantId).allow(now) ? undefined : tooFast(turns.images, now);
    },
    isFedUp: () => refusals.count > settings.maxRateRefusals,
    leave: () => holder?.entry.leave(),
  };
}

/**
 * How long each refused call shall wait, ms: one after the other, as the rate allows. If all were told to come back at
 * once, who is refused much would be refused ever more.
 */
function createTurns({ perSecond }: RateLimit): (now: number) => number {
  let lastAt = 0;
  return (now) => {
    lastAt = Math.min(Math.max(lastAt, now) + 1000 / perSecond, now + windowMs);
    return Math.ceil(lastAt - now);
  };
}

function isImage({ args: [, , message] }: Inbound): boolean {
  return toInteger(Reflect.get(Object(message), 'type')) === 2;
}
