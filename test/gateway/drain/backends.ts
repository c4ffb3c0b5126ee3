/** Backends that live through a restart: some read the feed, one is told by webhook. */
import { EventSource } from 'eventsource';
import { openReceiver, textOf } from '../../adapter-http/receiver.js';

/** The key of the development profile. */
const key = 'dev-backend';

export interface Backend {
  /** Why it gave up; undefined: it did not. */
  gaveUp(): string | undefined;
  /** Words that it was told, each time that counts as anew for it. */
  told(): readonly string[];
  close(): void | Promise<void>;
}

interface Told {
  readonly data: { readonly message?: { readonly body: { readonly text?: string } } };
}

/** The npm library, which comes back by itself with the last place it was told. Resolves when it listens. */
export async function listener(port: number): Promise<Backend> {
  const source = new EventSource(`http://127.0.0.1:${port}/v1/events?type=MessagePosted`, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } }),
  });
  const told: string[] = [];
  source.addEventListener('message', ({ data }) => {
    const event: Told = JSON.parse(String(data));
    told.push(event.data.message?.body.text ?? '');
  });
  let refusal: string | undefined;
  source.addEventListener('error', ({ code, message }) => {
    if (source.readyState === source.CLOSED) refusal = `${code} ${message}`;
  });
  await new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
  return { told: () => told, gaveUp: () => refusal, close: () => source.close() };
}

export interface Receiving extends Backend {
  readonly url: string;
  /** Letters that came again under their id, because nobody heard that they were taken. */
  repeats(): number;
}

/** Takes its time over each letter, so that some are always under way. */
export async function receiver(answerMs: number): Promise<Receiving> {
  const byId = new Map<string, string>();
  const receiving = await openReceiver((letter, response) => {
    byId.set(letter.id, textOf(letter));
    // Its own rhythm: it has something to do before it answers.
    setTimeout(() => response.writeHead(204).end(), answerMs);
    return undefined;
  });
  return {
    url: receiving.url,
    told: () => [...byId.values()],
    gaveUp: () => undefined,
    repeats: () => receiving.requests.length - byId.size,
    close: () => receiving.close(),
  };
}
