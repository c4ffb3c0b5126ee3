// A gateway that stands on both sides of one broker, to be killed: customers of one platform, the desk of another.
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore } from '@dragoman/core';
import { createSqliteStore } from '@dragoman/store-sqlite';
import { deskPlatform, frontPlatform } from './sermo-names.js';

/** The last one: words that kill it. */
const [path = '', url = '', names = '{}', queueType = 'quorum', poison = ''] = process.argv.slice(2);
const rate = { perSecond: 1e9, burst: 1e9 };

const core = await createCore({
  store: await createSqliteStore({ path }),
  limits: { rates: { customer: rate, operator: rate } },
  workspaces: [{ id: 'default', delegations: [{ desk: { space: 'sermo', externalId: deskPlatform } }] }],
});
const adapter = sermoAdapter({
  workspaceId: 'default',
  url,
  platforms: { [frontPlatform]: 'customer', [deskPlatform]: 'desk' },
  names: JSON.parse(names),
  queueType: queueType === 'classic' ? 'classic' : 'quorum',
  limits: { prefetch: 200 },
  times: { reconnectFirstMs: 50, reconnectMostMs: 500 },
});
await adapter.start({
  ...core,
  dispatch(by, command) {
    const isPoison = command.type === 'PostMessage' && command.body.kind === 'text' && command.body.text === poison;
    if (isPoison) process.kill(process.pid, 'SIGKILL');
    return core.dispatch(by, command);
  },
});
process.send?.('ready');
process.on('disconnect', () => process.exit());
