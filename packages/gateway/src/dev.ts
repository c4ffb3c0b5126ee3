import type { TokenVerifier, VerifiedIdentity } from '@dragoman/core';
import type { Config } from './config-schema.js';

/** What the development profile knows instead of secrets; nothing else may ever know it. */
export const devEnvironment = { DRAGOMAN_DEV_SERVICE: 'dev-service' } as const;

const roles: Readonly<Record<string, Pick<VerifiedIdentity, 'role' | 'isSupervisor'>>> = {
  customer: { role: 'customer' },
  operator: { role: 'operator' },
  supervisor: { role: 'operator', isSupervisor: true },
  bot: { role: 'bot' },
};

const credentialForm = /^dev-(customer|operator|supervisor|bot)-([a-z0-9]{1,32})$/;

/** Knows the credentials `dev-<role>-<id>` and no others: role customer, operator, supervisor or bot. */
export const verifyDev: TokenVerifier = async (credential) => {
  const [, word = '', externalId = ''] = credentialForm.exec(credential) ?? [];
  const role = roles[word];
  if (role === undefined) return { ok: false, code: 'invalid' };
  const name = externalId.charAt(0).toUpperCase() + externalId.slice(1);
  return { ok: true, identity: { externalId, name, ...role } };
};

/** Every dialect on one local port, data below `folder`. */
export function devConfig(port: number, folder: string): Config {
  return {
    listeners: [{ name: 'main', host: '127.0.0.1', port }],
    store: { kind: 'sqlite', path: `${folder}/store` },
    attachments: { path: `${folder}/files` },
    workspaces: [{ id: 'default' }],
    adapters: [
      { dialect: 'happychat', workspace: 'default' },
      { dialect: 'convead', workspace: 'default', serviceToken: { env: 'DRAGOMAN_DEV_SERVICE' } },
    ],
  };
}

/** What to paste to be a customer and an operator of each dialect. */
export function devBanner(url: string): string {
  return `
  !! DEVELOPMENT PROFILE: everybody who reaches ${url} may be anybody.
  !! Credentials are fixed and public. For real use: dragoman serve --config FILE

  convead (npm faye), a visitor: any visitor id, no token
    curl ${url}/chat/service/v1 -d 'sender[type]=visitor'
    new faye.Client('${url}/faye').subscribe('/service/v1', console.log)
  convead, a manager: token dev-service
    client.addExtension({ outgoing: (m, next) => next({ ...m, ext: { token: 'dev-service',
      sender: { type: 'manager', id: 7, name: 'Ann' } } }) }); client.subscribe('/service/*', console.log)

  happychat (npm socket.io-client), a customer: answer the event token
    io('${url}/customer').on('token', (answer) => answer({ jwt: 'dev-customer-joe' }))
  happychat, an operator: the same, then be available
    const olga = io('${url}/operator'); olga.on('token', (answer) => answer({ jwt: 'dev-operator-olga' }))
    olga.on('init', () => olga.emit('status', 'available')); olga.onAny(console.log)

  health: curl ${url}/health/ready
`;
}
