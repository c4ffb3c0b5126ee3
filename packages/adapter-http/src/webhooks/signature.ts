import { createHmac } from 'node:crypto';

const secretForm = /^whsec_[A-Za-z0-9+/]+={0,2}$/;
/** Of the key inside a secret, in bytes. [STDWH Signature scheme] */
const keyBytes = { least: 24, most: 64 } as const;

function keyIn(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}

/** Whether it is a secret that receivers can verify with: `whsec_` and 24 to 64 random bytes as base64. */
export function isSecret(secret: string): boolean {
  const { length } = keyIn(secret);
  return secretForm.test(secret) && length >= keyBytes.least && length <= keyBytes.most;
}

/** What is signed and sent. */
export interface Signed {
  /** The same for every attempt to tell the same event. */
  readonly id: string;
  /** When this attempt is made, ms since epoch. */
  readonly at: number;
  readonly body: string;
}

/**
 * The headers a receiver verifies: a signature by each secret, so that it may know the new one or still the old one
 * alone. [STDWH Signature scheme]
 */
export function signatureHeaders(secrets: readonly string[], { id, at, body }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signatures = secrets.map((secret) => {
    const hmac = createHmac('sha256', keyIn(secret)).update(`${id}.${timestamp}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
