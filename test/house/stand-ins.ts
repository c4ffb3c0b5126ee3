/** What a reader of the documentation brings to a sample: compiled beside the samples, which name it in their comments. */
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Authenticators } from '@dragoman/adapter-socketio/service';
import type { Adapter, TokenVerifier } from '@dragoman/core';
import { createGateway, devConfig, devEnvironment, verifyDev } from '@dragoman/gateway';
import { Socket as PhoenixSocket } from 'phoenix';
import { WebSocket } from 'ws';

/** Believes `customer:ann`, `operator:olga`. */
export const verify: TokenVerifier = async (token) => {
  const [role, externalId = ''] = token.split(':');
  if (role !== 'customer' && role !== 'operator') return { ok: false, code: 'invalid' };
  return { ok: true, identity: { role, externalId } };
};

const nobody: Authenticators['agentAuthenticator'] = (_socket, callback) => callback(new Error('nobody'));
/** Those of a team that used to run happychat-service. */
export const authenticators = {
  agentAuthenticator: nobody,
  customerAuthenticator: nobody,
  operatorAuthenticator: nobody,
} satisfies Authenticators;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JSON Web Token that is signed with this secret. */
export function signed(secret: string, claims: object): string {
  const head = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

/** Writes `dragoman.jsonc` here: a config whose people are known by a function. */
export async function writeConfig(): Promise<void> {
  const config = {
    listeners: [{ name: 'main', host: '127.0.0.1', port: 0 }],
    workspaces: [{ id: 'default', name: 'Shop' }],
    adapters: [{ dialect: 'convead', workspace: 'default', serviceToken: { env: 'CV_TOKEN' } }],
  };
  await writeFile('dragoman.jsonc', `// a config with a comment\n${JSON.stringify(config)}`);
}

/** An adapter that does nothing. */
export const quietAdapter: Adapter = { name: 'quiet', capabilities: {}, async start() {}, async stop() {} };

/** Phoenix's client in Node.js; wherever the page says that the gateway is, it is at this address. */
export function socketOf(url: string) {
  return class Socket extends PhoenixSocket {
    constructor(said: string) {
      super(`${url.replace('http', 'ws')}${new URL(said).pathname}`, { transport: WebSocket });
    }
  };
}

/** A gateway of the development profile with a chat that waits: the id of that chat, and what its transcript says. */
export async function waitingChat() {
  const gateway = createGateway(devConfig(0, 'data'), { verify: verifyDev, environment: devEnvironment });
  await gateway.start();
  const url = gateway.url() ?? '';
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: 'Bearer dev-backend', 'content-type': 'application/json' };
    const answer = await fetch(
      `${url}/v1/${path}`,
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
    return answer.json();
  };
  const opened = await ask('chats', {
    as: { side: 'customer', id: 'ada' },
    message: { kind: 'text', text: 'Anybody?' },
  });
  const { chat = Object(opened) } = Object(opened);
  const chatId = String(chat.id);
  const transcript = async (): Promise<string> => JSON.stringify(await ask(`chats/${chatId}/messages`));
  return { url, chatId, transcript, stop: () => gateway.stop() };
}
