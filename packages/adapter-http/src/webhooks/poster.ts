import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '@dragoman/core';
import type { AddressGuard } from './address-guard.js';
import { retryAfterMs } from './retry-after.js';

export interface PosterOptions {
  readonly url: URL;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  /** Connections at a time. */
  readonly parallel: number;
  /** From the first byte to the last, ms. */
  readonly timeoutMs: number;
  /** Of the answer's body, which is handed back; 0: nobody reads it, and the status alone is waited for. */
  readonly replyBytes: number;
}

/** Why no answer came, or none that can be used. */
export const postProblems = ['TIMED_OUT', 'UNREACHABLE', 'ADDRESS_REFUSED', 'TOO_LARGE', 'PAUSED', 'STOPPED'] as const;
type PostProblem = (typeof postProblems)[number];

/** What came back. */
export type Posted =
  | {
      readonly ok: true;
      readonly status: number;
      readonly body: string;
      /** What its `Retry-After` asks for, ms. */
      readonly afterMs: number | null;
    }
  | { readonly ok: false; readonly problem: PostProblem };

/**
 * What is drained of an answer that nobody reads, and for how long, ms, so that the connection can be used again: while it
 * is held, others wait for it.
 */
const [drainBytes, drainMs] = [65_536, 1_000];

/** Sends requests to one address. Redirects are answers like others: nothing is sent anywhere else. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #agent: HttpAgent;
  readonly #stopped = new AbortController();

  constructor(options: PosterOptions) {
    const pool = { keepAlive: true, maxSockets: options.parallel };
    this.#options = options;
    this.#agent = options.url.protocol === 'https:' ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  /** Never rejects. */
  async post(headers: Readonly<Record<string, string>>, body: string): Promise<Posted> {
    const { url, guard } = this.#options;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A name is checked when it is resolved, an address here: nobody resolves it.
    if (/^[\d.]+$|:/.test(host) && !guard.permits(host)) return { ok: false, problem: 'ADDRESS_REFUSED' };
    const first = await this.#attempt(headers, body);
    // The other side may close a kept connection at the moment it is used: that is no failure of its.
    return first === 'again' ? this.#settled(await this.#attempt(headers, body)) : first;
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stopped.abort();
    this.#agent.destroy();
  }

  #settled(posted: Posted | 'again'): Posted {
    return posted === 'again' ? { ok: false, problem: 'UNREACHABLE' } : posted;
  }

  #attempt(headers: Readonly<Record<string, string>>, body: string): Promise<Posted | 'again'> {
    if (this.#stopped.signal.aborted) return Promise.resolve({ ok: false, problem: 'STOPPED' });
    const { clock, timeoutMs, replyBytes } = this.#options;
    return new Promise((resolve) => {
      const request = this.#request(headers, Buffer.byteLength(body));
      const fail = (problem: PostProblem): void => {
        resolve({ ok: false, problem });
        request.destroy();
      };
      const stop = (): void => fail('STOPPED');
      this.#stopped.signal.addEventListener('abort', stop);
      let cancel = clock.after(timeoutMs, () => fail('TIMED_OUT'));
      request.once('close', () => {
        cancel();
        this.#stopped.signal.removeEventListener('abort', stop);
        resolve({ ok: false, problem: 'UNREACHABLE' });
      });
      request.on('error', (error) => resolve(failureOf(error, request)));
      request.once('response', (response) => {
        const afterMs = retryAfterMs(response.headers['retry-after'], clock.now());
        const answered = (text: string): void =>
          resolve({ ok: true, status: response.statusCode ?? 0, body: text, afterMs });
        if (replyBytes === 0) {
          answered('');
          cancel();
          cancel = clock.after(drainMs, () => request.destroy());
        }
        read(response, replyBytes, { whole: answered, tooLarge: () => fail('TOO_LARGE') });
      });
      request.end(body);
    });
  }

  #request(headers: Readonly<Record<string, string>>, length: number): ClientRequest {
    const { url, guard } = this.#options;
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const all = { ...headers, 'content-length': String(length), 'user-agent': 'Dragoman' };
    return send(url, { method: 'POST', agent: this.#agent, lookup: guard.lookup, headers: all });
  }
}

function failureOf(error: NodeJS.ErrnoException, request: ClientRequest): Posted | 'again' {
  if (error.code === 'ADDRESS_REFUSED') return { ok: false, problem: 'ADDRESS_REFUSED' };
  const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  return isStale ? 'again' : { ok: false, problem: 'UNREACHABLE' };
}

function read(
  response: IncomingMessage,
  limit: number,
  on: { readonly whole: (text: string) => void; readonly tooLarge: () => void },
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > Math.max(limit, drainBytes)) response.destroy();
    if (bytes > limit && limit > 0) on.tooLarge();
    else if (limit > 0) chunks.push(chunk);
  });
  response.on('error', () => response.destroy());
  response.once('end', () => on.whole(Buffer.concat(chunks).toString()));
}
