import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../people/person.js';

const program = fileURLToPath(new URL('run-gateway.js', import.meta.url));

/** How a gateway on a stage is started; in JSON the one argument of its process. */
export interface GatewayOrder {
  readonly port: number;
  readonly folder: string;
  /** By name: those that listen themselves do so at these ports. */
  readonly dialects: readonly string[];
  readonly ports: Readonly<Record<string, number>>;
  readonly broker?: string | undefined;
  readonly mark: string;
  readonly desk?: Dialect['desk'];
}

/** What such a process tells on standard output once it serves. */
export interface Served {
  readonly url: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** A gateway in a process of its own, with the bot that greets. */
export interface GatewayChild extends Served {
  /** In the middle of whatever it does. */
  kill(): Promise<void>;
}

/** Resolves when it serves. */
export async function startChild(order: GatewayOrder): Promise<GatewayChild> {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: 'pipe' });
  const ended = once(child, 'close');
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const served = await new Promise<Served>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(JSON.parse(String(chunk)) as Served));
    child.once('close', () => reject(new Error(`the gateway did not start: ${log}`)));
  });
  return {
    ...served,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
