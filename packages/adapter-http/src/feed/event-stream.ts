import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '@dragoman/core';
import { sequenceOf } from '../wire/translate.js';
import type { WireEvent } from '../wire/event.js';
import type { Carrier } from './feed.js';

/** Clients come back so long after a line broke, ms, each in his own time: a crash breaks all lines at once [SSE retry]. */
const [soonestMs, latestMs] = [1_000, 3_000];

const retryMs = (): number => Math.round(soonestMs + Math.random() * (latestMs - soonestMs));

const head = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/** When a reader has room again: after so long without taking anything he is given up. */
export interface Patience {
  readonly clock: Clock;
  readonly stallMs: number;
}

export interface Beginning extends Patience {
  /** The number to go on after. */
  readonly after: number;
}

/**
 * A feed as Server-Sent Events. The id of each is its place in the log; signals have none, so the last one stands. The
 * first id is where it begins: who is cut off before anything happened comes back to there.
 */
export function eventStream(response: ServerResponse, { after: begin, ...patience }: Beginning): Carrier {
  response.writeHead(200, head);
  const send = impatientWriter(response, patience);
  send(`retry: ${retryMs()}\nid: ${sequenceOf(begin)}\n\n`);
  return {
    write(event: WireEvent) {
      const id = 'sequence' in event ? `id: ${event.sequence}\n` : '';
      return send(`${id}data: ${JSON.stringify(event)}\n\n`);
    },
    roomy: () =>
      new Promise((resolve) => {
        if (response.destroyed || !response.writableNeedDrain) return resolve();
        const over = (): void => {
          response.off('drain', over);
          response.off('close', over);
          resolve();
        };
        response.once('drain', over);
        response.once('close', over);
      }),
    // An id without data moves the place to come back to, and is no event [SSE dispatch].
    beat: (reached) => void send(`id: ${sequenceOf(reached)}\n\n`),
  };
}

/**
 * Writes; cuts the line when something waits, if only a sign of life, and the system has taken nothing for so long. False:
 * it is full.
 */
function impatientWriter(response: ServerResponse, { clock, stallMs }: Patience): (text: string) => boolean {
  let waiting = 0;
  let rest: Cancel = () => {};
  const taken = (): void => {
    waiting -= 1;
    watch();
  };
  function watch(): void {
    rest();
    if (waiting > 0 && !response.destroyed) rest = clock.after(stallMs, () => response.destroy());
  }
  response.once('close', () => rest());
  return (text) => {
    waiting += 1;
    if (waiting === 1) watch();
    return response.write(text, taken);
  };
}

/** Ends a stream whose reader shall be back after so long, and some time of his own, ms. */
export function endStream(response: ServerResponse, backMs: number): void {
  response.end(`retry: ${backMs + retryMs()}\n\n`);
}

/** Answers who comes while all are sent away: any other status would make him give up for ever [SSE fail]. */
export function turnAway(response: ServerResponse, backMs: number): void {
  response.writeHead(200, { ...head, connection: 'close' });
  endStream(response, backMs);
}
