import type { TestFunctions } from './adapter/subject.js';
import { closingTests, durabilityTests } from './store/closing.js';
import { commandTests } from './store/commands.js';
import { contentTests } from './store/contents.js';
import { hintTests } from './store/hints.js';
import { laneTests } from './store/lanes.js';
import { redactionTests } from './store/redactions.js';
import { streamTests } from './store/streams.js';
import type { OpenedDurableStore, OpenedStore, StoreSubject, StoreTest } from './store/subject.js';
import { timerTests } from './store/timers.js';

/** Declares the tests that every store passes; those about restarts only for a store that outlives its process. */
export function storeContract({ describe, it }: TestFunctions, about: StoreSubject): void {
  const test: StoreTest = (claim, body) => void it(claim, () => perform(about.open, body));

  describe(`the store contract: ${about.name}`, () => {
    streamTests(test);
    laneTests(test);
    commandTests(test);
    timerTests(test);
    hintTests(test);
    contentTests(test);
    redactionTests(test);
    closingTests(test);
    if (about.isDurable) durabilityTests((claim, body) => void it(claim, () => performDurable(about.open, body)));
  });
}

async function perform<Opened extends OpenedStore>(
  open: () => Promise<Opened>,
  body: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await open();
  try {
    await body(opened);
  } finally {
    await opened.store.close();
    await opened.dispose?.();
  }
}

/** Closes what the body has opened again, too. */
async function performDurable(
  open: () => Promise<OpenedDurableStore>,
  body: (opened: OpenedDurableStore) => Promise<void>,
): Promise<void> {
  await perform(async () => {
    const opened = await open();
    const again: (() => Promise<void>)[] = [];
    return {
      ...opened,
      reopen: async () => {
        const store = await opened.reopen();
        again.push(() => store.close());
        return store;
      },
      dispose: async () => {
        await Promise.all(again.map((close) => close()));
        await opened.dispose?.();
      },
    };
  }, body);
}
