import type { Socket } from 'node:net';
import {
  neverAway,
  withHistory,
  type ChatId,
  type ChatRef,
  type Core,
  type DisconnectReason,
  type Happening,
  type Session,
  type SessionOptions,
} from '@dragoman/core';
import { hangUp } from '../line-adapter/lines.js';
import { desk, goodbye, nickOf, reply, toCommand, toFrames, toRefusal, welcome } from './frames.js';
import type { IrcAdapterOptions } from './irc-adapter.js';

const historyMessages = 50;
const maxChats = 1000;

/** What somebody who is in can do. */
export interface Words {
  say(to: string, text: string): Promise<void>;
}

/** By what nick an operator knows each chat: its customer's name, with a number where two have the same. */
interface Directory {
  nick(chatId: ChatId, name: string): string;
  chat(nick: string): ChatRef | undefined;
}

function createDirectory(): Directory {
  const chats = new Map<string, ChatId>();
  const nicks = new Map<ChatId, string>();
  return {
    nick(chatId, name) {
      const known = nicks.get(chatId);
      if (known !== undefined) return known;
      const [oldest] = nicks;
      if (oldest !== undefined && nicks.size >= maxChats) {
        nicks.delete(oldest[0]);
        chats.delete(oldest[1]);
      }
      let nick = nickOf(name);
      for (let count = 2; chats.has(nick.toLowerCase()); count += 1) nick = `${nickOf(name)}_${count}`;
      chats.set(nick.toLowerCase(), chatId);
      nicks.set(chatId, nick);
      return nick;
    },
    chat(nick) {
      const chatId = chats.get(nick.toLowerCase());
      return chatId === undefined ? undefined : { chatId };
    },
  };
}

export function dismiss(socket: Socket, reason: DisconnectReason): void {
  hangUp(socket, goodbye(reason));
}

/** Signs somebody in. Undefined: he was refused. */
export async function admit(
  socket: Socket,
  core: Core,
  options: IrcAdapterOptions,
  { nick, password }: { readonly nick: string; readonly password: string },
): Promise<Words | undefined> {
  const verified = await options.verify(password, { remoteAddress: socket.remoteAddress ?? '' });
  if (!verified.ok) return undefined;
  const { role, externalId, name = externalId } = verified.identity;
  if (role !== 'customer' && role !== 'operator') return undefined;
  socket.write(welcome(nick));

  const directory = createDirectory();
  const framesOf = (event: Happening, mine: Session): readonly string[] => {
    if (event.type !== 'MessagePosted') return [];
    const customer = event.people[event.chat.customerId];
    const other = role === 'customer' ? desk : directory.nick(event.chatId, customer?.name ?? 'customer');
    // One's own words, from another device, are shown as one's own.
    const linkOf = (attachmentId: string): string | null => core.attachments.link(mine.workspaceId, attachmentId);
    const isOwn = event.message.authorId === mine.participant.id;
    return isOwn ? toFrames(event, nick, other, linkOf) : toFrames(event, other, nick, linkOf);
  };
  let written = Promise.resolve();
  const everybody = { scope: 'own', echo: 'others', chats: 'mine', begins: 'replay', saysDelivered: false } as const;
  const heard: SessionOptions = {
    ...everybody,
    ...(role === 'customer' ? { away: neverAway } : { away: null, mode: 'auto' }),
    onEnd: (reason) => dismiss(socket, reason),
  };
  const who = { ...verified.identity, workspaceId: options.workspaceId, space: 'irc', side: role, realm: '', name };
  const session = await core.connect({ idType: 'string', ...who }, heard, ({ event }, mine) => {
    written = written.then(async () => {
      const events = await withHistory(core, mine, event, { limit: historyMessages });
      if (!('chatId' in event) || !('version' in event)) return;
      const text = events.flatMap((one) => framesOf(one, mine)).join('');
      socket.write(text, () => mine.written(event.chatId, event.version));
      if (socket.writableLength > (options.maxUnreadBytes ?? 1_048_576)) dismiss(socket, 'SLOW');
    });
    written.catch(() => socket.destroy());
  });
  if (socket.destroyed) await session.end();
  socket.once('close', () => void session.end());
  if (role === 'operator') await core.dispatch(session, { type: 'SetAvailability', status: 'available' });
  await session.replay({ limit: 100, maxAgeMs: 86_400_000 });

  return {
    async say(to, text) {
      const isDesk = role === 'customer' && to.toLowerCase() === desk;
      const chat: ChatRef | undefined = isDesk ? { key: externalId } : directory.chat(to);
      if (chat === undefined) return void socket.write(reply('401', nick, 'No such nick', to));
      const outcome = await core.dispatch(session, toCommand(text, chat));
      if (!outcome.ok) socket.write(toRefusal(outcome.rejection.code, nick, to));
    },
  };
}
