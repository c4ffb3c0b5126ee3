import { playground } from '@dragoman/playground';
import type { Config } from '../config/schema.js';
import type { GatewayOptions } from '../container.js';
import { devBanner, devConfig, devEnvironment, verifyDev } from '../dev.js';
import { createGateway, type Gateway } from '../gateway.js';
import { Ending } from './ending.js';
import { reportOf } from './report.js';
import type { SettingsOptions } from './options.js';
import { settingsOf } from './settings.js';
import type { Said, Terminal } from './terminal.js';

/** How long the process may go on after everything was stopped, ms. */
const lastMs = 1000;

/** What can be said of serving. */
export interface ServeOptions extends SettingsOptions, Said {
  readonly dev?: true;
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
}

function devProfile(
  { host = '127.0.0.1', port = 4000, data = './data' }: ServeOptions,
  { env }: Terminal,
): [Config, GatewayOptions] {
  if (host !== '127.0.0.1') {
    throw new Ending('usage', '--dev serves 127.0.0.1 only: anybody who reaches it may be anybody');
  }
  if (env['NODE_ENV'] === 'production') throw new Ending('usage', '--dev refuses to run with NODE_ENV=production');
  const environment = { ...env, ...devEnvironment };
  const sites = [playground({ brokerUrl: env['AMQP_URL'] })];
  return [devConfig(port, data, environment), { environment, verify: verifyDev, sites }];
}

async function profile(options: ServeOptions, terminal: Terminal): Promise<[Config, GatewayOptions]> {
  const { dev, config, port, host, data } = options;
  if (dev === true && config === undefined) return devProfile(options, terminal);
  if (dev === true) throw new Ending('usage', '--dev has a config of its own', 'leave out --dev or --config');
  if ((port ?? host ?? data) !== undefined) {
    throw new Ending('usage', '--port, --host and --data belong to --dev; with --config they stand in the file');
  }
  const settings = await settingsOf(options, terminal);
  return [settings.config, { environment: settings.env }];
}

/** A config that is wrong changes nothing; why is said where everything else is said. */
async function reload(gateway: Gateway, options: ServeOptions, terminal: Terminal): Promise<void> {
  try {
    const { config } = await settingsOf(options, terminal);
    await gateway.reload(config);
  } catch (error) {
    const { text, facts } = reportOf(error);
    terminal.err(options.json === true ? `${JSON.stringify(facts)}\n` : (text ?? ''));
  }
}

/** Serves until the process is told to end, then lets everybody go in order. A second signal ends it at once. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const [config, more] = await profile(options, terminal);
  const gateway = createGateway(config, more);
  const ended = terminal.ended();
  const starting = gateway.start();
  // Heard from here on: unheard it would end the process.
  if (options.dev !== true) {
    process.on('SIGHUP', () => void starting.then(() => reload(gateway, options, terminal)).catch(() => undefined));
  }
  try {
    await starting;
    if (options.json === true) {
      const listeners = config.listeners.map(({ name }) => ({ name, url: gateway.url(name) }));
      terminal.out(`${JSON.stringify({ listeners })}\n`);
    } else if (options.dev === true) terminal.out(devBanner(gateway.url() ?? ''));
    await ended;
    await gateway.stop();
  } finally {
    // What was left behind may keep the process, but not for ever.
    setTimeout(() => process.exit(), lastMs).unref();
  }
}
