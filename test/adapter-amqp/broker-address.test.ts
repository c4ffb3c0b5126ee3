import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore, Fault } from '@dragoman/core';
import { createCollectingLog } from '@dragoman/core/testing';
import { expect } from 'chai';

const options = { workspaceId: 'default', url: 'amqp://127.0.0.1:1', platforms: { web: 'customer' } } as const;
const problem = (given: object): string => {
  try {
    sermoAdapter({ ...options, ...given });
    return 'none';
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}` : String(error);
  }
};

describe('a Sermo adapter that is set up wrongly', () => {
  it('says so before anything is started', () => {
    expect(problem({})).to.equal('none');
    for (const given of [
      { platforms: {} },
      { platforms: { 'a.b': 'desk' } },
      { url: [] },
      { mode: 'queue', externalBot: true },
      { mode: 'queue', platforms: { a: 'desk', b: 'customer' } },
      { tls: { ca: 'pem' } },
      { url: 'amqps://127.0.0.1:1', tls: { cert: 'pem' } },
      { url: 'amqps://127.0.0.1:1', tls: { external: true } },
    ]) {
      expect(problem(given), JSON.stringify(given)).to.match(/^CONFIG_INVALID: sermo|^CONFIG_INVALID: a platform/);
    }
  });

  it('never tells its password, whatever is wrong', async () => {
    const log = createCollectingLog();
    const core = await createCore({ log });
    const times = { reconnectFirstMs: 1, reconnectMostMs: 2 };
    const adapter = sermoAdapter({ ...options, url: 'amqp://me:s%C3%A5cret@127.0.0.1:1/v', times });
    await adapter.start(core);
    const told = JSON.stringify([log.lines, adapter.status()]);
    await adapter.stop();
    await core.stop();
    expect(told)
      .to.include('amqp://me:***@127.0.0.1:1/v')
      .and.to.not.match(/s(å|%C3%A5)cret/);
    expect(problem({ url: 'http://me:secret@host' }))
      .to.match(/^CONFIG_INVALID/)
      .and.to.not.include('secret');
  });
});
