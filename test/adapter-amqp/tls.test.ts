import { sermoAdapter, type BrokerTls } from '@dragoman/adapter-amqp';
import { createCore } from '@dragoman/core';
import { createCollectingLog } from '@dragoman/core/testing';
import { expect } from 'chai';
import { describeWith } from '../programs.js';
import { theBroker, type Broker } from './broker.js';
import { itOnOurBroker } from './our-broker.js';
import { deskPlatform, frontPlatform, ownNames } from './sermo-names.js';

describeWith('rabbitmq', 'Sermo, to a broker behind TLS', function () {
  this.timeout(120_000);
  let broker: Broker;
  before(async () => {
    broker = await theBroker();
  });

  /** How a start ends, and what was logged for the operator of the gateway. */
  async function start(tls: BrokerTls, change: (url: string) => string = (url) => url) {
    const log = createCollectingLog();
    const core = await createCore({ log });
    const adapter = sermoAdapter({
      workspaceId: 'default',
      url: change(broker.tls?.url ?? ''),
      tls,
      platforms: { [frontPlatform]: 'customer', [deskPlatform]: 'desk' },
      queueType: 'classic',
      names: ownNames(),
      times: { fatalRetryMs: 60_000 },
    });
    await adapter.start(core);
    const { publish, consume } = adapter.status();
    await adapter.stop();
    await core.stop();
    const errors = log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    return { states: [publish, consume], errors: [...new Set(errors)] };
  }

  const servername = 'broker.test';
  const refused = { states: ['waiting', 'waiting'], errors: ['the broker refuses us as configured'] };

  itOnOurBroker('with the authority that signed its certificate, all is well', async () => {
    const { ca = '' } = broker.tls ?? {};
    expect(await start({ ca, servername })).to.deep.equal({ states: ['ready', 'ready'], errors: [] });
  });

  itOnOurBroker('with our own certificate there is no need of a password', async () => {
    const { ca = '', client } = broker.tls ?? {};
    const nobody = (url: string): string => url.replace('guest:guest@', 'nobody:wrong@');
    const shown = { ca, servername, ...client, external: true };
    expect(await start(shown, nobody)).to.deep.equal({ states: ['ready', 'ready'], errors: [] });
  });

  itOnOurBroker(
    'a certificate that nobody vouches for, or for another name, is said once and not tried in haste',
    async () => {
      const { ca = '' } = broker.tls ?? {};
      expect(await start({ servername })).to.deep.equal(refused);
      expect(await start({ ca, servername: 'other.test' })).to.deep.equal(refused);
    },
  );
});
