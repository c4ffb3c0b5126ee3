/**
 * Chat by IRC, for any client of it: a customer talks with `support`, an operator is talked to by each customer as
 * somebody of his own. Who it is says the password. Made by following docs/adapter-guide.md.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type Adapter, type Capabilities, type Core, type TokenVerifier } from '@dragoman/core';
import { admit, dismiss, type Words } from './admit.js';
import { desk, maxUnits, parse, reply, type Frame } from './frames.js';

export interface IrcAdapterOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly workspaceId: string;
  /** Asked for the password of a client (`PASS`). */
  readonly verify: TokenVerifier;
  /** Default 1000. */
  readonly maxConnections?: number;
  /** What a client may leave unread before it is sent away. Default 1 MiB. */
  readonly maxUnreadBytes?: number;
}

const registrationMs = 10_000;
const maxBadLines = 20;
const maxLineUnits = 4096;

const speech = { says: { text: { maxUnits } }, hears: { text: {} } };
export const ircCapabilities: Capabilities = { customer: speech, operator: speech };

async function* linesOf(socket: Socket): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    if (rest.length > maxLineUnits) return;
    yield* lines.filter((line) => line !== '');
  }
}

/** What a client says of itself until it is let in. */
interface Registration {
  password: string;
  nick: string;
  hasUser: boolean;
  isNegotiating: boolean;
}

/** Whether the frame belongs to registration [RFC2812 3.1]; `CAP` is there for the clients of today. */
function register(mine: Registration, { command, params: [first = '', second = ''] }: Frame, socket: Socket): boolean {
  if (command === 'PASS') mine.password = first;
  else if (command === 'NICK' && /^[A-Za-z_][\w-]{0,29}$/.test(first)) mine.nick = first;
  else if (command === 'NICK') socket.write(reply('432', '*', 'Erroneous nickname'));
  else if (command === 'USER') mine.hasUser = true;
  else if (command === 'CAP') {
    mine.isNegotiating = first.toUpperCase() !== 'END';
    if (first.toUpperCase() === 'LS') socket.write(':dragoman CAP * LS :\r\n');
    if (first.toUpperCase() === 'REQ') socket.write(`:dragoman CAP * NAK :${second}\r\n`);
  } else return false;
  return true;
}

const isComplete = ({ nick, hasUser, isNegotiating }: Registration): boolean =>
  nick !== '' && hasUser && !isNegotiating;

/** What one who is in says beside messages. False: nothing that is known. */
function small({ command, params: [first = ''] }: Frame, nick: string, socket: Socket): boolean {
  if (command === 'PING') socket.write(`:dragoman PONG dragoman :${first}\r\n`);
  else if (command === 'QUIT') socket.end('ERROR :Bye\r\n');
  else if (command === 'JOIN') socket.write(reply('403', nick, `No channels here: write to ${desk}`, first));
  else return command === 'PONG';
  return true;
}

async function converse(socket: Socket, core: Core, options: IrcAdapterOptions): Promise<void> {
  const mine: Registration = { password: '', nick: '', hasUser: false, isNegotiating: false };
  let words: Words | undefined;
  let badLines = 0;
  socket.once(
    'close',
    core.clock.after(registrationMs, () => words ?? dismiss(socket, 'UNAUTHENTICATED')),
  );
  for await (const line of linesOf(socket)) {
    const frame = parse(line);
    const [to = '', text = ''] = frame?.params ?? [];
    if (frame?.command === 'PRIVMSG' && words !== undefined) await words.say(to, text);
    else if (frame !== undefined && words === undefined && register(mine, frame, socket)) {
      if (!isComplete(mine)) continue;
      words = await admit(socket, core, options, mine);
      if (words !== undefined) continue;
      socket.write(reply('464', mine.nick, 'Password incorrect'));
      return dismiss(socket, 'UNAUTHENTICATED');
    } else if (frame !== undefined && small(frame, mine.nick, socket)) continue;
    else if (++badLines > maxBadLines) return dismiss(socket, 'TOO_MANY_BAD_FRAMES');
    else socket.write(reply('421', mine.nick || '*', 'Unknown command', frame?.command));
  }
}

/** An adapter, and where it listens while it does. */
export interface IrcAdapter extends Adapter {
  readonly port: number | undefined;
}

export function ircAdapter(options: IrcAdapterOptions): IrcAdapter {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    name: 'irc',
    capabilities: ircCapabilities,
    get port() {
      const address = server?.address() ?? null;
      return typeof address === 'object' ? address?.port : undefined;
    },
    async start(core) {
      server = createServer((socket) => {
        sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
        converse(socket, core, options).catch(() => socket.destroy());
      });
      server.maxConnections = options.maxConnections ?? 1000;
      await once(server.listen(options.port, '127.0.0.1'), 'listening');
    },
    async stop(goodbye) {
      if (server?.listening !== true) return;
      const closed = once(server.close(), 'close');
      for (const socket of sockets) dismiss(socket, goodbye?.reason ?? 'SHUTDOWN');
      await closed;
    },
  };
}
