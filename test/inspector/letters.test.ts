import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCore, type Adapter, type DeadLetter, type DeadLetters } from '@dragoman/core';
import { inspector } from '@dragoman/inspector';
import { expect } from 'chai';

const letter: DeadLetter = {
  ...{ id: 'sermo.parked:1', way: 'in', to: 'sermo.inbound', event: 'dance', chatId: null },
  ...{ reason: 'unknown_type', attempts: 1, at: null },
};

const adapterWith = (name: string, deadLetters?: DeadLetters): Adapter => ({
  ...{ name, capabilities: {}, start: async () => {}, stop: async () => {} },
  ...(deadLetters !== undefined && { deadLetters }),
});

describe('the dead letters of the inspector', () => {
  it('of one adapter are shown and taken again, while those of another cannot be read', async () => {
    const taken: string[] = [];
    const redrive = async (id: string): Promise<boolean> => taken.push(id) > 0;
    const unreachable = async (): Promise<never> => Promise.reject(new Error('the broker is away'));
    const adapters = [
      adapterWith('happychat'),
      adapterWith('sermo', { all: async () => [letter], redrive }),
      adapterWith('sermo-2', { all: unreachable, redrive: unreachable }),
    ];
    const core = await createCore();
    const about = { core, workspaceIds: ['default'], adapters, observe: () => () => {}, readable: String };
    const site = await inspector({ isAllowed: () => true })(about);
    const server = createServer((request, response) => void site.request(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/api/dead-letters`;
    expect(await (await fetch(url)).json()).to.deep.equal({
      deadLetters: [{ ...letter, adapter: 'sermo' }],
      total: 1,
      unread: ['sermo-2'],
    });
    const again = await fetch(`${url}/sermo/${encodeURIComponent(letter.id)}/redrive`, { method: 'POST' });
    expect([again.status, taken]).to.deep.equal([200, [letter.id]]);
    server.close();
    await site.close();
    await core.stop();
  });
});
