import { personToken } from '@dragoman/adapter-faye';
import { SignJWT } from 'jose';
import { minSecretBytes } from '@dragoman/tokens';
import type { AuthConfig } from '../config/auth.js';
import { secretOf } from '../config/secrets.js';
import type { Config } from '../config/schema.js';
import type { AdapterConfig } from '../dialects/index.js';
import type { roleNames } from './choices.js';
import { Ending } from './ending.js';
import type { SettingsOptions } from './options.js';
import { settingsOf, type Settings } from './settings.js';
import { answer, type Said, type Terminal } from './terminal.js';

/** What can be said of a token. */
export interface TokenOptions extends SettingsOptions, Said {
  readonly role: (typeof roleNames)[number];
  readonly name?: string;
  readonly expires: number;
  readonly space?: string;
  readonly dev?: true;
}

function devToken(id: string, { role }: TokenOptions): string {
  const made = `dev-${role}-${id}`;
  if (/^[a-z0-9]{1,32}$/.test(id) && role !== 'monitor') return made;
  throw new Ending('usage', `the development profile knows no ${role} ${id}`, 'an id there is 1 to 32 of a-z and 0-9');
}

type Hs256 = Extract<AuthConfig, { kind: 'hs256' }>;
type Convead = Extract<AdapterConfig, { dialect: 'convead' }>;

const spaceOf = ({ space, dialect }: AdapterConfig): string => space ?? dialect;

/** How tokens of an adapter are signed, where the gateway has all that is needed for it. */
function signed(adapter: AdapterConfig): Hs256 | undefined {
  const auth = 'auth' in adapter && typeof adapter.auth === 'object' ? adapter.auth : undefined;
  const kinds = auth?.kind === 'firstOf' ? auth.of : auth === undefined ? [] : [auth];
  return kinds.find((kind) => kind.kind === 'hs256');
}

const isPersonal = (adapter: AdapterConfig): adapter is Convead =>
  adapter.dialect === 'convead' && adapter.personKey !== undefined;

/** The adapter that is meant: the one that is named, or the only kind of signature that there is. */
function meant({ adapters }: Config, space: string | undefined): AdapterConfig {
  const named = adapters.filter((adapter) => space === undefined || spaceOf(adapter) === space);
  const able = named.find(signed) ?? named.find(isPersonal);
  if (able !== undefined) return able;
  const what = space === undefined ? 'no adapter of this config has' : `the adapter ${space} has no`;
  throw new Ending(
    'noInput',
    `${what} tokens that the gateway could sign`,
    'only auth of kind hs256 and personKey of convead sign with a secret that is known here; ask your authority for others',
  );
}

async function jwt(
  id: string,
  { secret, issuer, audience, claims }: Hs256,
  asked: TokenOptions & Pick<Settings, 'env'>,
) {
  const bytes = new TextEncoder().encode(secretOf(secret, asked.env));
  if (bytes.byteLength < minSecretBytes) throw new Ending('noPermission', 'the secret is too short to sign with');
  const named = { id: claims?.id ?? 'sub', role: claims?.role ?? 'role', name: claims?.name ?? 'name' };
  if (Object.values(named).some((name) => name.startsWith('/'))) {
    throw new Ending('usage', 'tokens whose claims stand deeper than the top are not made here');
  }
  const facts = { [named.id]: id, [named.role]: asked.role, [named.name]: asked.name ?? id };
  const now = Math.floor(Date.now() / 1000);
  const made = new SignJWT(asked.role === 'program' ? { ...facts, [claims?.program ?? 'programId']: id } : facts)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(now)
    .setExpirationTime(now + Math.floor(asked.expires / 1000));
  if (issuer !== undefined) made.setIssuer(issuer);
  if (audience !== undefined) made.setAudience(audience);
  return made.sign(bytes);
}

function personal(
  id: string,
  { personKey = {} }: Convead,
  { role, env }: TokenOptions & Pick<Settings, 'env'>,
): string {
  if (role !== 'customer' && role !== 'operator') {
    throw new Ending('usage', 'convead has tokens of visitors (customer) and managers (operator) alone');
  }
  return personToken(secretOf(personKey, env), { type: role === 'customer' ? 'visitor' : 'manager', id });
}

/** A token that proves somebody to one adapter of a config. */
async function minted(id: string, options: TokenOptions, { config, env }: Settings): Promise<[string, string]> {
  const adapter = meant(config, options.space);
  const how = signed(adapter);
  const asked = { ...options, env };
  if (how !== undefined) return [await jwt(id, how, asked), spaceOf(adapter)];
  return [isPersonal(adapter) ? personal(id, adapter, asked) : '', spaceOf(adapter)];
}

/** Mints a token. */
export async function token(id: string, options: TokenOptions, terminal: Terminal): Promise<void> {
  const { role } = options;
  const [made, space] =
    options.dev === true
      ? [devToken(id, options), null]
      : await minted(id, options, await settingsOf(options, terminal));
  answer(terminal, options, { token: made, id, role, space }, `${made}\n`);
}
