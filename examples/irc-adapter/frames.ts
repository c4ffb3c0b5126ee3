/**
 * The words of IRC that a chat needs [RFC2812 2.3, 3]: pure, without sockets and clocks. A line is at most 512 bytes with
 * its end, so a long text, or one of several lines, is several messages, in order.
 */
import {
  pictureText,
  textsFor,
  type ChatRef,
  type Command,
  type DisconnectReason,
  type Happening,
  type ParticipantId,
  type RejectionCode,
} from '@dragoman/core';

/** Whom every customer talks to, whoever it is that answers. */
export const desk = 'support';
const server = 'dragoman';

/**
 * A text is one line, which leaves it 390 bytes after the longest names, and clients cut what they send sooner (irc-framework
 * at 350): a UTF-16 unit takes three at most.
 */
export const textLimits = { maxUnits: 110, isOneLine: true };
export const historyMessages = 50;

/** A command and its parameters, the last of which may hold blanks. */
export interface Frame {
  readonly command: string;
  readonly params: readonly string[];
}

/** Undefined: no line of IRC. */
export function parse(line: string): Frame | undefined {
  const [, command, rest = ''] = /^(?::\S+ +)?([A-Za-z]{1,20})((?: .*)?)$/.exec(line) ?? [];
  if (command === undefined || line.includes('\0')) return undefined;
  const [before = '', ...after] = rest.split(' :');
  const params = before.split(' ').filter((param) => param !== '');
  return { command: command.toUpperCase(), params: after.length === 0 ? params : [...params, after.join(' :')] };
}

export function toCommand(text: string, to: ChatRef): Command {
  return { type: 'PostMessage', to, body: { kind: 'text', text }, ifClosed: 'new' };
}

/**
 * A customer as a nick: his name, what IRC does not allow in one made a dash, and eight letters that are his alone. They stay
 * his, so what is written to this nick by a client that was away reaches him and nobody of the same name.
 */
export function nickOf(name: string, customerId: ParticipantId): string {
  const nick = name.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 20);
  return `${/^[A-Za-z_]/.test(nick) ? '' : '_'}${nick}-${tagOf(customerId)}`;
}

const tagOf = (customerId: ParticipantId): string => customerId.slice(-8);

/** Whether a nick, in whatever case a client writes it, is one of this customer's. */
export function isNickOf(nick: string, customerId: ParticipantId): boolean {
  return nick.toLowerCase().endsWith(`-${tagOf(customerId)}`);
}

/** Where a picture can be looked at; null: nowhere. */
type LinkOf = (attachmentId: string) => string | null;

/** Nothing for what IRC has no word for; a picture is told in words. NUL may stand in no line [RFC2812 2.3.1]. */
export function toFrames(event: Happening, from: string, to: string, linkOf: LinkOf): readonly string[] {
  if (event.type !== 'MessagePosted') return [];
  const { body } = event.message;
  if (body.kind !== 'text' && body.kind !== 'image') return [];
  const words = body.kind === 'text' ? body.text : pictureText(body, linkOf(body.attachmentId));
  return textsFor(words.replaceAll('\0', ' '), textLimits).map(
    (text) => `:${from}!${from}@${server} PRIVMSG ${to} :${text}\r\n`,
  );
}

/** Asks whether everything up to here has come: every client answers with the same word [RFC2812 3.7.2]. */
export function ping(word: string | number): string {
  return `PING :${word}\r\n`;
}

/** A numbered answer. */
export function reply(numeric: string, nick: string, text: string, about = ''): string {
  return `:${server} ${numeric} ${nick} ${about === '' ? '' : `${about} `}:${text}\r\n`;
}

/** ERR_CANNOTSENDTOCHAN [RFC2812 5.2] says most refusals; RPL_TRYAGAIN that it may be said again later. */
export function toRefusal(code: RejectionCode, nick: string, to: string): string {
  return reply(code === 'TOO_FAST' ? '263' : '404', nick, code, to);
}

export function goodbye(reason: DisconnectReason): string {
  return `ERROR :${reason}\r\n`;
}

/** What greets who has registered: 001 to 004, and that there is no message of the day. */
export function welcome(nick: string): string {
  return [
    reply('001', nick, `Welcome ${nick}`),
    reply('002', nick, `Your host is ${server}`),
    reply('003', nick, 'One desk for everybody'),
    `:${server} 004 ${nick} ${server} 1 o o\r\n`,
    reply('422', nick, 'No message of the day'),
  ].join('');
}
