import { randomBytes } from 'node:crypto';
import { createKey, scopes } from '@dragoman/adapter-http';
import type { AdapterConfig } from '../../dialects/index.js';

/** A secret that is written into the file of secrets, below a line about it. */
export interface FreshSecret {
  readonly name: string;
  readonly about: string;
  readonly make: () => string;
}

/** What one dialect needs to begin with. */
export interface Starter {
  /** Its adapter, as lines of JSON with comments, without the braces. */
  readonly lines: readonly string[];
  readonly secrets: readonly FreshSecret[];
}

/** What is known of the place when a config is begun. */
export interface Wishes {
  /** The broker of Sermo. */
  readonly broker: string;
}

const fresh = (): string => randomBytes(32).toString('base64url');

const signing: FreshSecret = {
  name: 'DRAGOMAN_TOKEN_SECRET',
  about:
    'Signs the tokens of customers and operators (HS256). Your backend signs with it too; so does `dragoman token`.',
  make: fresh,
};

const signedTokens = [
  '// Who may sign in: whoever shows a JSON Web Token that is signed with this secret.',
  `"auth": { "kind": "hs256", "secret": { "env": "${signing.name}" } },`,
];

type Name = AdapterConfig['dialect'];

const starters: { readonly [Dialect in Name]: (wishes: Wishes) => Starter } = {
  happychat: () => ({
    lines: signedTokens,
    secrets: [signing],
  }),
  tickets: () => ({
    lines: signedTokens,
    secrets: [signing],
  }),
  convead: () => ({
    lines: [
      '// What managers and backends prove themselves with.',
      '"serviceToken": { "env": "DRAGOMAN_CONVEAD_TOKEN" },',
      '// Signs tokens of single people. Visitors need none until you add "visitorToken": "personal".',
      '"personKey": { "env": "DRAGOMAN_CONVEAD_KEY" },',
    ],
    secrets: [
      { name: 'DRAGOMAN_CONVEAD_TOKEN', about: 'The service token of Convead managers and backends.', make: fresh },
      { name: 'DRAGOMAN_CONVEAD_KEY', about: 'Signs the personal tokens of Convead.', make: fresh },
    ],
  }),
  clustaar: () => ({
    lines: [
      ...signedTokens,
      '// The bots whose pages may connect, by bot_id. The key stands in the source of the page: it is no secret.',
      `"bots": { "shop": { "publicKey": "${randomBytes(16).toString('hex')}" } },`,
      '// Operators may join operator:<id> on the same endpoint.',
      '"operators": true,',
    ],
    secrets: [signing],
  }),
  sermo: ({ broker }) => ({
    lines: [
      '// The broker, with its user and password.',
      '"url": { "env": "AMQP_URL" },',
      '// Who is on the other side, by platform. customer: their front end and our operators. desk: our customers, their desk.',
      '"platforms": { "web": "customer" },',
      '// Makes what is missing on the broker. "passive" only looks, for a broker that somebody else keeps.',
      '"declare": "active",',
    ],
    secrets: [{ name: 'AMQP_URL', about: 'The broker of Sermo.', make: () => broker }],
  }),
  http: () => {
    const { key, hash } = createKey();
    return {
      lines: [
        '// Backends by their keys. A key stands nowhere but with its backend; `dragoman key` makes more.',
        `"keys": [{ "id": "backend", "hash": "${hash}", "scopes": ${JSON.stringify(scopes).replaceAll(',', ', ')} }],`,
      ],
      secrets: [
        {
          name: 'DRAGOMAN_API_KEY',
          about:
            'The key of the first backend; the commands `chats` and `transcript` use it. The gateway knows its hash.',
          make: () => key,
        },
      ],
    };
  },
};

export function starterOf(name: Name, wishes: Wishes): Starter {
  return starters[name](wishes);
}

/** The key of operators of the gateway. */
export const operationsSecret: FreshSecret = {
  name: 'DRAGOMAN_OPERATIONS_KEY',
  about: 'Whoever shows it may read metrics and look on (`dragoman tail`).',
  make: fresh,
};
