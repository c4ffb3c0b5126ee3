import type { Duplex } from 'node:stream';

/** Holds back what is written to a stream until the turn of the event loop ends: one system call for all of it. */
export type Cork = (stream: Duplex) => void;

export function createCork(): Cork {
  const corked = new Set<Duplex>();
  return (stream) => {
    if (corked.has(stream)) return;
    if (corked.size === 0) {
      setImmediate(() => {
        for (const one of corked) one.uncork();
        corked.clear();
      });
    }
    corked.add(stream);
    stream.cork();
  };
}
