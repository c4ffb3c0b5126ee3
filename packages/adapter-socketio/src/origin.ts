import type { IncomingMessage } from 'node:http';

/**
 * Whether a page may connect: one of the listed origins, one served by the host that is asked, or no page at all (a
 * request without `Origin` comes from a program, unless it asks for a script: that is a page that does not say which).
 */
export function isOriginAllowed(
  { headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>,
  origins: readonly string[],
): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return !new URL(url, 'http://localhost').searchParams.has('j');
  if (origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
