import { randomBytes } from 'node:crypto';
import { silentLog, type Adapter, type TokenVerifier } from '@dragoman/core';
import { dialectOf, type AdapterConfig } from '../dialects/index.js';
import { rememberCarriers, webOf, type Materials } from '../dialects/materials.js';
import type { Leg } from './legs.js';
import type { Place } from './participant.js';

/** Where the copies' secret stands for those whose config names a place for it. */
const secretName = 'DRAGOMAN_PROBE';

/** The legs of a config; what the copies let in is made anew for each process. */
export function legsOf(materials: Materials, adapters: readonly Adapter[]): readonly Leg[] {
  const secret = randomBytes(32).toString('hex');
  const credentials = { customer: `customer.${secret}`, operator: `operator.${secret}` };
  const verifier = verifierOf(credentials);
  return materials.config.adapters.map((config) =>
    legOf(config, { materials, adapters, secret, credentials, verifier }),
  );
}

interface Around {
  readonly materials: Materials;
  readonly adapters: readonly Adapter[];
  readonly secret: string;
  readonly credentials: Place['credentials'];
  readonly verifier: TokenVerifier;
}

function legOf(config: AdapterConfig, around: Around): Leg {
  const { materials, adapters, secret, verifier } = around;
  const name = config.space ?? config.dialect;
  const { probe, leg } = dialectOf(config);
  const problem = (): string | undefined => adapters.find((one) => one.name === name)?.health?.().problems[0];
  if (leg !== undefined) {
    const { hello, copy } = leg(config, materials);
    return { name, copy, hello: async () => problem() ?? (await hello()) };
  }
  if (probe === undefined) return { name, copy: undefined, hello: async () => problem() };
  const path = `/operations/probe/${secret.slice(0, 32)}/${name}`;
  const url = (): string => webOf('listener' in config ? config : {}, materials).listener.url ?? '';
  const place: Place = {
    get url() {
      return url();
    },
    path,
    // Who has no verifier of his own is let in by the secret itself.
    credentials: probe.takesSecret === true ? { customer: '', operator: secret } : around.credentials,
  };
  const copied = probe.copy(config, { path, key: secret, secret: { env: secretName } });
  const environment = { ...materials.environment, [secretName]: secret };
  return {
    name,
    hello: async () => problem() ?? (await probe.hello(config)(url())),
    copy: {
      sides: new Set(probe.sides.operator === undefined ? ['customer'] : ['customer', 'operator']),
      open: () => ({
        adapter: dialectOf(copied).adapter(copied, {
          ...materials,
          environment,
          verifier,
          log: silentLog,
          carrierAt: rememberCarriers(),
        }),
        async enter(side, hear) {
          const enter = probe.sides[side];
          if (enter === undefined) throw new TypeError(`${name} has no ${side}s`);
          return enter(place, hear);
        },
      }),
    },
  };
}

function verifierOf({ customer, operator }: Place['credentials']): TokenVerifier {
  return async (credential) => {
    if (credential === customer)
      return { ok: true, identity: { externalId: 'probe', role: 'customer', name: 'Probe' } };
    if (credential === operator) return { ok: true, identity: { externalId: 'desk', role: 'operator', name: 'Probe' } };
    return { ok: false, code: 'invalid' };
  };
}
