import type { Version } from './frame.js';

/** What a query says, the last of several under one name. [PHX connect params] */
export function readParams(query: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(query));
}

/** Undefined: a version nobody speaks here, or none at all said in a wrong way. [PHX vsn] */
export function readVersion(params: ReadonlyMap<string, string>): Version | undefined {
  for (const name of params.keys()) if (name.startsWith('vsn[')) return undefined;
  const vsn = params.get('vsn') ?? '1.0.0';
  if (/^1\.0\.\d{1,9}$/.test(vsn)) return 1;
  return /^2\.0\.\d{1,9}$/.test(vsn) ? 2 : undefined;
}

const bearer = 'base64url.bearer.phx.';

/** What the header `Sec-WebSocket-Protocol` offers. [PHX authToken] */
export interface Offer {
  /** False: protocols are offered, and `phoenix` is none of them. */
  readonly isAcceptable: boolean;
  readonly authToken: string | undefined;
}

export function readOffer(header: string | undefined): Offer {
  const offered = (header ?? '').split(',').map((name) => name.trim());
  const tokens = offered.filter((name) => name.startsWith(bearer)).map((name) => name.slice(bearer.length));
  const [token] = tokens;
  return {
    isAcceptable: header === undefined || offered.includes('phoenix'),
    authToken: token === undefined || tokens.length > 1 ? undefined : decodeToken(token),
  };
}

/** Both alphabets, padded or not; each byte is one character. Undefined: no base64. [PHX authToken] */
function decodeToken(text: string): string | undefined {
  const plain = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={0,2}$/, '');
  if (plain === '' || !/^[A-Za-z0-9+/]+$/.test(plain) || plain.length % 4 === 1) return undefined;
  return atob(plain);
}

/** The scheme, the host and the port of a page, or of a pattern for them. */
const originShape = /^([a-z][a-z0-9+.-]*:)?\/\/(\*\.)?(\[[0-9a-f:.]+\]|[^/:*[\]]+)(?::(\d{1,5}))?$/i;

const defaultPorts = new Map([
  ['http:', '80'],
  ['https:', '443'],
]);

/** Whether a page may connect; no origin: no page. An unreadable pattern allows nothing. [PHX check_origin] */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[] | undefined): boolean {
  if (origin === undefined || allowed === undefined) return true;
  const page = originShape.exec(origin.toLowerCase());
  if (page === null) return false;
  return allowed.some((pattern) => matches(page, originShape.exec(pattern.toLowerCase())));
}

function matches(page: RegExpExecArray, pattern: RegExpExecArray | null): boolean {
  if (pattern === null) return false;
  const [, scheme = '', , host = '', port = defaultPorts.get(scheme)] = page;
  const [, wantedScheme = scheme, star, wantedHost = '', wantedPort = port] = pattern;
  const isHost = host === wantedHost || (star !== undefined && host.endsWith(`.${wantedHost}`));
  return scheme === wantedScheme && isHost && port === wantedPort;
}
