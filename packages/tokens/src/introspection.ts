import { createHash } from 'node:crypto';
import {
  silentLog,
  systemClock,
  type Clock,
  type Fields,
  type Log,
  type TokenVerifier,
  type Verified,
} from '@dragoman/core';
import { addressOf, ask } from './ask.js';
import { createGate } from './gate.js';
import { identityReader, type IdentityOptions } from './identity.js';
import { createKeptAnswers } from './kept-answers.js';
import { createOutage } from './outage.js';
import { invalid, maxTokenUnits, retryMs, verifiedBy } from './standing.js';

/** How we prove to the authority who we are: as a client, in a header or in the form, or by a token of our own. */
export type ClientProof =
  { readonly id: string; readonly secret: string; readonly in?: 'header' | 'form' } | { readonly bearer: string };

export interface IntrospectionOptions extends IdentityOptions {
  /** Of the endpoint [RFC 7662 2]. https, or http on this machine. */
  readonly url: string;
  /** An endpoint that answers just anybody would let everybody try tokens [RFC 7662 2.1]. Default place: `header`. */
  readonly client: ClientProof;
  /** The only `iss` accepted. Absent: any, also none. */
  readonly issuer?: string;
  /** The `aud` a token must have. Absent: any. */
  readonly audience?: string;
  /** Allows http to other machines. Default false. */
  readonly allowHttp?: boolean;
  /** A good answer is kept so long, and never beyond the end of its token: as late a revocation is noticed. Default 60 000. */
  readonly cacheMs?: number;
  /** Answers kept at a time. Default 10 000. */
  readonly maxCached?: number;
  /** How long the endpoint may take, and how long a question may wait for its turn. Default 2000. */
  readonly timeoutMs?: number;
  /** Of an answer. Default 65 536. */
  readonly maxBytes?: number;
  /** Questions at a time. Default 16. */
  readonly maxConcurrent?: number;
  /** So many more may wait; others are answered `unavailable`. Default 1000. */
  readonly maxWaiting?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Told when the endpoint goes and when it is back. Default: nobody. */
  readonly log?: Log;
}

const defaults = {
  cacheMs: 60_000,
  maxCached: 10_000,
  timeoutMs: 2000,
  maxBytes: 65_536,
  maxConcurrent: 16,
  maxWaiting: 1000,
} as const;

const unavailable: Verified = { ok: false, code: 'unavailable', retryAfterMs: retryMs };

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of a token in this process: no token lies in memory longer than it is asked about. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');

/** As in a form, both halves: they may contain a colon [RFC 6749 2.3.1]. */
const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);

function proofOf(client: ClientProof): {
  readonly headers: Record<string, string>;
  readonly form: Record<string, string>;
} {
  if ('bearer' in client) return { headers: { authorization: `Bearer ${client.bearer}` }, form: {} };
  const { id, secret } = client;
  if (client.in === 'form') return { headers: {}, form: { client_id: id, client_secret: secret } };
  const pair = Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64');
  return { headers: { authorization: `Basic ${pair}` }, form: {} };
}

/** Whether an answer is about a token of this issuer for this audience, where these are asked for. */
function isMeant(claims: Fields, { issuer, audience }: IntrospectionOptions): boolean {
  const audiences: readonly unknown[] = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  return (issuer === undefined || claims['iss'] === issuer) && (audience === undefined || audiences.includes(audience));
}

/** Asks the authority about each token; only a 200 with `active: true` is good [RFC 7662 2.2]. */
export function introspectionVerifier(options: IntrospectionOptions): TokenVerifier {
  const { clock = systemClock, log = silentLog } = options;
  const { cacheMs, maxCached, timeoutMs, maxBytes, maxConcurrent, maxWaiting } = { ...defaults, ...options };
  const url = addressOf(options.url, options.allowHttp ?? false);
  const proof = proofOf(options.client);
  const headers = { accept: 'application/json', ...proof.headers };
  const outage = createOutage(log, 'introspection endpoint', url);
  const gate = createGate({ atOnce: maxConcurrent, waiting: maxWaiting, patienceMs: timeoutMs, clock });
  const kept = createKeptAnswers(maxCached, clock);
  const asking = new Map<string, Promise<Verified>>();
  const authority = { name: `introspection ${url}`, identityOf: identityReader(options) };

  async function question(token: string): Promise<Verified> {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token', ...proof.form });
    const answer = await ask({ url, method: 'POST', headers, body, timeoutMs, maxBytes, clock });
    if (!answer.ok || !isRecord(answer.json) || typeof answer.json['active'] !== 'boolean') {
      outage.failed(answer.ok ? 'the answer is no introspection' : answer.problem);
      return unavailable;
    }
    outage.worked();
    const claims = answer.json;
    if (!claims['active'] || !isMeant(claims, options)) return invalid;
    return verifiedBy(claims, authority, clock.now());
  }

  async function answerOf(token: string, digest: string): Promise<Verified> {
    try {
      const verified = (await gate(() => question(token))) ?? unavailable;
      if (verified.ok) {
        const leftMs = (verified.expiresAt ?? Infinity) - clock.now();
        kept.keep(digest, verified, Math.min(cacheMs, leftMs));
      }
      return verified;
    } finally {
      asking.delete(digest);
    }
  }

  return async (token) => {
    if (token === '' || token.length > maxTokenUnits) return invalid;
    const digest = digestOf(token);
    const known = kept.get(digest);
    if (known !== undefined) return known;
    const answer = asking.get(digest) ?? answerOf(token, digest);
    asking.set(digest, answer);
    return answer;
  };
}
