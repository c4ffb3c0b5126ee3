import type { SecretConfig } from '../../config/auth.js';

/** A place of a config that refers to a secret. */
export interface SecretAt {
  readonly path: string;
  readonly reference: SecretConfig;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isReference(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, string>> {
  const keys = Object.keys(value);
  return keys.length === 1 && ['env', 'file'].includes(keys[0] ?? '') && typeof Object.values(value)[0] === 'string';
}

/** Every reference to a secret in a config, wherever it stands. */
export function secretsIn(value: unknown, path = ''): readonly SecretAt[] {
  if (!isRecord(value)) return [];
  if (isReference(value)) return [{ path, reference: value }];
  return Object.entries(value).flatMap(([key, part]) => {
    const step = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`;
    return secretsIn(part, `${path}${step}`);
  });
}
