import { personToken } from '@dragoman/adapter-faye';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SignJWT } from 'jose';
import { minSecretBytes } from '@dragoman/tokens';
import type { AuthConfig } from '../config/auth.js';
import { secretOf } from '../config/secrets.js';
import type { Config } from '../config/schema.js';
import type { AdapterConfig } from '../dialects/index.js';
import { Ending } from './ending.js';
import { examples } from './examples.js';
import { settingsOf, withSettings, type Settings, type SettingsOptions } from './settings.js';
import { answer, type Said, type Terminal } from './terminal.js';

const roles = ['customer', 'operator', 'supervisor', 'bot', 'monitor', 'program'] as const;
type Role = (typeof roles)[number];

interface TokenOptions extends SettingsOptions, Said {
  readonly role: Role;
  readonly name?: string;
  readonly expires: number;
  readonly space?: string;
  readonly dev?: true;
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const isUnit = (text: string): text is keyof typeof unitsMs => Object.hasOwn(unitsMs, text);

/** `90s`, `15m`, `8h` or `30d`, in milliseconds. */
export function parseSpan(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!isUnit(unit)) throw new InvalidArgumentError('A span of time is a number and one of s, m, h, d: 15m, 8h.');
  return Number(count) * unitsMs[unit];
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

async function token(id: string, options: TokenOptions, terminal: Terminal): Promise<void> {
  const { role } = options;
  const [made, space] =
    options.dev === true
      ? [devToken(id, options), null]
      : await minted(id, options, await settingsOf(options, terminal));
  answer(terminal, options, { token: made, id, role, space }, `${made}\n`);
}

/** `dragoman token` */
export function tokenCommand(terminal: Terminal): Command {
  return withSettings(
    new Command('token')
      .description('Mint a token that proves somebody: a JSON Web Token, or a personal token of Convead.')
      .argument('<id>', 'who it is for'),
  )
    .addOption(new Option('--role <role>', 'what it lets its bearer be').choices(roles).default('customer'))
    .option('--name <name>', 'as people read it; the id unless given')
    .option(
      '--expires <span>',
      'how long it is good, as 15m, 8h, 30d; a personal token never ends',
      parseSpan,
      3_600_000,
    )
    .option('--space <name>', 'for which adapter; the first that tokens can be signed for')
    .option('--dev', 'for the development profile')
    .option('--json', 'with whom it is for')
    .addHelpText(
      'after',
      examples(
        ['dragoman token ada', 'a customer, for an hour'],
        ['dragoman token oscar --role operator --expires 8h --space happychat', 'an operator of one adapter'],
        ['dragoman token v-17 --space convead', 'a visitor of Convead who must prove himself'],
        ['dragoman token ada --dev', 'of the development profile'],
      ),
    )
    .action((id: string, options: TokenOptions) => token(id, options, terminal));
}
