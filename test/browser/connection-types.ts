import type { Page } from 'playwright-core';

/** The connection types that a page asks its connects to be answered by, in the order of their first. */
export function connectionTypes(page: Page): ReadonlySet<string> {
  const seen = new Set<string>();
  const look = (text: string): void => {
    for (const [, type = ''] of text.matchAll(/"connectionType":"([a-z-]+)"/g)) seen.add(type);
  };
  page.on('request', (request) => {
    look(decodeURIComponent(request.url()));
    const body = request.postData() ?? '';
    look(body.startsWith('message=') ? (new URLSearchParams(body).get('message') ?? '') : body);
  });
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => look(String(payload))));
  return seen;
}

/**
 * What a page settled on. Faye's first connect goes by polling while a socket or stream is still being tried, and a page
 * that began so keeps to nothing else.
 */
export function settledOn(types: ReadonlySet<string>): readonly string[] {
  const others = [...types].filter((type) => type !== 'long-polling');
  return others.length === 0 ? [...types] : others;
}
