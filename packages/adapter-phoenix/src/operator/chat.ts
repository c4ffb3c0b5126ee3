import {
  controlOf,
  outsideId,
  type Body,
  type ChatEvent,
  type ChatSummary,
  type Fields,
  type Participant,
  type ParticipantId,
  type Side,
  type TranscriptEntry,
} from '@dragoman/core';

/** What showing something needs beside it. */
export interface Surface {
  readonly space: string;
  /** Public address of a picture; null: none. */
  readonly linkOf: (attachmentId: string) => string | null;
}

/** Everybody an event, a page or the lobby names. */
export type WhoIs = (id: ParticipantId) => Participant | undefined;

/** Somebody as he is called on this wire [OP people]. */
export interface WirePerson {
  readonly id: string | number;
  readonly name: string;
}

/** Under his own id where he has one here, else under the core's; unknown ones are shown by their id alone. */
export function toPerson(id: ParticipantId, side: Side, whoIs: WhoIs, space: string): WirePerson {
  const who = whoIs(id);
  return who === undefined ? { id, name: '' } : { id: outsideId(who, space, side), name: who.name };
}

/** A chat as operators see it [OP chat]. */
export function toChat(chat: ChatSummary, whoIs: WhoIs, space: string): Fields {
  const operator = (id: ParticipantId): WirePerson => toPerson(id, 'operator', whoIs, space);
  return {
    id: chat.id,
    version: chat.version,
    status: chat.status,
    control: controlOf(chat),
    customer: toPerson(chat.customerId, 'customer', whoIs, space),
    operator: chat.assigneeId === null ? null : operator(chat.assigneeId),
    members: chat.memberIds.map(operator),
    subject: chat.subject,
    locale: chat.locale,
    groups: chat.groups,
    fields: chat.fields,
    last_seq: chat.lastSeq,
    unread: chat.unreadByDesk,
    is_blocked: chat.isBlocked,
    opened_at: chat.openedAt,
    queued_at: chat.queuedAt,
    assigned_at: chat.assignedAt,
    changed_at: chat.changedAt,
    closed_at: chat.closedAt,
    close_reason: chat.closeReason,
  };
}

type Posted = Extract<ChatEvent, { type: 'MessagePosted' }>;

/** One thing said [OP message]. */
export function toMessage({ message, number }: Posted, whoIs: WhoIs, on: Surface): Fields {
  const { authorId, authorRole, clientId } = message;
  const side = authorRole === 'customer' || authorRole === 'operator' ? authorRole : 'bot';
  const author = authorId === null ? null : toPerson(authorId, side, whoIs, on.space);
  return {
    id: message.id,
    seq: message.seq,
    number,
    at: message.at,
    author: { role: authorRole, id: author?.id ?? null, name: message.authorName },
    body: toBody(message.body, on),
    ...(clientId?.space === on.space && { client_id: clientId.value }),
  };
}

/** With what has become of it. Undefined: nothing that was said. */
export function toEntry({ event, receipt }: TranscriptEntry, whoIs: WhoIs, on: Surface): Fields | undefined {
  if (event.type !== 'MessagePosted') return undefined;
  return { ...toMessage(event, whoIs, on), receipt: receipt?.state ?? 'sent' };
}

function toBody(body: Body, { linkOf }: Surface): Fields {
  switch (body.kind) {
    case 'text':
      return { type: 'text', message: body.text };
    case 'notice':
      return { type: 'notice', code: body.code, message: body.text };
    case 'custom':
      return { type: 'custom', name: body.name, data: body.data };
    case 'image': {
      const { mime, bytes, width, height, caption } = body;
      return { type: 'image', url: linkOf(body.attachmentId), mime, bytes, width, height, message: caption };
    }
  }
}
