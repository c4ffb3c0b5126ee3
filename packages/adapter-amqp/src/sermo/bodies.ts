import type { Attachments, Body, ImageBody, Session, WorkspaceId } from '@dragoman/core';
import type { ParkReason } from './frames.js';
import { dataUri, pictureIn } from './images.js';

interface Spoken {
  readonly text: string;
  readonly image?: string;
}

/** Whether it is a `text` that shows something beside its words. */
export function hasPicture<Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, { readonly type: 'text' }> {
  return event.type === 'text' && 'image' in event;
}

/** What a `text` says: its words, or its picture with them, which is stored first. */
export async function bodyOf(
  { text, image }: Spoken,
  attachments: Attachments,
  { workspaceId, participant }: Pick<Session, 'workspaceId' | 'participant'>,
): Promise<{ readonly body: Body | undefined; readonly refused?: ParkReason }> {
  const words = text.trim() === '' ? undefined : ({ kind: 'text', text } as const);
  if (image === undefined) return { body: words };
  const picture = pictureIn(image);
  if ('problem' in picture) return { body: words, refused: picture.problem };
  const { bytes, mime, width, height } = picture;
  const attachmentId = await attachments.put(workspaceId, bytes, mime, participant.id);
  return { body: { kind: 'image', attachmentId, mime, bytes: bytes.byteLength, width, height, caption: text } };
}

/** The words of an event with its picture; undefined where that is not kept any more. */
export async function withPicture<Words extends object>(
  words: Words,
  picture: ImageBody,
  attachments: Attachments,
  workspaceId: WorkspaceId,
): Promise<Words | undefined> {
  const found = await attachments.get(workspaceId, picture.attachmentId);
  return found && { ...words, image: dataUri(found.bytes, picture.mime) };
}
