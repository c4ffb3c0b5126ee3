/**
 * Chat by lines over TCP, for two terminals with `nc`. The first line of a client is `customer TOKEN` or `operator
 * TOKEN` and is answered `welcome NAME`; after it `say TEXT` is a message, both ways, and `no CODE` a refusal. An
 * operator answers whoever spoke to him last. Line breaks in a text travel as `\n`, backslashes as `\\`.
 */
import type { Socket } from 'node:net';
import {
  messageLimits,
  neverAway,
  withHistory,
  type Adapter,
  type Capabilities,
  type ChatRef,
  type Command,
  type Core,
  type DisconnectReason,
  type Happening,
  type RejectionCode,
  type SessionOptions,
  type TokenVerifier,
} from '@dragoman/core';
import { hangUp, lineServer, linesOf } from './lines.js';

export interface LineAdapterOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly workspaceId: string;
  readonly verify: TokenVerifier;
  /** Default 1000. */
  readonly maxConnections?: number;
  /** What a client may leave unread before it is sent away. Default 1 MiB. */
  readonly maxUnreadBytes?: number;
}

const helloMs = 10_000;
const maxBadLines = 20;
const maxLineUnits = 2 * messageLimits.textUnits + 100;
const historyMessages = 50;

const speech = { says: { text: { maxUnits: messageLimits.textUnits } }, hears: { text: {} } };
export const lineCapabilities: Capabilities = { customer: speech, operator: speech };

interface Hello {
  readonly type: 'hello';
  readonly side: 'customer' | 'operator';
  readonly token: string;
}

type Frame = Hello | { readonly type: 'say'; readonly text: string };

function parse(line: string): Frame | undefined {
  const [, word, rest = ''] = /^(customer|operator|say) (.*)$/.exec(line) ?? [];
  if (word === 'customer' || word === 'operator') return { type: 'hello', side: word, token: rest };
  if (word !== 'say') return undefined;
  return { type: 'say', text: rest.replace(/\\(\\|n)/g, (_, escaped) => (escaped === 'n' ? '\n' : '\\')) };
}

function toCommand(text: string, to: ChatRef): Command {
  return { type: 'PostMessage', to, body: { kind: 'text', text }, ifClosed: 'new' };
}

function toFrames(event: Happening): readonly string[] {
  if (event.type !== 'MessagePosted' || event.message.body.kind !== 'text') return [];
  return [`say ${event.message.body.text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`];
}

function goodbye(reason: DisconnectReason): string {
  return `bye ${reason}\n`;
}

/** This protocol says every code as it is; another has a table here, from each code to an answer of its own. */
function toRefusal(code: RejectionCode): string {
  return `no ${code}\n`;
}

function dismiss(socket: Socket, reason: DisconnectReason): void {
  hangUp(socket, goodbye(reason));
}

function howIs(side: Hello['side'], socket: Socket): SessionOptions {
  const everybody = { scope: 'own', echo: 'others', chats: 'mine', begins: 'replay' } as const;
  const onEnd = (reason: DisconnectReason): void => dismiss(socket, reason);
  if (side === 'customer') return { ...everybody, away: neverAway, onEnd };
  return { ...everybody, away: null, mode: 'auto', onEnd };
}

/** Signs somebody in; what it resolves with says his words. Undefined: he was refused. */
async function admit(socket: Socket, core: Core, options: LineAdapterOptions, { side, token }: Hello) {
  const verified = await options.verify(token, { remoteAddress: socket.remoteAddress ?? '' });
  if (!verified.ok || verified.identity.role !== side) return undefined;
  const { name = verified.identity.externalId, externalId } = verified.identity;
  socket.write(`welcome ${name}\n`);

  let chat: ChatRef = { key: externalId };
  let written = Promise.resolve();
  const who = { ...verified.identity, workspaceId: options.workspaceId, space: 'line', side, realm: '', name };
  const session = await core.connect({ idType: 'string', ...who }, howIs(side, socket), ({ event }, mine) => {
    // One after the other, so that what is said now waits behind the history that is still being read.
    written = written.then(async () => {
      const events = await withHistory(core, mine, event, { limit: historyMessages });
      const text = events.flatMap(toFrames).join('');
      if (!('chatId' in event) || !('version' in event)) return;
      if (side === 'operator' && text !== '') chat = { chatId: event.chatId };
      socket.write(text, () => mine.written(event.chatId, event.version));
      if (socket.writableLength > (options.maxUnreadBytes ?? 1_048_576)) dismiss(socket, 'SLOW');
    });
    written.catch(() => socket.destroy());
  });
  if (socket.destroyed) await session.end();
  socket.once('close', () => void session.end());
  if (side === 'operator') await core.dispatch(session, { type: 'SetAvailability', status: 'available' });
  await session.replay({ limit: 100, maxAgeMs: 86_400_000 });
  return async (text: string): Promise<void> => {
    const outcome = await core.dispatch(session, toCommand(text, chat));
    if (!outcome.ok) socket.write(toRefusal(outcome.rejection.code));
  };
}

/** One connection, from its first line to its last. */
async function converse(socket: Socket, core: Core, options: LineAdapterOptions): Promise<void> {
  let say: ((text: string) => Promise<void>) | undefined;
  let badLines = 0;
  socket.once(
    'close',
    core.clock.after(helloMs, () => say ?? dismiss(socket, 'UNAUTHENTICATED')),
  );
  for await (const line of linesOf(socket, maxLineUnits)) {
    const frame = parse(line);
    if (frame?.type === 'say' && say !== undefined) await say(frame.text);
    else if (frame?.type === 'hello' && say === undefined) {
      say = await admit(socket, core, options, frame);
      if (say === undefined) return dismiss(socket, 'UNAUTHENTICATED');
    } else if (++badLines > maxBadLines) return dismiss(socket, 'TOO_MANY_BAD_FRAMES');
    else socket.write('no BAD_LINE\n');
  }
}

/** An adapter, and where it listens while it does. */
export interface LineAdapter extends Adapter {
  readonly port: number | undefined;
}

export function lineAdapter(options: LineAdapterOptions): LineAdapter {
  const server = lineServer(options);
  return {
    name: 'line',
    capabilities: lineCapabilities,
    get port() {
      return server.port;
    },
    start: (core) => server.start((socket) => converse(socket, core, options)),
    stop: (told) => server.stop(goodbye(told?.reason ?? 'SHUTDOWN')),
  };
}
