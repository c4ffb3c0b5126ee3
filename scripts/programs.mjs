// Programs beside Node that some tests talk to: installed where that is possible, else said plainly.
import { existsSync } from 'node:fs';
import { run } from './run.mjs';
import { step } from './steps.mjs';

const programs = [
  {
    name: 'rabbitmq',
    isThere: () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server') || process.env.AMQP_URL !== undefined,
    debian: 'rabbitmq-server',
    folders: ['adapter-amqp', 'e2e', 'examples', 'gateway', 'playground'],
    remedy: 'install Debian’s rabbitmq-server, or set AMQP_URL to a broker that tests may use',
  },
  {
    name: 'chromium',
    isThere: () => existsSync('/usr/bin/chromium'),
    debian: 'chromium',
    folders: ['browser', 'examples', 'inspector', 'playground'],
    remedy: 'install Debian’s chromium',
  },
];

/** Those that the tests in these folders talk to and that are not here after all; no folders: all tests. */
export async function missingPrograms(folders, without) {
  const wanted = programs.filter((one) => folders.length === 0 || one.folders.some((name) => folders.includes(name)));
  const absent = wanted.filter((one) => !one.isThere() && !without.includes(one.name));
  if (absent.length > 0 && mayInstall()) await install(absent.map(({ debian }) => debian));
  return wanted.filter((one) => without.includes(one.name) || !one.isThere());
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function install(packages) {
  return step(`apt-get install ${packages.join(' ')} (the tests talk to it)`, async () => {
    process.env.DEBIAN_FRONTEND ??= 'noninteractive';
    const ask = ['-qq', '-y', 'install', '--no-install-recommends', ...packages];
    if ((await run('apt-get', ask, { mayFail: true })) === 0) return;
    await run('apt-get', ['-qq', 'update'], { mayFail: true });
    await run('apt-get', ask, { mayFail: true });
  });
}
