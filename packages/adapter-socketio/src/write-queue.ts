/** Fills a reserved place, once; further calls do nothing. */
export type Place<Item> = (items: readonly Item[]) => void;

/** Writes in order, and lets somebody keep a place in that order for what is not known yet. */
export interface WriteQueue<Item> {
  /** Written at once, or behind the places that are not filled yet. */
  push(item: Item): void;
  /** What is pushed from now on waits until the place is filled. */
  reserve(): Place<Item>;
  /** Forgets everything; later pushes do nothing. */
  close(): void;
}

interface Hole<Item> {
  items: readonly Item[] | undefined;
}

type Entry<Item> = { readonly item: Item } | { readonly hole: Hole<Item> };

/** `onOverflow` is called once, when more than `limit` entries wait; the queue is closed then. */
export function createWriteQueue<Item>(
  write: (item: Item) => void,
  limit: number,
  onOverflow: () => void,
): WriteQueue<Item> {
  let waiting: Entry<Item>[] = [];
  let isOpen = true;

  function drain(): void {
    while (isOpen) {
      const first = waiting[0];
      if (first === undefined) return;
      if ('hole' in first && first.hole.items === undefined) return;
      waiting.shift();
      if ('item' in first) write(first.item);
      else first.hole.items?.forEach(write);
    }
  }

  function enqueue(entry: Entry<Item>): void {
    waiting.push(entry);
    if (waiting.length <= limit) return;
    close();
    onOverflow();
  }

  function close(): void {
    isOpen = false;
    waiting = [];
  }

  return {
    push(item) {
      if (!isOpen) return;
      if (waiting.length === 0) write(item);
      else enqueue({ item });
    },
    reserve() {
      const hole: Hole<Item> = { items: undefined };
      if (isOpen) enqueue({ hole });
      return (items) => {
        if (hole.items !== undefined) return;
        hole.items = items;
        drain();
      };
    },
    close,
  };
}
