import { InvalidArgumentError, Option, type Command } from 'commander';

/** The files that `init` writes, and that every command looks for where it is called. */
export const configName = 'dragoman.jsonc';
export const envName = 'dragoman.env';

/** Where a command finds its config and its secrets. */
export interface SettingsOptions {
  readonly config?: string;
  readonly envFile?: string;
}

/** Where a gateway is that should be asked. */
export interface ReachOptions extends SettingsOptions {
  readonly url?: string;
  readonly dev?: true;
}

/** Which gateway is asked: one that serves, or one that is started for the question. */
export interface AnyReachOptions extends ReachOptions {
  readonly stopped?: true;
}

/** Gives a command the options that say what a gateway is told. */
export function withSettings(command: Command): Command {
  return command
    .addOption(new Option('--config <file>', `the config, JSON with comments (default: ${configName} here)`))
    .addOption(
      new Option('--env-file <file>', `secrets as NAME=value lines (default: ${envName} beside the config, if any)`),
    );
}

/** Gives a command the options that say which gateway is asked. */
export function withReach(command: Command): Command {
  return withSettings(command)
    .addOption(new Option('--url <url>', 'of the gateway; unless given, where the config says that it listens'))
    .option('--dev', 'a gateway of the development profile, on port 4000 unless --url says otherwise');
}

/** A port of the command line. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/** A number of things of the command line, at least one. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('A count is a number from 1 to 9999999.');
  return Number(text);
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const isUnit = (text: string): text is keyof typeof unitsMs => Object.hasOwn(unitsMs, text);

/** `90s`, `15m`, `8h` or `30d`, in milliseconds. */
export function parseSpan(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!isUnit(unit)) throw new InvalidArgumentError('A span of time is a number and one of s, m, h, d: 15m, 8h.');
  return Number(count) * unitsMs[unit];
}
