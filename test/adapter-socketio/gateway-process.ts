import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { lastingPort } from '../lasting-port.js';

const main = fileURLToPath(new URL('../../../packages/gateway/dist/main.js', import.meta.url));
const secret = 'a secret that only these tests know';

/** A gateway as it is run in earnest: a process of its own, its data in a folder, always on the same port. */
export interface GatewayProcess {
  readonly url: string;
  /** Resolves once it can be reached. */
  start(): Promise<void>;
  /** In the middle of whatever it does. */
  kill(): Promise<void>;
}

export async function gatewayIn(folder: string, workspace: object): Promise<GatewayProcess> {
  const port = await lastingPort();
  const file = join(folder, 'config.json');
  const config = {
    listeners: [{ name: 'main', port }],
    store: { kind: 'sqlite', path: join(folder, 'store') },
    workspaces: [{ id: 'default', ...workspace }],
    adapters: [{ dialect: 'happychat', workspace: 'default', auth: { kind: 'hs256', secret: { env: 'SECRET' } } }],
  };
  await writeFile(file, JSON.stringify(config));
  let child: ChildProcess | undefined;

  return {
    url: `http://127.0.0.1:${port}`,
    async start() {
      const env = { PATH: process.env['PATH'], SECRET: secret };
      const started = spawn(process.execPath, [main, 'serve', '--config', file], { env });
      child = started;
      await new Promise<void>((resolve, reject) => {
        let log = '';
        started.stderr.on('data', (chunk) => {
          log += String(chunk);
          if (log.includes('"url":')) resolve();
        });
        started.once('close', () => reject(new Error(`the gateway did not start: ${log}`)));
      });
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A credential that the gateway takes. */
export function tokenFor(role: 'customer' | 'operator' | 'bot', sub: string): Promise<string> {
  return new SignJWT({ role, name: sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}
