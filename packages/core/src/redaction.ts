import type { ChatFact, Fact, PersonFact } from './event.js';
import type { Message } from './message.js';
import type { ParticipantId } from './participant.js';

/** Whose words go: everybody's in a chat that was one person's alone, or one participant's in a chat others keep. */
export type Extent = 'everybody' | { readonly only: ParticipantId };

/** A fact of a chat without what was said in it; its ids, numbers and times stay, so that nothing has a hole. */
export function redactedChatFact(fact: ChatFact, extent: Extent): ChatFact {
  switch (fact.type) {
    case 'ChatOpened':
      return concerns(extent, fact.customerId) ? { ...fact, key: '', subject: '', displayName: '', fields: {} } : fact;
    case 'ChatUpdated':
      return extent === 'everybody' ? redactedUpdate(fact) : fact;
    case 'ChatHandedOver':
      return concerns(extent, fact.fromId) ? { ...fact, reason: null } : fact;
    case 'MessagePosted':
      return concerns(extent, fact.message.authorId)
        ? { ...fact, message: redactedMessage(fact.message, extent) }
        : fact;
    default:
      return fact;
  }
}

/** A fact of a person without whom it is about. */
export function redactedPersonFact(fact: PersonFact): PersonFact {
  switch (fact.type) {
    case 'ParticipantUpdated':
      return { ...fact, name: '', locale: null, groups: [], profile: {}, identities: [] };
    case 'ParticipantNotified':
      return { ...fact, content: null, data: null };
    default:
      return fact;
  }
}

const none: readonly string[] = [];

/** The pictures a fact shows, as ids of attachments. */
export function attachmentsIn(fact: Fact): readonly string[] {
  if (fact.type !== 'MessagePosted') return none;
  const { body, variants } = fact.message;
  const { customer, desk, all } = variants;
  // Asked of every message that is posted, and most are words.
  if (body.kind !== 'image' && (customer ?? desk ?? all) == null) return none;
  const bodies = [body, customer?.body, desk?.body, all?.body];
  return bodies.flatMap((one) => (one?.kind === 'image' ? [one.attachmentId] : []));
}

function concerns(extent: Extent, id: ParticipantId | null): boolean {
  return extent === 'everybody' || extent.only === id;
}

function redactedUpdate(fact: Extract<ChatFact, { type: 'ChatUpdated' }>): ChatFact {
  const { subject, fields, address } = fact;
  return {
    ...fact,
    ...(subject !== undefined && { subject: '' }),
    ...(fields !== undefined && { fields: {} }),
    ...(address !== undefined && { address: { ...address, key: '' } }),
  };
}

/** Shown to nobody from now on; whoever reads the bare log finds an empty text. */
function redactedMessage(message: Message, extent: Extent): Message {
  const isOperator = extent === 'everybody' && message.authorRole !== 'customer';
  return {
    ...message,
    clientId: null,
    authorName: isOperator ? message.authorName : '',
    claimedAt: null,
    body: { kind: 'text', text: '' },
    extras: null,
    variants: { customer: null, desk: null, all: null },
  };
}
