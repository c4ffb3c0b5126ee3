import { createKey, hashOf, httpAdapter, type ApiKey, type NodeListener } from '@dragoman/adapter-http';
import { Fault } from '@dragoman/core';
import { expect } from 'chai';

const listener: NodeListener = { claim: () => () => {} };
const key = (more: Partial<ApiKey>): ApiKey => ({ id: 'backend', hash: hashOf('k'), scopes: ['read'], ...more });

describe('API keys', () => {
  it('are 256 random bits, of which the configuration holds a hash', () => {
    const { key: first, hash } = createKey();
    expect(first).to.match(/^dgm_[\w-]{43}$/);
    expect(createKey().key).to.not.equal(first);
    expect(hash).to.equal(hashOf(first));
    expect(hash).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('that cannot be used stop the start', () => {
    for (const keys of [[], [key({ id: 'No Name' })], [key({ hash: 'k' })], [key({}), key({ hash: hashOf('l') })]]) {
      expect(() => httpAdapter({ listener, keys }), JSON.stringify(keys)).to.throw(Fault);
    }
  });
});
