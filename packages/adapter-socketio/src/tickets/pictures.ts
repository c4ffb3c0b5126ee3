import type { Attachments } from '@dragoman/core';
import type { Frame } from '../transport.js';
import { toParts, type Part, type Posted, type Shown } from './message.js';

/** The frames of a message; a promise where an image has to be fetched. */
export type MessageFrames = readonly Frame[] | Promise<readonly Frame[]>;

/** Turns messages into `messageUpdated`. */
export interface Easel {
  /** As it was said: worked out once for everybody. */
  live(event: Posted): MessageFrames;
  /** As it stands now. */
  again(event: Posted, shown: Omit<Shown, 'space'>): MessageFrames;
}

export function createEasel(space: string, attachments: Attachments): Easel {
  const known = new WeakMap<Posted, MessageFrames>();

  async function painted(parts: readonly Part[]): Promise<readonly Frame[]> {
    return Promise.all(parts.map(async (part) => toFrame('image' in part ? await filled(part.image) : part.message)));
  }

  async function filled({ message, workspaceId, attachmentId, instead }: Extract<Part, { image: object }>['image']) {
    const found = await attachments.get(workspaceId, attachmentId).catch(() => undefined);
    if (found === undefined) return { ...message, type: 1, content: instead } as const;
    return { ...message, content: Buffer.from(found.bytes).toString('base64') };
  }

  function framesOf(parts: readonly Part[]): MessageFrames {
    const texts = parts.flatMap((part) => ('image' in part ? [] : [toFrame(part.message)]));
    return texts.length === parts.length ? texts : painted(parts);
  }

  return {
    live(event) {
      const frames = known.get(event) ?? framesOf(toParts(event, { space }));
      known.set(event, frames);
      return frames;
    },
    again: (event, shown) => framesOf(toParts(event, { ...shown, space })),
  };
}

function toFrame(message: object): Frame {
  return { name: 'messageUpdated', args: [message] };
}
