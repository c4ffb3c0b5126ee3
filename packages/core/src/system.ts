import { createHmac, hash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock, Ids, Log } from './ports.js';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const dueAt = performance.now() + ms;
    let timer: NodeJS.Timeout;
    // The machine's timers are up to one ms early, and know no longer times than three weeks.
    function wait(): void {
      timer = setTimeout(end, Math.min(Math.ceil(dueAt - performance.now()), 2 ** 31 - 1));
      timer.unref();
    }
    function end(): void {
      if (performance.now() < dueAt) wait();
      else run();
    }
    wait();
    return () => clearTimeout(timer);
  },
};

/** Ids from the machine's own randomness. */
export const systemIds: Ids = {
  chat: () => uuidv7(Date.now()),
  command: uuidv4,
  event: uuidv4,
  session: uuidv4,
  publicNumber: () => randomInt(2 ** 40, 2 ** 47),
  secret: (bytes) => randomBytes(bytes).toString('hex'),
  derive(key, parts) {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(`${part.length}:${part}`);
    return base32(hmac.digest()).slice(0, 26);
  },
  digest: (text) => hash('sha256', text, 'base64url'),
};

/** Says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** In one piece: as it is made it is a tree of two dozen texts, eight times as large for as long as it is kept. */
function uuidv4(): string {
  return randomUUID().toLowerCase();
}

/** Time first, so that ids sort by age; the rest random. */
function uuidv7(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Uint8Array): string {
  let [text, value, bits] = ['', 0, 0];
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += alphabet[(value >>> (bits - 5)) & 31];
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return text;
}
