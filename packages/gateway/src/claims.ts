import { Fault, type Cancel } from '@dragoman/core';

/** Who answers below which path; the longest claim that covers a path wins. */
export interface Claims<Handler> {
  /** Claims all prefixes or none. Throws CONFIG_INVALID for one that is taken, a TypeError for one that is no path. */
  claim(prefixes: readonly string[], handler: Handler): Cancel;
  /** The handler for a request target as it stands in the request line; undefined when nobody claims it. */
  find(target: string | undefined): Handler | undefined;
}

/** A request target is never parsed as a URL: clients may send anything there, and `//` alone makes `new URL` throw. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}

function normalised(prefix: string): string {
  if (!/^\/[^?#\s]*$/.test(prefix)) throw new TypeError(`not a path: ${JSON.stringify(prefix)}`);
  return prefix.replace(/\/+$/, '');
}

/** Whole segments only: `/socket` covers `/socket` and `/socket/x`, never `/socket.io`. */
function covers(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path.charAt(prefix.length) === '/');
}

export function createClaims<Handler>(): Claims<Handler> {
  let claims: readonly { readonly prefix: string; readonly handler: Handler }[] = [];
  return {
    claim(prefixes, handler) {
      const added = [...new Set(prefixes.map(normalised))].map((prefix) => ({ prefix, handler }));
      const taken = added.find(({ prefix }) => claims.some((claim) => claim.prefix === prefix));
      if (taken !== undefined) throw new Fault('CONFIG_INVALID', `two adapters claim the path ${taken.prefix || '/'}`);
      claims = [...claims, ...added].toSorted((one, other) => other.prefix.length - one.prefix.length);
      return () => {
        claims = claims.filter((claim) => !added.includes(claim));
      };
    },
    find(target) {
      if (target === undefined) return undefined;
      const path = pathOf(target);
      return claims.find(({ prefix }) => covers(prefix, path))?.handler;
    },
  };
}
