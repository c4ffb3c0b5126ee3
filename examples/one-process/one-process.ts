/**
 * Two protocols on one port in a program of your own, without the gateway's config. Once it is built,
 * `node build/examples/one-process/one-process.js` serves on port 4010, or on `PORT`, until Ctrl-C.
 */
import { pathToFileURL } from 'node:url';
import { conveadAdapter } from '@dragoman/adapter-faye';
import { happychatAdapter, socketioCarrier, tokenAuthenticator } from '@dragoman/adapter-socketio';
import { createCore, type Adapter } from '@dragoman/core';
import { createListener } from '@dragoman/gateway';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { hs256Verifier } from '@dragoman/tokens';

/** Secrets of the program, from wherever it keeps them. */
export interface Secrets {
  /** Signs the tokens of Happychat's people; 32 bytes at least. */
  readonly tokens: string;
  /** What Convead's service subscribes with. */
  readonly convead: string;
}

/** Starts it with its store in a folder. Port 0: any free one. */
export async function startBoth(
  port: number,
  folder: string,
  secrets: Secrets,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const core = await createCore({ store: await createSqliteStore({ path: folder }) });
  const listener = createListener({ host: '127.0.0.1', port, log: core.log });

  const signedIn = tokenAuthenticator(hs256Verifier({ secret: secrets.tokens }));
  const adapters: readonly Adapter[] = [
    happychatAdapter(socketioCarrier({ listener }), {
      workspaceId: 'default',
      authenticators: { customer: signedIn, operator: signedIn, agent: signedIn },
    }),
    conveadAdapter({ listener, auth: { kind: 'token', serviceToken: secrets.convead } }),
  ];
  for (const adapter of adapters) await adapter.start(core);
  await listener.start();

  return {
    url: listener.url ?? '',
    async stop() {
      await Promise.all(adapters.map((adapter) => adapter.stop({ reason: 'SHUTDOWN', overMs: 0 })));
      await listener.stop(1000);
      await core.stop();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const secrets = { tokens: 'a secret of thirty-two characters', convead: 'a token for the service' };
  const { url, stop } = await startBoth(Number(process.env['PORT'] ?? 4010), './data/one-process', secrets);
  console.log(`Happychat and Convead on ${url}`);
  process.once('SIGINT', () => void stop());
}
