import { conveadAdapter, type NodeListener } from '@dragoman/adapter-faye';
import { createCore, Fault, StoreError, type Core, type RunningCore } from '@dragoman/core';
import { createFixedClock, watchCore, type FixedClock, type WatchedCore } from '@dragoman/core/testing';
import { expect } from 'chai';
import { token } from './house.js';

describe('a start of the Convead adapter', () => {
  let real: RunningCore;
  let core: WatchedCore;
  let clock: FixedClock;
  let isDown: boolean;
  let claims: string[];

  beforeEach(async () => {
    clock = createFixedClock();
    real = await createCore({ clock });
    core = watchCore(real);
    claims = [];
  });
  afterEach(() => real.stop());

  const whoIsOpen = (): number => core.sessions.filter(({ isOver }) => !isOver).length;

  /** Refuses one path while it is down. */
  const refusing = (path: string | undefined): NodeListener => ({
    claim(prefixes) {
      if (isDown && path !== undefined && prefixes.includes(path))
        throw new Fault('CONFIG_INVALID', `${path} is taken`);
      claims.push(...prefixes);
      return () => void (claims = claims.filter((prefix) => !prefixes.includes(prefix)));
    },
  });

  it('that fails leaves nothing open, is no trouble to stop, and succeeds when it can', async () => {
    const troubles = [
      [undefined, 'observer', StoreError],
      [undefined, '7', StoreError],
      ['/chat/service', '', Fault],
      ['/faye', '', Fault],
    ] as const;
    for (const [taken, whoFails, kind] of troubles) {
      isDown = true;
      const connect: Core['connect'] = async (who, ...rest) => {
        if (isDown && who.externalId === whoFails) throw new StoreError('Unavailable', 'told to fail');
        return core.connect(who, ...rest);
      };
      const auth = { kind: 'token', serviceToken: token } as const;
      const adapter = conveadAdapter({ listener: refusing(taken), auth, roster: [{ id: '7', name: 'Ann' }] });
      const { waiting } = clock;
      const failure = await adapter.start({ ...core, connect }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(kind);
      expect([whoIsOpen(), claims, clock.waiting]).to.deep.equal([0, [], waiting]);
      await adapter.stop();
      isDown = false;
      await adapter.start({ ...core, connect });
      expect([whoIsOpen(), claims.toSorted()]).to.deep.equal([
        2,
        ['/chat/conversation', '/chat/service', '/faye', '/faye.js'],
      ]);
      await adapter.stop();
      expect([whoIsOpen(), claims]).to.deep.equal([0, []]);
    }
  });
});
