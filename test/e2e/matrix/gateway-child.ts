import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../people/person.js';

const program = fileURLToPath(new URL('run-gateway.js', import.meta.url));

/** How a gateway on a stage is started; in JSON the one argument of its process. */
export interface GatewayOrder {
  /** 0: any free one. */
  readonly port: number;
  readonly folder: string;
  readonly broker?: string | undefined;
  readonly mark: string;
  readonly desk?: Dialect['desk'];
}

/** A gateway in a process of its own, with the bot that greets. */
export interface GatewayChild {
  readonly url: string;
  /** In the middle of whatever it does. */
  kill(): Promise<void>;
}

/** Resolves when it serves. */
export async function startChild(order: GatewayOrder): Promise<GatewayChild> {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: 'pipe' });
  const ended = once(child, 'close');
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
    child.once('close', () => reject(new Error(`the gateway did not start: ${log}`)));
  });
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
