import type { Log } from '@dragoman/core';
import { destination, pino, stdSerializers } from 'pino';

/** A log whose level can change while it is in use. */
export interface AdjustableLog extends Log {
  setLevel(level: LogLevel): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Never written, wherever they stand in the facts: what proves who somebody is, and what somebody wrote. */
const hidden = [
  ...['token', 'jwt', 'accessToken', 'access_token', 'socketToken', 'serviceToken', 'credential', 'bearer'],
  ...['secret', 'client_secret', 'password', 'authorization', 'cookie', 'ext'],
  ...['text', 'content', 'caption'],
];

/** One JSON line for each line of log, on stderr unless a file descriptor is given. */
export function createLog(level: LogLevel = 'info', descriptor = 2): AdjustableLog {
  const lines = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      serializers: { error: stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: hidden.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[hidden]' },
    },
    destination({ fd: descriptor, sync: true }),
  );
  return {
    debug: (facts, message) => lines.debug(facts, message),
    info: (facts, message) => lines.info(facts, message),
    warn: (facts, message) => lines.warn(facts, message),
    error: (facts, message) => lines.error(facts, message),
    setLevel: (changed) => void (lines.level = changed),
  };
}
