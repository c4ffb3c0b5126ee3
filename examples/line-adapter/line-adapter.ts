/**
 * Chat by lines over TCP, for two terminals with `nc`. The first line of a client is `customer TOKEN` or `operator
 * TOKEN` and is answered `welcome NAME`; after it `say TEXT` is a message, answered `ok`, or `no CODE` where it is refused.
 * `say N TEXT` tells the client one, by its number. `got N` from a client says that this and those before it have come: what
 * is not confirmed is told again when it is back, by the same number. An operator answers whoever spoke to him last. Line
 * breaks in a text travel as `\n`, backslashes as `\\`.
 */
import type { Socket } from 'node:net';
import {
  messageLimits,
  neverAway,
  pictureText,
  withHistory,
  type Adapter,
  type Capabilities,
  type ChatRef,
  type Command,
  type Core,
  type DisconnectReason,
  type Happening,
  type RejectionCode,
  type Session,
  type SessionOptions,
  type TokenVerifier,
} from '@dragoman/core';
import { hangUp, lineServer, linesOf } from './lines.js';
import { unconfirmed, type Numbered, type Unconfirmed } from './unconfirmed.js';

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

const text = { maxUnits: messageLimits.textUnits };
export const lineCapabilities: Capabilities = {
  customer: { says: { text }, hears: { text } },
  operator: { says: { text }, hears: { text, history: { pushed: historyMessages } } },
};

interface Hello {
  readonly type: 'hello';
  readonly side: 'customer' | 'operator';
  readonly token: string;
}

type Frame =
  Hello | { readonly type: 'say'; readonly text: string } | { readonly type: 'got'; readonly number: number };

function parse(line: string): Frame | undefined {
  const [, word, rest = ''] = /^(customer|operator|say|got) (.*)$/.exec(line) ?? [];
  if (word === 'customer' || word === 'operator') return { type: 'hello', side: word, token: rest };
  if (word === 'got') return /^\d{1,15}$/.test(rest) ? { type: 'got', number: Number(rest) } : undefined;
  if (word !== 'say') return undefined;
  return { type: 'say', text: rest.replace(/\\(\\|n)/g, (_, escaped) => (escaped === 'n' ? '\n' : '\\')) };
}

function toCommand(text: string, to: ChatRef): Command {
  return { type: 'PostMessage', to, body: { kind: 'text', text }, ifClosed: 'new' };
}

/** One message, as it is told. */
interface Told extends Numbered {
  readonly line: string;
}

/** A picture is told in words; `linkOf` answers where it can be looked at. */
function toFrames(event: Happening, linkOf: (attachmentId: string) => string | null): readonly Told[] {
  if (event.type !== 'MessagePosted') return [];
  const { body } = event.message;
  if (body.kind !== 'text' && body.kind !== 'image') return [];
  const text = body.kind === 'text' ? body.text : pictureText(body, linkOf(body.attachmentId));
  const line = `say ${event.number} ${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
  return [{ number: event.number, line }];
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
  const everybody = { scope: 'own', echo: 'foreign', chats: 'mine', begins: 'replay', saysDelivered: false } as const;
  const onEnd = (reason: DisconnectReason): void => dismiss(socket, reason);
  if (side === 'customer') return { ...everybody, away: neverAway, onEnd };
  return { ...everybody, away: null, mode: 'auto', onEnd };
}

/** Whom an operator answers who has come back and heard nobody yet: of his chats, the one where something happened last. */
function latestChat(core: Core, session: Session): ChatRef | undefined {
  const chats = [...core.lobby(session).chats.values()];
  const own = chats.filter(({ assigneeId }) => assigneeId === session.participant.id);
  const [latest] = own.toSorted((one, other) => other.changedAt - one.changedAt);
  return latest && { chatId: latest.id };
}

/** What somebody who was let in can say. */
interface Words {
  say(text: string): Promise<void>;
  got(number: number): void;
}

/** Undefined: he was refused. */
async function admit(
  socket: Socket,
  core: Core,
  options: LineAdapterOptions,
  { side, token }: Hello,
): Promise<Words | undefined> {
  const verified = await options.verify(token, { remoteAddress: socket.remoteAddress ?? '' });
  if (!verified.ok || verified.identity.role !== side) return undefined;
  const { name = verified.identity.externalId, externalId } = verified.identity;

  const key = { key: externalId };
  let chat: ChatRef | undefined = side === 'customer' ? key : undefined;
  let told = Promise.resolve();
  const who = { ...verified.identity, workspaceId: options.workspaceId, space: 'line', side, realm: '', name };
  const linkOf = (attachmentId: string): string | null => core.attachments.link(options.workspaceId, attachmentId);
  let receipts: Unconfirmed | undefined;
  const session = await core.connect({ idType: 'string', ...who }, howIs(side, socket), ({ event }, mine) => {
    receipts ??= unconfirmed(mine);
    // One after the other, so that what is said now waits behind the history that is still being read.
    told = told.then(async () => {
      const events = await withHistory(core, mine, event, { limit: historyMessages });
      const messages = events.flatMap((one) => toFrames(one, linkOf));
      if (!('chatId' in event) || !('version' in event)) return;
      if (side === 'operator' && messages.length > 0) chat = { chatId: event.chatId };
      socket.write(messages.map(({ line }) => line).join(''));
      receipts?.told(event, messages.at(-1));
      if (socket.writableLength > (options.maxUnreadBytes ?? 1_048_576)) dismiss(socket, 'SLOW');
    });
    told.catch(() => socket.destroy());
  });
  if (socket.destroyed) await session.end();
  socket.once('close', () => void session.end());
  if (side === 'operator') await core.dispatch(session, { type: 'SetAvailability', status: 'available' });
  socket.write(`welcome ${name}\n`);
  await session.replay({ limit: 100, maxAgeMs: 86_400_000 });
  return {
    async say(text) {
      // Whom an operator answers follows from what he was told.
      await told;
      const outcome = await core.dispatch(session, toCommand(text, chat ?? latestChat(core, session) ?? key));
      socket.write(outcome.ok ? 'ok\n' : toRefusal(outcome.rejection.code));
    },
    got: (number) => receipts?.got(number),
  };
}

/** One connection, from its first line to its last. */
async function converse(socket: Socket, core: Core, options: LineAdapterOptions): Promise<void> {
  let words: Words | undefined;
  let badLines = 0;
  socket.once(
    'close',
    core.clock.after(helloMs, () => words ?? dismiss(socket, 'UNAUTHENTICATED')),
  );
  for await (const line of linesOf(socket, maxLineUnits)) {
    const frame = parse(line);
    if (frame?.type === 'say' && words !== undefined) await words.say(frame.text);
    else if (frame?.type === 'got' && words !== undefined) words.got(frame.number);
    else if (frame?.type === 'hello' && words === undefined) {
      words = await admit(socket, core, options, frame);
      if (words === undefined) return dismiss(socket, 'UNAUTHENTICATED');
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
