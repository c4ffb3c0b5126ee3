import type { IncomingMessage } from 'node:http';
import { socketioCarrier, type Carrier } from '@dragoman/adapter-socketio';
import { Fault, type TokenVerifier } from '@dragoman/core';
import { clientAddress } from '../client-address.js';
import type { AuthConfig } from '../config/auth.js';
import { authProblems } from '../config/auth-checks.js';
import type { Surroundings } from '../config/crosschecks.js';
import type { Problem } from '../config/problems.js';
import type { Config } from '../config/schema.js';
import { verifierOf, type VerifierMaterials } from '../config/verifiers.js';
import type { Listener } from '../listener.js';

/** The http servers by their names. */
export type Listeners = ReadonlyMap<string, Listener>;

/** Where a web adapter is reached, and what its listener's configuration says to every adapter on it. */
export interface Web {
  readonly listener: Listener;
  /** Absent: each protocol has its own rule. */
  readonly origins?: readonly string[];
  readonly addressOf: (request: IncomingMessage) => string;
}

/** What the adapters of a config are made from. */
export interface Materials extends VerifierMaterials {
  readonly config: Config;
  /** Verifies for adapters without an `auth`. */
  readonly verifier: TokenVerifier;
  readonly listeners: Listeners;
  /** The Socket.IO server of a path: dialects on the same path share one. */
  carrierAt(path: string, web: Web): Carrier;
}

/** Makes each carrier once. */
export function rememberCarriers(): Materials['carrierAt'] {
  const known = new Map<Listener, Map<string, Carrier>>();
  return (path, web) => {
    const here = known.get(web.listener) ?? new Map<string, Carrier>();
    const carrier = here.get(path) ?? socketioCarrier({ path, ...web });
    known.set(web.listener, here.set(path, carrier));
    return carrier;
  };
}

/** Which listener an adapter is reached at: the one it names, or the first. */
export function webOf(adapter: { readonly listener?: string }, { config, listeners }: Materials): Web {
  const name = adapter.listener ?? config.listeners[0]?.name ?? '';
  const listener = listeners.get(name);
  if (listener === undefined) throw new Fault('CONFIG_INVALID', `no listener is called ${JSON.stringify(name)}`);
  const { origins, trustedProxies = [] } = config.listeners.find((one) => one.name === name) ?? {};
  return { listener, addressOf: clientAddress(trustedProxies), ...(origins !== undefined && { origins }) };
}

interface SignIn {
  readonly auth?: AuthConfig;
}

/** Who may sign in there. */
export function signInOf({ auth }: SignIn, materials: Materials): TokenVerifier {
  return auth === undefined ? materials.verifier : verifierOf(auth, materials);
}

/** What is wrong with who may sign in there. */
export function signInProblems({ auth }: SignIn, at: string, around: Surroundings): readonly Problem[] {
  if (auth !== undefined) return authProblems(auth, `${at}.auth`, around.env);
  return around.hasVerifier ? [] : [{ path: `${at}.auth`, what: 'is missing: nobody could sign in' }];
}
