import { signal, type ReadonlySignal } from '@preact/signals';
import type { Sighting } from './sighting.js';

/** Of the development profile. */
const key = 'dev-operations';

/** So many are kept; the oldest are forgotten. */
const maxSightings = 3000;

/** What comes within this time is shown together, ms. */
const togetherMs = 60;

/** After an interruption, ms. */
const againMs = 1000;

/** What happens in the gateway, from now on. */
export interface Watch {
  readonly sightings: ReadonlySignal<readonly Sighting[]>;
  readonly isOn: ReadonlySignal<boolean>;
}

async function* textsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

export function watchGateway(): Watch {
  const [sightings, isOn] = [signal<readonly Sighting[]>([]), signal(false)];
  let news: Sighting[] = [];

  /** Many come at once: they are shown together. */
  function gather(sighting: Sighting): void {
    if (news.push(sighting) > 1) return;
    setTimeout(() => {
      sightings.value = [...sightings.value, ...news].slice(-maxSightings);
      news = [];
    }, togetherMs);
  }

  async function follow(): Promise<void> {
    const response = await fetch('/operations/sightings?texts=1', { headers: { authorization: `Bearer ${key}` } });
    if (!response.ok || response.body === null) throw new Error(`sightings: ${response.status}`);
    isOn.value = true;
    let rest = '';
    for await (const part of textsOf(response.body)) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: {"type"')) gather(JSON.parse(line.slice(6)));
    }
  }

  async function run(): Promise<never> {
    for (;;) {
      await follow().catch(() => undefined);
      isOn.value = false;
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }

  void run();
  return { sightings, isOn };
}
