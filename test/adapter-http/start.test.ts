import { httpAdapter, type HttpSettings } from '@dragoman/adapter-http';
import { createCore, Fault, StoreError, type Core, type RunningCore } from '@dragoman/core';
import { watchCore, type WatchedCore } from '@dragoman/core/testing';
import { expect } from 'chai';
import { keys } from './house.js';
import { secret } from './receiver.js';

describe('a start of the HTTP adapter', () => {
  let real: RunningCore;
  let core: WatchedCore;
  let isDown: boolean;
  /** Paths that are claimed; `taken` refuses one more. */
  let claims: string[];

  beforeEach(async () => {
    real = await createCore();
    core = watchCore(real);
    isDown = true;
    claims = [];
  });
  afterEach(() => real.stop());

  const listener = (taken: () => boolean): HttpSettings['listener'] => ({
    claim(prefixes) {
      if (taken()) throw new Fault('CONFIG_INVALID', 'this path is taken');
      claims.push(...prefixes);
      return () => void (claims = claims.filter((prefix) => !prefixes.includes(prefix)));
    },
  });

  const whoIsOpen = (): number => core.sessions.filter(({ isOver }) => !isOver).length;

  it('that fails leaves nothing open, is no trouble to stop, and succeeds when it can', async () => {
    const receiver = { url: 'https://backend.example', secrets: [secret] };
    const settings = { keys, webhooks: [{ ...receiver, id: 'shop' }], bots: [{ ...receiver, id: 'helper' }] };
    const troubles = [
      [{ listener: listener(() => false) }, (id: string) => id === 'reader', StoreError],
      [{ listener: listener(() => false) }, (id: string) => id === 'webhook:shop', StoreError],
      [{ listener: listener(() => false) }, (id: string) => id === 'bot:helper', StoreError],
      [{ listener: listener(() => isDown) }, () => false, Fault],
    ] as const;
    for (const [how, fails, kind] of troubles) {
      isDown = true;
      const connect: Core['connect'] = async (who, ...rest) => {
        if (isDown && fails(who.externalId)) throw new StoreError('Unavailable', 'told to fail');
        return core.connect(who, ...rest);
      };
      const adapter = httpAdapter({ ...settings, ...how });
      const failure = await adapter.start({ ...core, connect }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(kind);
      expect([whoIsOpen(), claims]).to.deep.equal([0, []]);
      await adapter.stop();
      isDown = false;
      await adapter.start({ ...core, connect });
      expect([whoIsOpen(), claims]).to.deep.equal([3, ['/v1']]);
      await adapter.stop();
      expect([whoIsOpen(), claims]).to.deep.equal([0, []]);
    }
  });
});
