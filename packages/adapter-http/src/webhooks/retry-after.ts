/**
 * What a `Retry-After` asks for at this time, ms: seconds, or a date, in which only GMT is spoken. Null for anything else.
 * [RFC 9110 10.2.3]
 */
export function retryAfterMs(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = text.endsWith(' GMT') ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(at - now, 0);
}
