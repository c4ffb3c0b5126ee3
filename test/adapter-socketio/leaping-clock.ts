import { systemClock, type Clock } from '@dragoman/core';

/** The machine's clock, which can leap ahead: what falls due by that goes off. */
export interface LeapingClock extends Clock {
  leap(ms: number): void;
}

export function createLeapingClock(): LeapingClock {
  const alarms = new Set<{ readonly dueAt: number; readonly ring: () => void }>();
  let ahead = 0;
  const now = (): number => systemClock.now() + ahead;

  return {
    now,
    monotonic: () => systemClock.monotonic() + ahead,
    after(ms, run) {
      const alarm = {
        dueAt: now() + ms,
        ring() {
          if (alarms.delete(alarm)) run();
        },
      };
      alarms.add(alarm);
      const cancel = systemClock.after(ms, alarm.ring);
      return () => {
        alarms.delete(alarm);
        cancel();
      };
    },
    leap(ms) {
      ahead += ms;
      for (const alarm of [...alarms]) if (alarm.dueAt <= now()) alarm.ring();
    },
  };
}
