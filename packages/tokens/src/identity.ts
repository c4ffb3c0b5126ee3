import type { Fields, VerifiedIdentity } from '@dragoman/core';

/** What a token can make of its bearer. A `program` is somebody else's system that speaks for its own users. */
export type RoleName = 'customer' | 'operator' | 'supervisor' | 'bot' | 'monitor' | 'program';

/**
 * Where a claim stands: its name, or a JSON Pointer when it starts with a slash, as in `/realm_access/roles`
 * [RFC 6901 3].
 */
export type ClaimName = string;

export interface ClaimNames {
  /** Who it is: a text of 1 to 200 units or a whole number. Default `sub`, else the `ID` or `id` of a `user` object. */
  readonly id?: ClaimName;
  /** Default `name`, else the `display_name` or `displayName` of a `user` object. */
  readonly name?: ClaimName;
  /** One word: a role name, or a word of `grants`. A token with any other word here is refused. Default `role`. */
  readonly role?: ClaimName;
  /** A list of words, or one text with spaces between them, read with `scope` when there is no `role`. Default `roles`. */
  readonly roles?: ClaimName;
  /** Of a program: which one. Default `programId`, else `azp`, else `client_id`. */
  readonly program?: ClaimName;
  /** Default `locale`. */
  readonly locale?: ClaimName;
  /** Default `groups`. */
  readonly groups?: ClaimName;
}

/** How the claims of a token become a person; the same for every kind of token. */
export interface IdentityOptions {
  readonly claims?: ClaimNames;
  /**
   * The words of `scope` and of the `roles` claim that mean a role; of several the first of supervisor, operator, program,
   * bot, monitor counts, and none at all means a customer. Default: `livechat.operator` and so on for each of these.
   */
  readonly grants?: Readonly<Record<string, RoleName>>;
  /** The only roles its tokens can give; a token with another one is refused. Default: all. */
  readonly allow?: readonly RoleName[];
}

/** Says whom claims name; undefined when they name nobody, or a role that may not be given. */
export type IdentityOf = (claims: Fields) => VerifiedIdentity | undefined;

const roleNames = ['supervisor', 'operator', 'program', 'bot', 'monitor', 'customer'] as const;

const meanings = {
  customer: { role: 'customer' },
  operator: { role: 'operator' },
  supervisor: { role: 'operator', isSupervisor: true },
  bot: { role: 'bot' },
  monitor: { role: 'monitor' },
  program: { role: 'customer' },
} as const;

const livechatGrants = new Map(roleNames.map((role) => [`livechat.${role}`, role]));

const names = {
  id: 'sub',
  name: 'name',
  role: 'role',
  roles: 'roles',
  program: 'programId',
  locale: 'locale',
  groups: 'groups',
};

/** The facts about a person that dialects show; whatever else a backend signs stays out. */
const profileKeys = ['username', 'display_name', 'displayName', 'avatar_URL', 'picture', 'email', 'session_id'];

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 200;

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** A claim by its name or pointer; null counts as absent. */
function claimAt(claims: Fields, name: ClaimName): unknown {
  const steps = name.startsWith('/')
    ? name
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [name];
  let found: unknown = claims;
  for (const step of steps) found = isRecord(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  return found ?? undefined;
}

function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ');
  return isTextList(value) ? value : [];
}

function profileOf(claims: Fields, user: Fields): Fields {
  const known = profileKeys.flatMap((key) => {
    const value = user[key] ?? claims[key];
    return typeof value === 'string' && value.length <= 1000 ? [[key, value] as const] : [];
  });
  return Object.fromEntries(known);
}

function idOf(values: readonly unknown[]): Pick<VerifiedIdentity, 'externalId' | 'idType'> | undefined {
  const given = values.find((value) => value !== undefined && value !== null);
  if (isName(given)) return { externalId: given, idType: 'string' };
  return Number.isSafeInteger(given) ? { externalId: String(given), idType: 'number' } : undefined;
}

/**
 * Reads claims as configured, or a `user` object with an `ID` as WordPress backends sign it. A token without a role is a
 * customer's: the least anybody can be. That of a program has its name as `realm`, and is refused when it names none,
 * since without one it would speak for our own customers.
 */
export function identityReader({ claims: given = {}, grants, allow = roleNames }: IdentityOptions): IdentityOf {
  const at = { ...names, ...given };
  const granted = grants === undefined ? livechatGrants : new Map(Object.entries(grants));

  const grantedBy = (word: unknown): RoleName | undefined => (typeof word === 'string' ? granted.get(word) : undefined);

  function roleOf(claims: Fields): RoleName | undefined {
    const word = claimAt(claims, at.role);
    if (word !== undefined) return roleNames.find((role) => role === word) ?? grantedBy(word);
    const words = [...wordsOf(claims['scope']), ...wordsOf(claimAt(claims, at.roles))];
    return roleNames.find((role) => words.some((one) => granted.get(one) === role)) ?? 'customer';
  }

  return (claims) => {
    const user = isRecord(claims['user']) ? claims['user'] : {};
    const role = roleOf(claims);
    const program = [claimAt(claims, at.program), claims['azp'], claims['client_id']].find(isName);
    const id = idOf([claimAt(claims, at.id), user['ID'], user['id'], role === 'program' ? program : undefined]);
    if (role === undefined || !allow.includes(role) || id === undefined) return undefined;
    if (role === 'program' && program === undefined) return undefined;
    const name = [claimAt(claims, at.name), user['display_name'], user['displayName']].find(isName);
    const locale = claimAt(claims, at.locale);
    const groups = claimAt(claims, at.groups);
    return {
      ...id,
      ...meanings[role],
      profile: profileOf(claims, user),
      ...(role === 'program' && program !== undefined && { realm: program }),
      ...(name !== undefined && { name }),
      ...(isName(locale) && { locale }),
      ...(isTextList(groups) && { groups }),
    };
  };
}
