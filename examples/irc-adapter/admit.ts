import type { Socket } from 'node:net';
import {
  neverAway,
  withHistory,
  type ChatRef,
  type Core,
  type DisconnectReason,
  type Happening,
  type Session,
  type SessionOptions,
} from '@dragoman/core';
import { hangUp } from '../line-adapter/lines.js';
import { unconfirmed, type Unconfirmed } from '../line-adapter/unconfirmed.js';
import {
  desk,
  goodbye,
  historyMessages,
  isNickOf,
  nickOf,
  ping,
  reply,
  toCommand,
  toFrames,
  toRefusal,
  welcome,
} from './frames.js';
import type { IrcAdapterOptions } from './irc-adapter.js';

/** What somebody who is in can do. */
export interface Words {
  say(to: string, text: string): Promise<void>;
  /** He has everything up to the one of this number. */
  got(number: number): void;
}

/** The chat of the customer with a nick, of those that an operator is in: known after he was away, too. */
function chatOf(nick: string, core: Core, session: Session): ChatRef | undefined {
  const { id } = session.participant;
  const chats = [...core.lobby(session).chats.values()];
  const chat = chats.find(
    ({ customerId, assigneeId, memberIds }) =>
      isNickOf(nick, customerId) && (assigneeId === id || memberIds.includes(id)),
  );
  return chat && { chatId: chat.id };
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

  const framesOf = (event: Happening, mine: Session): readonly string[] => {
    if (event.type !== 'MessagePosted') return [];
    const { customerId } = event.chat;
    const other = role === 'customer' ? desk : nickOf(event.people[customerId]?.name ?? 'customer', customerId);
    // One's own words, said by another protocol, are shown as one's own.
    const linkOf = (attachmentId: string): string | null => core.attachments.link(mine.workspaceId, attachmentId);
    const isOwn = event.message.authorId === mine.participant.id;
    return isOwn ? toFrames(event, nick, other, linkOf) : toFrames(event, other, nick, linkOf);
  };
  let told = Promise.resolve();
  let receipts: Unconfirmed | undefined;
  const everybody = { scope: 'own', echo: 'foreign', chats: 'mine', begins: 'replay', saysDelivered: false } as const;
  const heard: SessionOptions = {
    ...everybody,
    ...(role === 'customer' ? { away: neverAway } : { away: null, mode: 'auto' }),
    onEnd: (reason) => dismiss(socket, reason),
  };
  const who = { ...verified.identity, workspaceId: options.workspaceId, space: 'irc', side: role, realm: '', name };
  const session = await core.connect({ idType: 'string', ...who }, heard, ({ event }, mine) => {
    receipts ??= unconfirmed(mine);
    told = told.then(async () => {
      const events = await withHistory(core, mine, event, { limit: historyMessages });
      if (!('chatId' in event) || !('version' in event)) return;
      const text = events.flatMap((one) => framesOf(one, mine)).join('');
      if (text !== '') socket.write(text + ping(event.number));
      receipts?.told(event, text === '' ? undefined : event);
      if (socket.writableLength > (options.maxUnreadBytes ?? 1_048_576)) dismiss(socket, 'SLOW');
    });
    told.catch(() => socket.destroy());
  });
  if (socket.destroyed) await session.end();
  socket.once('close', () => void session.end());
  if (role === 'operator') await core.dispatch(session, { type: 'SetAvailability', status: 'available' });
  await session.replay({ limit: 100, maxAgeMs: 86_400_000 });

  return {
    async say(to, text) {
      const isDesk = role === 'customer' && to.toLowerCase() === desk;
      const chat = isDesk ? { key: externalId } : role === 'operator' ? chatOf(to, core, session) : undefined;
      if (chat === undefined) return void socket.write(reply('401', nick, 'No such nick', to));
      const outcome = await core.dispatch(session, toCommand(text, chat));
      if (!outcome.ok) socket.write(toRefusal(outcome.rejection.code, nick, to));
    },
    got: (number) => receipts?.got(number),
  };
}
