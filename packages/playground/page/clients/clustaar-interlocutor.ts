import type { Channel } from 'phoenix';
import type { Line } from '../book.js';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import { openSocket, pushed } from './phoenix.js';

/** Of the bot of the development profile. */
const bot = { id: 'b1', publicKey: 'dev-bot-b1' };

interface BotReply {
  readonly body: { readonly data: { readonly actions?: readonly { readonly message?: string }[] } };
}

interface Words {
  readonly body: { readonly type?: string; readonly message?: string };
}

/** What an operator wrote comes escaped, for pages that take it for HTML; this one does not. */
function unescaped(html: string): string {
  return new DOMParser().parseFromString(html, 'text/html').documentElement.textContent;
}

/** The texts of a bot's reply, whatever group they are in. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'message' in value && typeof value.message === 'string' ? [value.message] : [];
  return [...own, ...Object.values(value).flatMap(textsOf)];
}

/** The page of an interlocutor, as the SDK works: one topic, no ids, no times. */
export function clustaarInterlocutor(name: string): Seat {
  const { cable, book, standing, shown } = createClient('clustaar-interlocutor');
  let channel: Channel | undefined;
  let count = 0;

  function put(from: Line['from'], text: string | undefined): void {
    count += 1;
    if (text !== undefined) book.put(name, { key: String(count), from, name: '', text, order: count });
  }

  const control = (isHeld: boolean): void => book.update(name, { status: isHeld ? 'with a person' : 'with the bot' });

  function listen(to: Channel): void {
    to.on('bot_reply', ({ body }: BotReply) => textsOf(body.data).forEach((text) => put('bot', text)));
    to.on('agent_reply', ({ body }: Words) => put('desk', unescaped(body.message ?? '')));
    to.on('interlocutor_reply', ({ body }: Words) => put('customer', body.message));
    to.on('control', ({ value }: { readonly value: boolean }) => control(value));
    to.onError(() => void (standing.value = 'connecting'));
  }

  return {
    ...shown,
    connect() {
      if (channel !== undefined) return;
      standing.value = 'connecting';
      channel = openSocket(cable).channel(`interlocutor:${name}`, {
        bot_id: bot.id,
        socketToken: `dev-customer-${name}`,
        origin: location.href,
      });
      listen(channel);
      channel
        .join()
        .receive('ok', ({ control: isHeld }: { readonly control: boolean }) => {
          standing.value = 'here';
          if (book.has(name)) control(isHeld);
        })
        .receive('error', () => (standing.value = 'refused'));
    },
    async say(_chatId, text) {
      await pushed(channel, 'interlocutor_reply', { token: bot.publicKey, body: { type: 'text', message: text } });
      put('customer', text);
    },
  };
}
