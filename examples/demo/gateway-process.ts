import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command as it was compiled beside this file. */
const main = fileURLToPath(new URL('../../../packages/gateway/dist/main.js', import.meta.url));

/** A gateway in a process of its own, in the development profile. */
export interface GatewayProcess {
  readonly url: string;
  readonly port: number;
  /** Kills it with -9: it gets no chance to say or save anything. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code. */
  end(): Promise<number | null>;
}

/** Resolves when it serves. Port 0: any free one. */
export async function startGateway(folder: string, port: number): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [main, 'serve', '--dev', '--port', String(port), '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'development' },
  });
  const ended = once(child, 'close');
  let log = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.resume();
    child.stderr.on('data', (chunk) => {
      log += String(chunk);
      const [, found] = /"url":"([^"]+)"/.exec(log) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`the gateway did not start:\n${log}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async end() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
  };
}
