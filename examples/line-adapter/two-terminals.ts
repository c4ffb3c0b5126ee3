/** A core and the line adapter, to try with `nc 127.0.0.1 7000` in two terminals. */
import { createCore } from '@dragoman/core';
import { lineAdapter } from './line-adapter.js';

const adapter = lineAdapter({
  port: 7000,
  workspaceId: 'default',
  // Whoever says who he is, is believed: for a try on your own machine, and nowhere else.
  async verify(token) {
    const [role, externalId = ''] = token.split(':');
    if (role !== 'customer' && role !== 'operator') return { ok: false, code: 'invalid' };
    return { ok: true, identity: { role, externalId } };
  },
});
await adapter.start(await createCore());
