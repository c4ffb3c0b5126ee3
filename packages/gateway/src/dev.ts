import type { TokenVerifier } from '@dragoman/core';
import { developmentVerifier } from '@dragoman/tokens';
import type { Config } from './config/schema.js';
import type { Environment } from './config/secrets.js';
import { dialects } from './dialects/index.js';

/** What the development profile knows instead of secrets; nothing else may ever know it. */
export const devEnvironment = {
  DRAGOMAN_DEV_SERVICE: 'dev-service',
  DRAGOMAN_DEV_OPERATIONS: 'dev-operations',
  DRAGOMAN_DEV_ADMIN: 'dev-administrator',
} as const;

/** Knows the credentials `dev-<role>-<id>` and no others: role customer, operator, supervisor, bot or program. */
export const verifyDev: TokenVerifier = developmentVerifier();

/** Every dialect on one local port, data below `folder`; Sermo where the environment names a broker, `AMQP_URL`. */
export function devConfig(port: number, folder: string, environment: Environment = {}): Config {
  const served = dialects.flatMap(({ dev }) => {
    const adapter = dev.config(environment);
    return adapter === undefined ? [] : [{ adapter, workspace: dev.workspace }];
  });
  return {
    listeners: [{ name: 'main', host: '127.0.0.1', port }],
    store: { kind: 'sqlite', path: `${folder}/store` },
    attachments: { path: `${folder}/files` },
    workspaces: [Object.assign({ id: 'default' }, ...served.map(({ workspace }) => workspace))],
    adapters: served.map(({ adapter }) => adapter),
    admin: { key: { env: 'DRAGOMAN_DEV_ADMIN' } },
    operations: { key: { env: 'DRAGOMAN_DEV_OPERATIONS' }, sightings: true },
  };
}

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

/** What to paste, in a clone of the repository, to be each side of each dialect. */
export function devBanner(url: string): string {
  const words = [
    `!! DEVELOPMENT PROFILE: everybody who reaches ${url} may be anybody.
!! Credentials are fixed and public. For real use: dragoman serve --config FILE`,
    ...dialects.map(({ dev }) => dev.lines(url)),
    `health: curl ${url}/health/ready
metrics: curl -H 'Authorization: Bearer ${devEnvironment.DRAGOMAN_DEV_OPERATIONS}' ${url}/metrics
everything that happens: curl -N -H 'Authorization: Bearer ${devEnvironment.DRAGOMAN_DEV_OPERATIONS}' '${url}/operations/sightings?texts=1'`,
    // Last, because it is what a newcomer wants, and what stands last is what he sees.
    `inspector, what the gateway holds (key ${devEnvironment.DRAGOMAN_DEV_ADMIN}): ${url}/admin/
>> open the playground, every side of all of this on one page: ${url}/playground/`,
  ];
  return `\n${indented(words.join('\n\n'))}\n`;
}
