import type { Options } from 'amqplib';
import { Fault } from '@dragoman/core';

/** Where a broker is, taken apart by us: the library decodes passwords as Latin-1. [AMQPLIB connect] */
export interface BrokerAddress {
  readonly options: Options.Connect;
  /** For logs: without the password. */
  readonly shown: string;
}

/** Seconds between signs of life on an idle connection. [RABBITMQ heartbeats] */
const heartbeatSeconds = 15;

/** Throws CONFIG_INVALID for what is no `amqp:` or `amqps:` address; its message never holds the address. */
export function brokerAddress(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'amqp:' && url.protocol !== 'amqps:') || url.hostname === '') {
    throw new Fault('CONFIG_INVALID', 'the address of the broker is no amqp: or amqps: address');
  }
  const isSecure = url.protocol === 'amqps:';
  const port = url.port === '' ? (isSecure ? 5671 : 5672) : Number(url.port);
  const [username, password] = [decoded(url.username) || 'guest', decoded(url.password) || 'guest'];
  const vhost = decoded(url.pathname.slice(1)) || '/';
  return {
    options: {
      protocol: isSecure ? 'amqps' : 'amqp',
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      username,
      password,
      vhost,
      heartbeat: heartbeatSeconds,
    },
    shown: `${url.protocol}//${username}:***@${url.hostname}:${port}/${encodeURIComponent(vhost)}`,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
