// A gateway with one webhook and one bot, to be killed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpAdapter } from '@dragoman/adapter-http';
import { createCore } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { keys, listenerOn } from './house.js';
import { secret } from './receiver.js';

const [path = '', url = ''] = process.argv.slice(2);
const common = { secrets: [secret], allow: ['127.0.0.1'] };
const patience = { firstMs: 10, mostMs: 100 };

const http = createServer();
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
const core = await createCore({
  store: await createSqliteStore({ path }),
  workspaces: [{ id: 'default', bot: { space: 'http', externalId: 'helper' } }],
});
const adapter = httpAdapter({
  ...{ listener: listenerOn(http), keys },
  webhooks: [{ id: 'crm', url: `${url}/events`, types: ['MessagePosted'], limits: patience, ...common }],
  bots: [{ id: 'helper', url: `${url}/bot`, ...common }],
});
await adapter.start(core);
process.send?.((http.address() as AddressInfo).port);
process.on('disconnect', () => process.exit());
