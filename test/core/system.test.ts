import { expect } from 'chai';
import { systemClock } from '@dragoman/core';

describe("the machine's clock", () => {
  it('runs nothing early, also while much else goes on', async () => {
    const early: number[] = [];
    const timers: Promise<void>[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      const at = systemClock.now() + 2;
      const passed = new Promise<void>((resolve) => void systemClock.after(2, resolve));
      timers.push(passed.then(() => void (systemClock.now() < at && early.push(at))));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await Promise.all(timers);
    expect(early).to.deep.equal([]);
  });

  it('runs nothing that was called off', async () => {
    let hasRun = false;
    systemClock.after(1, () => (hasRun = true))();
    await new Promise<void>((resolve) => void systemClock.after(5, resolve));
    expect(hasRun).to.equal(false);
  });
});
