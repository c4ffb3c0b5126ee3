import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore } from '@dragoman/core';
import { expect } from 'chai';

describe('the health of a Sermo adapter', () => {
  it('names both connections while there is no broker, and nothing before its start', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, 'close');
    const core = await createCore();
    const adapter = sermoAdapter({
      workspaceId: 'default',
      url: `amqp://127.0.0.1:${port}`,
      platforms: { web: 'customer' },
      times: { reconnectFirstMs: 1, reconnectMostMs: 2 },
    });
    expect(adapter.health?.()).to.deep.equal({ problems: [] });
    await adapter.start(core);
    const { problems = [], waiting, lagMs } = adapter.health?.() ?? {};
    expect(problems.map((problem) => problem.replace(/ \(.*/, ''))).to.deep.equal([
      'the broker cannot be used to publish',
      'the broker cannot be used to consume',
    ]);
    expect({ waiting, lagMs }).to.deep.equal({ waiting: 0, lagMs: 0 });
    await adapter.stop();
    await core.stop();
  });
});
