import { stat } from 'node:fs/promises';
import { secretsIn, type SecretAt } from './secret-places.js';
import { secretOf } from '../../config/secrets.js';
import { codeOf, findings, type Check, type Finding } from './finding.js';

const { fault, hint, fine } = findings('secrets');

async function rightsOf(file: string): Promise<readonly Finding[]> {
  try {
    const { mode } = await stat(file);
    const rights = (mode & 0o777).toString(8);
    return (mode & 0o077) === 0
      ? [fine(`${file} is readable by its owner alone`)]
      : [fault(`${file} holds secrets and others may read it (mode ${rights})`, `chmod 600 ${file}`)];
  } catch (error) {
    return [fault(`${file} cannot be looked at (${codeOf(error)})`, 'see that it is there and may be read')];
  }
}

/** Files that hold secrets are for their owner alone. */
export const checkSecretFiles: Check = async ({ secretFiles, config }) => {
  const named = secretsIn(config).flatMap(({ reference }) => reference.file ?? []);
  const all = await Promise.all([...new Set([...secretFiles, ...named])].map(rightsOf));
  return all.flat();
};

/** Words that stand in guides and are left there. */
const guessable = /^(.*(secret|password|passw0rd|change-?me|example|test|12345).*)$/i;

const isWeak = (value: string): boolean => new Set(value).size < 8 || (value.length < 64 && guessable.test(value));

/** Places whose secret is made up by us, not by a broker or a certificate. */
const isOurs = ({ path }: SecretAt): boolean => !/\.(url|ca|cert|key)$/.test(path) || path === 'operations.key';

/** Secrets that nobody guesses, one for each purpose. */
export const checkSecrets: Check = async ({ config, env }) => {
  const places = secretsIn(config).filter(isOurs);
  const weak = places.filter(({ reference }) => isWeak(secretOf(reference, env)));
  const makeIt = 'make it with: openssl rand -base64 32';
  const purposes = new Map<string, Set<string>>();
  for (const { reference, path } of places) {
    const value = secretOf(reference, env);
    purposes.set(value, (purposes.get(value) ?? new Set()).add(path.replace(/^.*\./, '')));
  }
  const shared = [...purposes.values()].filter((names) => names.size > 1);
  return [
    ...weak.map(({ path }) => fault(`${path} is easily guessed`, makeIt)),
    ...shared.map((names) => hint(`one secret is ${[...names].join(' and ')} at once`, `one for each; ${makeIt}`)),
    ...(weak.length + shared.length === 0 ? [fine(`${places.length} secrets are in place`)] : []),
  ];
};
