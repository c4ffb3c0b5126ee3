import type { Clock } from '@dragoman/core';

export interface Question {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
  /** The whole answer must have come by then, ms. */
  readonly timeoutMs: number;
  /** A longer answer is not read to its end. */
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** The JSON of a 200; or in a few words what came instead, fit for a log. */
export type Answer = { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly problem: string };

async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Answer {
  try {
    return { ok: true, json: JSON.parse(text) };
  } catch {
    return { ok: false, problem: 'the answer is not JSON' };
  }
}

/** The code of what went wrong on the way; never its message, which may quote what was sent. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}

/** Asks once and follows no redirect, so that a secret goes nowhere but where it was meant to. Never throws. */
export async function ask({ url, timeoutMs, maxBytes, clock, ...init }: Question): Promise<Answer> {
  const abort = new AbortController();
  const cancel = clock.after(timeoutMs, () => abort.abort());
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: abort.signal });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      return { ok: false, problem: `status ${response.status}` };
    }
    const text = await textOf(response.body, maxBytes);
    return text === undefined ? { ok: false, problem: `more than ${maxBytes} bytes` } : parsed(text);
  } catch (error) {
    return { ok: false, problem: abort.signal.aborted ? `no answer within ${timeoutMs} ms` : codeOf(error) };
  } finally {
    cancel();
  }
}

/** An address of ours to ask. Throws a TypeError unless it is https, or http on this machine or where that is allowed. */
export function addressOf(text: string, allowHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url?.hostname ?? '');
  const isFit = url?.protocol === 'https:' || (url?.protocol === 'http:' && (isLocal || allowHttp));
  if (url === undefined || !isFit || url.username !== '' || url.password !== '') {
    throw new TypeError('the address must be https without a user, or http on this machine');
  }
  return url;
}
