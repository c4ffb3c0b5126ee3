import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, AdapterConfigOf } from '@dragoman/gateway';
import { diagnose, thisMachine, type Finding } from '@dragoman/gateway/cli';
import { connect } from 'amqplib';
import { expect } from 'chai';
import { isOurs, theBroker, type Broker } from '../../adapter-amqp/broker.js';
import { itOnOurBroker } from '../../adapter-amqp/our-broker.js';
import { describeWith } from '../../programs.js';

const vhost = 'clinic';
/** What the gateway needs, letter by letter. */
const exact = '^(sermo\\.(inbound|outbound)|gw\\.(customer\\.inbound|desk\\.outbound|parked|dead|dlx))$';

/** Users of a virtual host of their own: `poor` may do everything there, `narrow` some of it. */
async function prepared(broker: Broker): Promise<void> {
  const mayDo = (user: string, configure = '.*', write = '.*', read = '.*'): object => {
    return { user, vhost, configure, write, read };
  };
  const definitions = {
    vhosts: [{ name: vhost }],
    users: ['poor', 'narrow', 'exact'].map((name) => ({ name, password: 'secret', tags: [] })),
    permissions: [
      mayDo('guest'),
      mayDo('poor'),
      mayDo('exact', exact, `^amq\\.default$|${exact}`, exact),
      mayDo('narrow', '^gw\\.', '^(gw\\.|sermo\\.inbound)', '^gw\\.customer'),
    ],
  };
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-definitions-'));
  await writeFile(join(folder, 'definitions.json'), JSON.stringify(definitions));
  broker.ctl('import_definitions', join(folder, 'definitions.json'));
  await rm(folder, { recursive: true });
}

describeWith('rabbitmq', 'dragoman doctor at a broker', function () {
  this.timeout(120_000);
  let broker: Broker;

  const at = (user: string, host = vhost): string => `${broker.url.replace('guest:guest', user)}/${host}`;

  /** What is said of the broker, as level, what was found and what to do. */
  async function said(
    url: string,
    change: Partial<AdapterConfigOf<'sermo'>> = {},
    { env = {}, ...more }: { readonly env?: NodeJS.ProcessEnv } & Partial<Config> = {},
  ): Promise<readonly string[]> {
    const sermo: AdapterConfigOf<'sermo'> = {
      dialect: 'sermo',
      workspace: 'default',
      url: { env: 'AMQP_URL' },
      platforms: { web: 'customer', shop: 'desk' },
      ...change,
    };
    const config: Config = {
      listeners: [],
      store: { kind: 'memory' },
      workspaces: [{ id: 'default' }],
      adapters: [sermo],
      ...more,
    };
    const machine = { ...thisMachine, openFiles: 65_536 };
    const found = await diagnose({ config, env: { ...env, AMQP_URL: url }, secretFiles: [], machine });
    const ofBroker = found.filter(({ check }) => check === 'broker');
    expect(ofBroker.filter(({ what }) => what.includes(':secret@'))).to.deep.equal([]);
    return ofBroker.map(({ level, what, remedy = '' }: Finding) => `${level}: ${what} > ${remedy}`);
  }

  before(async () => {
    broker = await theBroker();
    if (isOurs) await prepared(broker);
  });

  itOnOurBroker(
    'is let in and makes nothing there, and says what is missing where the gateway may make nothing either',
    async () => {
      const [only = '', ...others] = await said(at('poor:secret'));
      expect(others).to.deep.equal([]);
      expect(only).to.match(/^fine: amqp:\/\/poor:\*\*\*@127\.0\.0\.1:\d+\/clinic lets us in/);
      const found = await said(at('poor:secret'), { declare: 'passive', platforms: { web: 'customer' } });
      expect(found.map((line) => / has no (\w+ \S+) > /.exec(line)?.[1])).to.deep.equal([
        'exchange sermo.inbound',
        'exchange sermo.outbound',
        'exchange gw.dlx',
        'queue gw.parked',
        'queue gw.dead',
        'queue gw.customer.inbound',
      ]);
      expect(found[0]).to.contain('"declare": "active"');
      const production = { env: { NODE_ENV: 'production' } };
      expect(await said(at('poor:secret'), { platforms: { web: 'customer' } }, production)).to.deep.equal(found);
    },
  );

  itOnOurBroker('finds a password that is refused', async () => {
    const [only = ''] = await said(at('poor:wrong'));
    expect(only).to.match(/^fault: .* refuses the password of poor > .*rabbitmqctl change_password poor PASSWORD/);
  });

  itOnOurBroker('finds a virtual host that is not there, or closed', async () => {
    expect((await said(at('poor:secret', 'nowhere')))[0]).to.match(
      /^fault: .* has no virtual host nowhere.* > .*set_permissions -p nowhere poor/,
    );
    expect((await said(at('poor:secret', '')))[0]).to.match(/has no virtual host \/, or keeps poor out of it/);
  });

  itOnOurBroker('finds each right that is missing, with what it is missing for', async () => {
    const [declare = '', send = '', read = '', ...others] = await said(at('narrow:secret'));
    expect(others).to.deep.equal([]);
    expect(declare).to.match(/narrow not declare sermo\.inbound, sermo\.outbound > widen CONFIGURE: rabbitmqctl/);
    expect(send).to.match(/narrow not send to amq\.default, sermo\.outbound > widen WRITE: .*-p clinic narrow/);
    expect(read).to.match(/narrow not read from gw\.desk\.outbound, gw\.dlx, .*sermo\.outbound.* > widen READ/);
  });

  itOnOurBroker('finds what the probe may not make, where there is one', async () => {
    const probed = { operations: { probe: {} } };
    expect((await said(at('exact:secret')))[0]).to.match(/^fine: /);
    expect((await said(at('poor:secret'), {}, probed))[0]).to.match(/^fine: /);
    expect((await said(at('exact:secret'), { declare: 'passive' }, probed)).join()).to.not.contain('probe');
    const [declare = '', send = '', read = '', ...others] = await said(at('exact:secret'), {}, probed);
    expect(others).to.deep.equal([]);
    expect(declare).to.match(
      /exact not declare sermo\.inbound\.probe\.example.* for the probe > widen CONFIGURE: .*; or/,
    );
    expect(send).to.match(/not send to sermo\.\w+\.probe\.example.* > widen WRITE/);
    expect(read).to.match(/not read from gw\.customer\.inbound\.probe\.example, .* > widen READ/);
  });

  itOnOurBroker('finds a queue of another shape, and takes nothing out of it', async () => {
    const model = await connect(at('guest:guest'));
    const channel = await model.createConfirmChannel();
    await channel.assertQueue('gw.customer.inbound', { durable: true, arguments: { 'x-max-length': 5 } });
    channel.sendToQueue('gw.customer.inbound', Buffer.from('keep me'));
    await channel.waitForConfirms();
    try {
      expect((await said(at('poor:secret')))[0]).to.match(
        /^fault: .* has another queue gw\.customer\.inbound \(.*inequivalent arg.*\) > delete it when it is empty/,
      );
      expect(await channel.deleteQueue('gw.customer.inbound')).to.deep.equal({ messageCount: 1 });
    } finally {
      await model.close();
    }
  });

  itOnOurBroker('finds a certificate that nobody vouches for', async () => {
    const url = (broker.tls?.url ?? '').replace('guest:guest', 'poor:secret');
    expect((await said(`${url}/${vhost}`))[0]).to.match(
      /^fault: amqps:.* certificate that is not trusted .* > give tls\.ca/,
    );
  });

  itOnOurBroker('says what cannot work with any broker', async () => {
    expect((await said('http://127.0.0.1'))[0]).to.match(/^fault: the address of the broker is no amqp/);
    expect((await said(at('poor:secret'), { mode: 'queue' }))[0]).to.match(/one gateway can stand on one side only/);
  });
});
