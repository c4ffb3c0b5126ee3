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

/** What is wrong with a word that was typed; undefined: nothing. */
export type Judge = (text?: string) => string | undefined;

export const portProblem: Judge = (text = '') =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? undefined : 'A port is a number from 0 to 65535.';

/** How a config may call a key. */
export const keyIdProblem: Judge = (text = '') =>
  /^[a-z0-9-]{1,40}$/.test(text) ? undefined : 'It has 1 to 40 of a-z, 0-9 and dashes.';

/** Origins are compared letter by letter with what browsers send. */
export const originProblem: Judge = (text = '') => {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === text && /^https?:/.test(text)) return undefined;
  return /^https?:/.test(origin)
    ? `Browsers call it ${origin}.`
    : 'An origin is how a page begins, up to its host and port: https://shop.example';
};

/** One broker, or several of a cluster with commas or spaces between them. */
export const brokerProblem: Judge = (text = '') =>
  text.split(/[\s,]+/).every((url) => URL.canParse(url) && /^amqps?:$/.test(new URL(url).protocol))
    ? undefined
    : 'A broker is amqp://user:password@host:port, or amqps.';

/** Takes a word as it is, unless something is wrong with it. */
export function parsed(problem: Judge): (text: string) => string {
  return (text) => {
    const what = problem(text);
    if (what !== undefined) throw new InvalidArgumentError(what);
    return text;
  };
}

/** Takes one word more, unless something is wrong with it. */
export function parsedEach(problem: Judge): (text: string, before: readonly string[]) => readonly string[] {
  return (text, before) => [...before, parsed(problem)(text)];
}

/** A port of the command line. */
export const parsePort = (text: string): number => Number(parsed(portProblem)(text));

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
