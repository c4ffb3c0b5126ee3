import type { InboundEvent } from './frames.js';
import type { Circumstances } from './intake.js';

/** A client's clock that is further off than this is not believed, ms. [SERMOD messages_read] */
const trustMs = 300_000;

/** When the event was made: its own word where it can be believed, else the broker's, else when it came. */
export function trustedTime(
  event: InboundEvent,
  { sentAt, receivedAt }: Circumstances,
): { readonly at: number; readonly isTrusted: boolean } {
  const fallback = Math.min(sentAt ?? receivedAt, receivedAt);
  if (!('at' in event)) return { at: fallback, isTrusted: true };
  const at = Date.parse(event.at);
  // A watermark that waited in the queue was true when it was sent.
  if (Number.isNaN(at) || Math.abs(at - (sentAt ?? receivedAt)) > trustMs) return { at: receivedAt, isTrusted: false };
  return { at: Math.min(at, receivedAt), isTrusted: true };
}
