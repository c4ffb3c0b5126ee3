import type { Log } from '@dragoman/core';

/** Tells the log when an authority goes and when it is back, once each however many ask meanwhile. */
export interface Outage {
  failed(problem: string): void;
  worked(): void;
}

export function createOutage(log: Log, authority: string, { origin, pathname }: URL): Outage {
  const url = `${origin}${pathname}`;
  let isOut = false;
  return {
    failed(problem) {
      if (!isOut) log.warn({ url, problem }, `the ${authority} does not answer as it should`);
      isOut = true;
    },
    worked() {
      if (isOut) log.info({ url }, `the ${authority} answers again`);
      isOut = false;
    },
  };
}
