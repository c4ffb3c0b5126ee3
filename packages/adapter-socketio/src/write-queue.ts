/** Fills a reserved place, once; further calls do nothing. */
export type Place<Item> = (items: readonly Item[]) => void;

/** A place that is filled part by part. */
export interface Stretch<Item> {
  /** Written at once when it is this stretch's turn. */
  push(items: readonly Item[]): void;
  /** What waits behind it goes on. */
  end(): void;
}

/** Writes in order, and lets somebody keep a place in that order for what is not known yet. */
export interface WriteQueue<Item> {
  /** Written at once, or behind the places that are not filled yet. */
  push(item: Item): void;
  /** What is pushed from now on waits until the place is filled. */
  reserve(): Place<Item>;
  /** What is pushed from now on waits until the stretch has ended. */
  stretch(): Stretch<Item>;
  /** Forgets everything; later pushes do nothing. */
  close(): void;
}

interface Hole<Item> {
  items: readonly Item[];
  isOpen: boolean;
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
    for (let first = waiting[0]; isOpen && first !== undefined; first = waiting[0]) {
      if ('item' in first) {
        waiting.shift();
        write(first.item);
        continue;
      }
      const { hole } = first;
      const { items } = hole;
      hole.items = [];
      items.forEach(write);
      if (hole.isOpen) return;
      if (hole.items.length === 0) waiting.shift();
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

  function stretch(): Stretch<Item> {
    const hole: Hole<Item> = { items: [], isOpen: true };
    if (isOpen) enqueue({ hole });
    return {
      push(items) {
        if (!hole.isOpen) return;
        hole.items = [...hole.items, ...items];
        drain();
      },
      end() {
        hole.isOpen = false;
        drain();
      },
    };
  }

  return {
    push(item) {
      if (!isOpen) return;
      if (waiting.length === 0) write(item);
      else enqueue({ item });
    },
    reserve() {
      const place = stretch();
      return (items) => {
        place.push(items);
        place.end();
      };
    },
    stretch,
    close,
  };
}
