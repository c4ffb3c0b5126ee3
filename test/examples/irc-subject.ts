import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { rejectionCodes, type TokenVerifier } from '@dragoman/core';
import { eventually, type AdapterSubject, type SubjectClient } from '@dragoman/core/testing';
import { ircAdapter, ircCapabilities } from '../../examples/irc-adapter/irc-adapter.js';

interface Said {
  readonly nick: string;
  readonly target: string;
  readonly message: string;
}

/** What the tests use of irc-framework, which brings no types. */
interface IrcClient {
  connect(options: Readonly<Record<string, unknown>>): void;
  say(target: string, message: string): void;
  raw(line: string): void;
  on(event: 'privmsg', hear: (said: Said) => void): void;
  on(event: 'raw', hear: (frame: { readonly line: string; readonly from_server: boolean }) => void): void;
  on(event: 'registered' | 'socket close' | 'close', hear: () => void): void;
  readonly connection: { readonly transport: { readonly socket: Socket } };
}

const { Client }: { readonly Client: new () => IrcClient } = createRequire(import.meta.url)('irc-framework');

export const verify: TokenVerifier = async (credential) => {
  const [role, externalId = ''] = credential.split(':');
  if (role !== 'customer' && role !== 'operator') return { ok: false, code: 'invalid' };
  return { ok: true, identity: { role, externalId } };
};

/** A person with the real client library. */
export interface IrcPerson extends SubjectClient {
  readonly said: readonly Said[];
  readonly lines: readonly string[];
  sayTo(target: string, text: string): void;
}

/** Connects; resolves when he is welcome, or was sent away. */
export async function ircPerson(port: number | undefined, password: string): Promise<IrcPerson> {
  if (port === undefined) throw new Error('nothing to connect to');
  const [side, id = ''] = password.split(':');
  const client = new Client();
  const [said, lines]: [Said[], string[]] = [[], []];
  let [isIn, isClosed] = [false, false];
  client.on('registered', () => (isIn = true));
  client.on('socket close', () => (isClosed = true));
  client.on('raw', ({ line, from_server }) => void (from_server && lines.push(line.trimEnd())));
  client.on('privmsg', (one) => said.push(one));
  client.connect({ host: '127.0.0.1', port, nick: id, password, auto_reconnect: false });
  await eventually('a welcome', () => isIn || isClosed);
  const socket = client.connection.transport.socket;
  return {
    said,
    lines,
    sayTo: (target, text) => client.say(target, text),
    open: async () => {},
    post: async (text) => {
      const last = said.findLast(({ nick }) => nick !== id)?.nick;
      client.say(side === 'customer' ? 'support' : (last ?? 'nobody'), text);
    },
    close: async () => void (isClosed || (socket.destroy(), await once(socket, 'close').catch(() => {}))),
    heard: () => said.map(({ message }) => message),
    refused: () => lines.flatMap((line) => / (?:404|263) \S+ \S+ :(.*)$/.exec(line)?.[1] ?? []),
    frames: () => lines.filter((line) => !/ PONG |^PING/.test(line)).length,
    isClosed: () => isClosed,
    stall: () => void socket.pause(),
    babble: async () => client.raw('\u0001 what?'),
  };
}

export const ircSubject: AdapterSubject = {
  name: 'examples/irc-adapter',
  capabilities: ircCapabilities,
  async open() {
    const adapter = ircAdapter({ port: 0, workspaceId: 'default', verify });
    return {
      adapter,
      customer: (id) => ircPerson(adapter.port, `customer:${id}`),
      operator: (id) => ircPerson(adapter.port, `operator:${id}`),
    };
  },
  refusals: Object.fromEntries(rejectionCodes.map((code) => [code, code])) as AdapterSubject['refusals'],
};
