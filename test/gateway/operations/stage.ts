import { createGateway, devEnvironment, tokens, verifyDev, type Config, type GatewayOptions } from '@dragoman/gateway';
import { createCollectingLog } from '@dragoman/core/testing';
import type { Core, Observe, Sighting } from '@dragoman/core';

export const key = devEnvironment.DRAGOMAN_DEV_OPERATIONS;
export const bearer = { headers: { authorization: `Bearer ${key}` } } as const;

/** A gateway on a free port, the core in it, and a way to let it see things. */
export async function stage(more: Partial<Config> = {}, options: GatewayOptions = {}) {
  let core: Core | undefined;
  let observe: Observe = () => undefined;
  const log = createCollectingLog();
  const gateway = createGateway(
    {
      listeners: [{ name: 'main', port: 0 }],
      store: { kind: 'memory' },
      workspaces: [{ id: 'default' }],
      adapters: [{ dialect: 'happychat', workspace: 'default' }],
      operations: { key: { env: 'DRAGOMAN_DEV_OPERATIONS' }, sightings: true },
      drainMs: 0,
      ...more,
    },
    {
      environment: devEnvironment,
      verify: verifyDev,
      ...options,
      bind(container) {
        container.rebind(tokens.log).toConstantValue(log);
        container.bind(tokens.adapter).toConstantValue({
          name: 'witness',
          capabilities: {},
          start: async (given: Core) => void (core = given),
          stop: async () => undefined,
        });
        options.bind?.(container);
      },
    },
  );
  await gateway.start();
  observe = core?.observe ?? observe;
  const url = gateway.url() ?? '';
  return {
    gateway,
    url,
    log,
    get core(): Core {
      if (core === undefined) throw new Error('not started');
      return core;
    },
    see: (sighting: Sighting) => observe(sighting),
    get: (path: string, init: RequestInit = bearer) => fetch(`${url}${path}`, init),
    /** Connections that were ever opened, and closed, of all adapters, as the metrics have it. */
    async connections(): Promise<readonly number[]> {
      const text = await (await fetch(`${url}/metrics`, bearer)).text();
      return [...text.matchAll(/^dragoman_connections(?:_\w+)?\{[^}]*\} (\d+)$/gm)].map(([, count]) => Number(count));
    },
    /** The value of one line of the metrics; undefined: there is no such line. */
    async metric(line: string): Promise<number | undefined> {
      const text = await (await fetch(`${url}/metrics`, bearer)).text();
      const found = text.split('\n').find((one) => one.startsWith(`${line} `));
      return found === undefined ? undefined : Number(found.slice(line.length + 1));
    },
  };
}
export type Stage = Awaited<ReturnType<typeof stage>>;

/** A customer who says one thing, through the core itself. */
export async function say(core: Core, text: string, space = 'web') {
  const who = { workspaceId: 'default', space, side: 'customer', realm: '', externalId: 'joe' } as const;
  const session = await core.connect(
    { ...who, idType: 'string', role: 'customer', name: 'Joe' },
    { scope: 'own', echo: 'all', away: null, chats: 'mine' },
    () => undefined,
  );
  const body = { kind: 'text', text } as const;
  const outcome = await core.dispatch(session, { type: 'PostMessage', to: { key: 'k' }, body, ifClosed: 'refuse' });
  return { session, outcome };
}
