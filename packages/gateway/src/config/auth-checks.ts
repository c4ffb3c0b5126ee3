import { silentLog, systemClock } from '@dragoman/core';
import { minSecretBytes } from '@dragoman/tokens';
import type { AuthConfig } from './auth.js';
import type { Problem } from './problems.js';
import { secretProblems, type Environment } from './secrets.js';
import { verifierOf } from './verifiers.js';

/** A verifier that is made asks nobody yet, so making one shows whether its address is fit. */
function addressProblems(auth: AuthConfig, path: string, environment: Environment): readonly Problem[] {
  try {
    verifierOf(auth, { environment, clock: systemClock, log: silentLog });
    return [];
  } catch (error) {
    return [{ path: `${path}.url`, what: error instanceof Error ? error.message : String(error) }];
  }
}

function proofProblems(
  auth: AuthConfig & { kind: 'introspection' },
  path: string,
  env: Environment,
): readonly Problem[] {
  const { client, bearer } = auth;
  if ((client === undefined) === (bearer === undefined)) {
    return [{ path: `${path}.client`, what: 'is missing, or `bearer` is: exactly one of them proves who asks' }];
  }
  return [
    ...(client === undefined ? [] : secretProblems(client.secret, `${path}.client.secret`, env)),
    ...(bearer === undefined ? [] : secretProblems(bearer, `${path}.bearer`, env)),
  ];
}

/** One issuer signs either with a secret or with a key pair: whoever knows of both may be mistaken about one. */
function issuerProblems(of: readonly AuthConfig[], path: string): readonly Problem[] {
  const issuers = of.map((one) => (one.kind === 'jwks' ? one.issuer : undefined));
  return of.flatMap((one, index) =>
    one.kind === 'hs256' && one.issuer !== undefined && issuers.includes(one.issuer)
      ? [
          {
            path: `${path}.of[${index}].issuer`,
            what: `signs with keys already at ${path}.of[${issuers.indexOf(one.issuer)}]`,
          },
        ]
      : [],
  );
}

/** What is wrong with a part of the config that says who may sign in, beyond its shape. */
export function authProblems(auth: AuthConfig, path: string, environment: Environment): readonly Problem[] {
  switch (auth.kind) {
    case 'hs256':
      return secretProblems(auth.secret, `${path}.secret`, environment, minSecretBytes);
    case 'jwks':
      return addressProblems(auth, path, environment);
    case 'introspection':
      return [...addressProblems(auth, path, environment), ...proofProblems(auth, path, environment)];
    case 'firstOf':
      return [
        ...auth.of.flatMap((one, index) => authProblems(one, `${path}.of[${index}]`, environment)),
        ...issuerProblems(auth.of, path),
      ];
  }
}
