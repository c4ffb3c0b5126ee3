/**
 * Chat by IRC, for any client of it: a customer talks with `support`, an operator is talked to by each customer as
 * somebody of his own. Who it is says the password. Made by following docs/adapter-guide.md.
 */
import type { Socket } from 'node:net';
import type { Adapter, Cancel, Capabilities, Core, TokenVerifier } from '@dragoman/core';
import { lineServer, linesOf } from '../line-adapter/lines.js';
import { admit, dismiss, type Words } from './admit.js';
import { desk, goodbye, historyMessages, parse, ping, reply, textLimits, type Frame } from './frames.js';

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
/** Who has said nothing for so long is asked whether he is there, and is gone when he has said nothing for as long again. */
const silenceMs = 60_000;
const maxBadLines = 20;
const maxLineUnits = 4096;

const text = textLimits;
export const ircCapabilities: Capabilities = {
  customer: { says: { text }, hears: { text } },
  operator: { says: { text }, hears: { text, history: { pushed: historyMessages } } },
};

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

/** What is said beside messages. False: nothing that is known. */
function small({ command, params: [first = ''] }: Frame, nick: string, socket: Socket): boolean {
  if (command === 'PING') socket.write(`:dragoman PONG dragoman :${first}\r\n`);
  else if (command === 'QUIT') socket.end('ERROR :Bye\r\n');
  else if (command === 'JOIN') socket.write(reply('403', nick, `No channels here: write to ${desk}`, first));
  else return false;
  return true;
}

/** Finds out who is gone without a good-bye. What it returns is called whenever he was heard. */
function watch(socket: Socket, core: Core): () => void {
  let isHeard = true;
  let cancel: Cancel;
  const look = (): void => {
    if (!isHeard) return dismiss(socket, 'STALE');
    isHeard = false;
    socket.write(ping('there?'));
    cancel = core.clock.after(silenceMs, look);
  };
  cancel = core.clock.after(silenceMs, look);
  socket.once('close', () => cancel());
  return () => (isHeard = true);
}

async function converse(socket: Socket, core: Core, options: IrcAdapterOptions): Promise<void> {
  const mine: Registration = { password: '', nick: '', hasUser: false, isNegotiating: false };
  let words: Words | undefined;
  let badLines = 0;
  const heard = watch(socket, core);
  socket.once(
    'close',
    core.clock.after(registrationMs, () => words ?? dismiss(socket, 'UNAUTHENTICATED')),
  );
  for await (const line of linesOf(socket, maxLineUnits)) {
    heard();
    // Clients may end a line twice, and an empty one says nothing [RFC2812 2.3.1].
    if (line === '') continue;
    const frame = parse(line);
    const [to = '', text = ''] = frame?.params ?? [];
    if (frame?.command === 'PRIVMSG' && words !== undefined) await words.say(to, text);
    else if (frame?.command === 'PONG') words?.got(Number(frame.params.at(-1)));
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
  const server = lineServer(options);
  return {
    name: 'irc',
    capabilities: ircCapabilities,
    get port() {
      return server.port;
    },
    start: (core) => server.start((socket) => converse(socket, core, options)),
    stop: (told) => server.stop(goodbye(told?.reason ?? 'SHUTDOWN')),
  };
}
