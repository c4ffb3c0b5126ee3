import type { Signal } from '../event.js';
import type { ChatHead } from './heads.js';

interface PlaceWords {
  /** Policy `queueNotice`. */
  readonly words: string | null;
  /** Ms since epoch. */
  readonly at: number;
}

/** A customer's place in the queue, with the words for it where the workspace has some. */
export function queueMoved({ chat, people }: ChatHead, position: number, { words, at }: PlaceWords): Signal {
  const isTold = words !== null && position > 0;
  return {
    type: 'QueueMoved',
    chatId: chat.id,
    chat,
    people,
    position,
    ...(isTold && { notice: { text: words.replaceAll('{position}', String(position)), at } }),
  };
}
