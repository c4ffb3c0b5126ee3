import { signal, type Signal } from '@preact/signals';
import { createBook, type Book } from './book.js';
import { createCable, type Cable, type OtherWay } from './cable.js';
import type { Seat, Standing } from './seat.js';

/** What every client is made of before it speaks a protocol. */
export interface Client {
  readonly cable: Cable;
  readonly book: Book;
  readonly standing: Signal<Standing>;
  readonly remark: Signal<string>;
  /** What of it the page looks at. */
  readonly shown: Pick<Seat, 'standing' | 'remark' | 'chats' | 'cable'>;
  /** Its remark: empty when this was done, else why it was not. */
  tell(doing: Promise<unknown>): void;
}

/** `name`: of its cable. */
export function createClient(name: string, other?: OtherWay): Client {
  const cable = createCable(name, other);
  const book = createBook();
  const [standing, remark] = [signal<Standing>('away'), signal('')];
  return {
    ...{ cable, book, standing, remark },
    shown: { standing, remark, chats: book.chats, cable },
    tell(doing) {
      doing.then(
        () => (remark.value = ''),
        (error: unknown) => (remark.value = String(error)),
      );
    },
  };
}
