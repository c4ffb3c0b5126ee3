import type { AuthConfig } from '../../config/auth.js';
import { codeOf, findings, type Check, type Finding, type Patient } from './finding.js';

/** What is asked answers in this time, or not at all, ms. */
const patienceMs = 3_000;

/** A clock that differs by more makes tokens begin or end at the wrong time, ms. */
const skewMs = 30_000;

type Authority = Extract<AuthConfig, { url: string }>;

function authoritiesOf({ config: { adapters } }: Patient): readonly Authority[] {
  const all = adapters.flatMap((one): readonly AuthConfig[] => {
    const auth = 'auth' in one && typeof one.auth === 'object' ? one.auth : undefined;
    if (auth === undefined) return [];
    return auth.kind === 'firstOf' ? auth.of : [auth];
  });
  const asked = all.flatMap((auth) => (auth.kind === 'jwks' || auth.kind === 'introspection' ? [auth] : []));
  return [...new Map(asked.map((auth) => [auth.url, auth])).values()];
}

function clockFinding(response: Response, before: number, after: number): readonly Finding[] {
  const { fault, fine } = findings('clock');
  const theirs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return [];
  // Their date is in whole seconds.
  const skew = theirs > after ? theirs - after : Math.max(0, before - theirs - 1_000);
  const seconds = Math.round(skew / 1_000);
  return skew <= skewMs
    ? [fine('the clock is that of who signs tokens')]
    : [fault(`the clock differs by ${seconds} s from that of who signs tokens`, 'set it: timedatectl set-ntp true')];
}

async function hasKeys(response: Response): Promise<boolean> {
  const body: unknown = await response.json().catch(() => undefined);
  return Array.isArray(Reflect.get(Object(body), 'keys'));
}

async function authorityFindings({ kind, url }: Authority, { machine }: Patient): Promise<readonly Finding[]> {
  const { fault, fine } = findings('sign-in');
  const remedy = 'see that the url of auth is right and can be reached from here; a proxy or a firewall may be between';
  const before = machine.now();
  try {
    const method = kind === 'jwks' ? 'GET' : 'HEAD';
    const response = await fetch(url, { method, signal: AbortSignal.timeout(patienceMs) });
    const clock = clockFinding(response, before, machine.now());
    if (kind === 'jwks' && !(await hasKeys(response))) return [fault(`${url} serves no set of keys`, remedy), ...clock];
    return [fine(`${url} answers`), ...clock];
  } catch (error) {
    return [fault(`${url} does not answer (${codeOf(error)})`, remedy)];
  }
}

/** Who signs tokens can be asked, and has our time. */
export const checkAuthorities: Check = async (patient) =>
  (await Promise.all(authoritiesOf(patient).map((authority) => authorityFindings(authority, patient)))).flat();
