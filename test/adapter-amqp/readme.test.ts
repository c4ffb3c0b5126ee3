import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { read, root } from '../house/repository.js';
import { programOf, samplesOf } from '../house/samples.js';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { itOnOurBroker } from './our-broker.js';

const run = promisify(execFile);

describeWith('rabbitmq', 'the samples of the README', function () {
  this.timeout(60_000);

  itOnOurBroker('reach a broker, and find nothing put aside on one that is new', async () => {
    const broker = await theBroker();
    broker.ctl('add_vhost', 'readme');
    broker.ctl('set_permissions', '-p', 'readme', 'guest', '.*', '.*', '.*');
    const samples = samplesOf(read('packages/adapter-amqp/README.md')).filter(({ language }) => language === 'ts');
    const last = samples.at(-1) ?? expect.fail();
    const file = join(root, 'build', 'readme-of-amqp.mjs');
    await writeFile(
      file,
      `${programOf(last, samples)}\nconsole.log(adapter.status().consume, again);\nprocess.exit();`,
    );
    const { stdout } = await run(process.execPath, [file], { env: { AMQP_URL: `${broker.url}/readme` } });
    await rm(file);
    expect(stdout).to.equal('ready 0\n');
  });
});
