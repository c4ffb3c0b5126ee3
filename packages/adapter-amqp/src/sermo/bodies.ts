import type { Attachments, Body, ImageBody, WorkspaceId } from '@dragoman/core';
import type { ParkReason } from './frames.js';
import { dataUri, pictureIn } from './images.js';

/** What a `text` says: its words, or its picture with them, which is stored first. */
export async function bodyOf(
  { text, image }: { readonly text: string; readonly image?: string },
  attachments: Attachments,
  workspaceId: WorkspaceId,
): Promise<{ readonly body: Body | undefined; readonly refused?: ParkReason }> {
  const words = text.trim() === '' ? undefined : ({ kind: 'text', text } as const);
  if (image === undefined) return { body: words };
  const picture = pictureIn(image);
  if ('problem' in picture) return { body: words, refused: picture.problem };
  const { bytes, mime, width, height } = picture;
  const attachmentId = await attachments.put(workspaceId, bytes, mime);
  return { body: { kind: 'image', attachmentId, mime, bytes: bytes.byteLength, width, height, caption: text } };
}

/** The words of an event with its picture, or with a link where that cannot go with them. */
export async function withPicture<Words extends { readonly type: string }>(
  words: Words,
  picture: ImageBody,
  attachments: Attachments,
  workspaceId: WorkspaceId,
): Promise<Words> {
  const found = await attachments.get(workspaceId, picture.attachmentId);
  if (found !== undefined) return { ...words, image: dataUri(found.bytes, picture.mime) };
  const link = attachments.link(workspaceId, picture.attachmentId);
  return { ...words, text: [picture.caption, link ?? '[image]'].filter((part) => part !== '').join('\n') };
}
