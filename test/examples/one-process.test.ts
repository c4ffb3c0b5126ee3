import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startBoth } from '../../examples/one-process/one-process.js';

describe('the example of two protocols in one process', () => {
  it('serves both on one port, and ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dragoman-one-process-'));
    const both = await startBoth(0, folder, { tokens: 'a secret of thirty-two characters', convead: 'service' });
    try {
      const polling = await fetch(`${both.url}/socket.io/?EIO=4&transport=polling`);
      expect(await polling.text()).to.match(/^0\{"sid"/);
      const handshake = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] };
      const headers = { 'content-type': 'application/json' };
      const bayeux = await fetch(`${both.url}/faye`, { method: 'POST', headers, body: JSON.stringify([handshake]) });
      expect(await bayeux.json()).to.have.nested.property('[0].successful', true);
    } finally {
      await both.stop();
      await rm(folder, { recursive: true });
    }
  });
});
