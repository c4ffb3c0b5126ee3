import type { IncomingMessage } from 'node:http';

/**
 * Whether a page may connect: one of the listed origins, one served by the host that is asked, or no page at all (a
 * request without `Origin` comes from a program).
 */
export function isOriginAllowed(request: Pick<IncomingMessage, 'headers'>, origins: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
