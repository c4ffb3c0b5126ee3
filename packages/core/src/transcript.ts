import type { ChatEvent } from './event.js';
import type { ReceiptState } from './message.js';
import { sideOf } from './message.js';
import type { ParticipantId } from './participant.js';
import type { Page, TranscriptEntry } from './reading.js';
import type { View } from './session.js';
import type { Audience, Surroundings } from './audience.js';
import { audienceOf, seenBy } from './audience.js';

/** Events that are lines of a chat's life; the rest is bookkeeping. */
const isLife = (event: ChatEvent): boolean => event.type !== 'MessageAcknowledged' && event.type !== 'ChatUpdated';

/** Whether a viewer would have heard the event, and so may read it later. */
function isVisible(event: ChatEvent, viewer: Viewer): boolean {
  const audience = audienceOf(event, viewer.around);
  switch (viewer.view) {
    case 'customer':
      return audience.customers.includes(viewer.id) || isForEveryCustomer(event, audience);
    case 'bot':
      return audience.bots.length > 0 || audience.isForAll;
    case 'all':
      return audience.isForAll;
    default:
      return (
        event.type !== 'MessagePosted' || (event.message.visibility !== 'bot' && event.message.variants.desk !== null)
      );
  }
}

/** Who is a customer of a chat now may read what all its customers heard, also before he came. */
function isForEveryCustomer(event: ChatEvent, { customers }: Audience): boolean {
  const isOpen = event.type !== 'MessagePosted' || event.message.visibility === 'all';
  return isOpen && customers.length > 0;
}

/** Which events of one chat a viewer may see, as far as the page reaches. */
export function visibleIn(events: readonly ChatEvent[], viewer: Viewer, page: Omit<Page, 'limit'>): ChatEvent[] {
  return events.filter(
    (event) =>
      (page.include === 'everything' ? isLife(event) : event.type === 'MessagePosted') &&
      event.number < (page.beforeNumber ?? Infinity) &&
      event.at < (page.beforeAt ?? Infinity) &&
      event.version <= (page.upToVersion ?? Infinity) &&
      isVisible(event, viewer),
  );
}

/** Events as a view sees them. What has become of messages since is told by the receipts among the later events. */
export function entriesOf(visible: readonly ChatEvent[], view: View, later: Iterable<ChatEvent>): TranscriptEntry[] {
  const receipts = receiptTimes(later);
  return visible.map((event) => entry(event, view, receipts));
}

/** Who reads a transcript. */
export interface Viewer {
  readonly id: ParticipantId;
  readonly view: View;
  readonly around: Surroundings;
}

type ReceiptTimes = Readonly<Record<'customer' | 'desk', Map<number, Times>>>;
interface Times {
  deliveredAt: number | null;
  readAt: number | null;
}

function receiptTimes(events: Iterable<ChatEvent>): ReceiptTimes {
  const times: ReceiptTimes = { customer: new Map(), desk: new Map() };
  for (const event of events) {
    if (event.type !== 'MessageAcknowledged') continue;
    for (const [from, to] of event.ranges) {
      for (let seq = from; seq <= to; seq++) {
        const known = times[event.side].get(seq) ?? { deliveredAt: null, readAt: null };
        known.deliveredAt ??= event.at;
        if (event.state === 'read') known.readAt ??= event.at;
        times[event.side].set(seq, known);
      }
    }
  }
  return times;
}

function entry(event: ChatEvent, view: View, receipts: ReceiptTimes): TranscriptEntry {
  const seen = seenBy(view, event);
  if (event.type !== 'MessagePosted' || seen.type !== 'MessagePosted') return { event, receipt: null };
  const otherSide = sideOf(event.message.authorRole) === 'customer' ? 'desk' : 'customer';
  const times = receipts[otherSide].get(event.message.seq) ?? { deliveredAt: null, readAt: null };
  const state: ReceiptState = times.readAt !== null ? 'read' : times.deliveredAt !== null ? 'delivered' : 'sent';
  return { event: seen, receipt: { state, ...times } };
}

/** Which view of a chat a participant has: his own side's, and none of a chat that is not his. */
export function viewOf(
  chat: { readonly customerIds: readonly ParticipantId[] },
  who: { readonly id: ParticipantId; readonly role: string },
): View | null {
  if (who.role === 'customer') return chat.customerIds.includes(who.id) ? 'customer' : null;
  if (who.role === 'operator') return 'operator';
  return who.role === 'bot' ? 'bot' : 'all';
}
