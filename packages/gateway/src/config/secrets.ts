import { readFileSync } from 'node:fs';
import type { SecretConfig } from './auth.js';
import type { Problem } from './problems.js';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

/** The secret behind a reference, `''` when there is none; the checks have seen that it is there. */
export function secretOf({ env, file }: SecretConfig, environment: Environment): string {
  return (env === undefined ? textIn(file ?? '') : environment[env]) ?? '';
}

/** What is wrong with a reference at a path of the config; what is behind it is never said. */
export function secretProblems(
  reference: SecretConfig,
  path: string,
  environment: Environment,
  minBytes = 1,
): readonly Problem[] {
  const { env, file } = reference;
  const value = secretOf(reference, environment);
  const at = `${path}.${env === undefined ? 'file' : 'env'}`;
  if (value === '') {
    return [
      {
        path: at,
        what: env === undefined ? `${file} cannot be read or is empty` : `the environment variable ${env} is not set`,
      },
    ];
  }
  if (Buffer.byteLength(value) >= minBytes) return [];
  return [{ path: at, what: `the secret in ${env ?? file} is shorter than ${minBytes} bytes` }];
}
