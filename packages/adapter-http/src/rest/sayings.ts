import type { Body, ChatEvent } from '@dragoman/core';
import type { Bridge } from '../bridge.js';
import { pictureIn } from '../pictures.js';
import { Refusal } from '../problems.js';
import type { Saying, WireMessage } from '../wire/message.js';
import { toMessage } from '../wire/translate.js';

/** What a backend says, as the core takes it. Throws UNSUPPORTED_BODY for a picture that is not there. */
export async function bodyOf({ core, options }: Pick<Bridge, 'core' | 'options'>, saying: Saying): Promise<Body> {
  if (saying.kind !== 'image') return saying;
  const { attachmentId, caption = '' } = saying;
  const found = await core.attachments.get(options.workspaceId, attachmentId);
  const picture = found === undefined ? undefined : pictureIn(found.bytes);
  if (picture === undefined) throw new Refusal('UNSUPPORTED_BODY', { what: 'image' });
  return { kind: 'image', attachmentId, caption, ...picture };
}

/** The message among what a command did. */
export function messageIn(events: readonly ChatEvent[], space: string): WireMessage | undefined {
  const posted = events.find((event) => event.type === 'MessagePosted');
  return posted?.type === 'MessagePosted' ? toMessage(posted.chatId, posted.message, space) : undefined;
}
