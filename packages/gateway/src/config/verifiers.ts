import type { Clock, Log, TokenVerifier } from '@dragoman/core';
import { firstOf, hs256Verifier, introspectionVerifier, jwksVerifier, type ClientProof } from '@dragoman/tokens';
import type { AuthConfig } from './auth.js';
import { secretOf, type Environment } from './secrets.js';

/** What verifiers are made from beside their config. */
export interface VerifierMaterials {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
}

type IntrospectionConfig = Extract<AuthConfig, { kind: 'introspection' }>;

function proofOf({ client, bearer = {} }: IntrospectionConfig, environment: Environment): ClientProof {
  if (client === undefined) return { bearer: secretOf(bearer, environment) };
  return { ...client, secret: secretOf(client.secret, environment) };
}

/** The verifier that a part of the config describes. Throws a TypeError for an address that is not fit. */
export function verifierOf(auth: AuthConfig, materials: VerifierMaterials): TokenVerifier {
  const { environment, clock, log } = materials;
  switch (auth.kind) {
    case 'hs256':
      return hs256Verifier({ ...auth, secret: secretOf(auth.secret, environment), clock });
    case 'jwks':
      return jwksVerifier({ ...auth, clock, log });
    case 'introspection': {
      const { bearer: _, ...rest } = auth;
      return introspectionVerifier({ ...rest, client: proofOf(auth, environment), clock, log });
    }
    case 'firstOf':
      return firstOf(auth.of.map((one) => verifierOf(one, materials)));
  }
}
