import type { Wire } from '@dragoman/core';
import type { Carrier } from './carrier.js';
import type { Version } from './frame.js';

/** A carrier whose frames are seen by whoever looks at the wire. */
export function watchedCarrier(
  carrier: Carrier,
  { id, version, wire }: { readonly id: string; readonly version: Version; readonly wire: Wire },
): Carrier {
  return {
    takesBinary: carrier.takesBinary,
    keepsOrder: carrier.keepsOrder,
    text(text) {
      wire.out(id, text);
      carrier.text(text);
    },
    bytes(bytes) {
      wire.out(id, bytes);
      carrier.bytes(bytes);
    },
    shared(frame, channel) {
      wire.out(id, frame.text(version));
      carrier.shared(frame, channel);
    },
    whenWritten: (run) => carrier.whenWritten(run),
    close: (code) => carrier.close(code),
  };
}
