import type { Channel } from 'phoenix';
import type { Line } from '../book.js';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import { openSocket, pushed } from './phoenix.js';

interface Person {
  readonly id: string;
  readonly name: string;
}

interface ChatInfo {
  readonly id: string;
  readonly status: string;
  readonly control: string;
  readonly customer: Person;
  readonly operator: Person | null;
}

interface Message {
  readonly seq: number;
  readonly author: { readonly role: string; readonly name: string };
  readonly body: { readonly type: string; readonly message?: string };
  readonly receipt?: string;
}

const froms: Readonly<Record<string, Line['from']>> = {
  customer: 'customer',
  operator: 'desk',
  bot: 'bot',
  system: 'note',
};

const lineOf = ({ seq, author: { role, name }, body, receipt }: Message): Line => ({
  key: String(seq),
  from: froms[role] ?? 'note',
  name,
  text: body.message ?? `[${body.type}]`,
  order: seq,
  ...(receipt !== undefined && { mark: receipt === 'read' ? ('read' as const) : ('sent' as const) }),
});

/** An operator on a topic of his own: sees every chat, takes one from the bot or the queue, and gives it back. */
export function clustaarOperator(name: string): Seat {
  const { cable, book, standing, remark, shown, tell } = createClient('clustaar-operator');
  const versions: Record<string, number> = {};
  let channel: Channel | undefined;
  let duty = 'available';

  function work(word: string): void {
    duty = word;
    if (standing.value === 'here') channel?.push('status', { status: duty });
  }

  function show({ id, status, control, customer, operator }: ChatInfo): void {
    const isMine = control === 'operator' && operator?.id === name;
    const isFree = control === 'bot' || control === 'queue';
    if (!isMine && !isFree && !book.has(id)) return;
    const words = status === 'closed' ? 'closed' : isMine ? 'yours' : (operator?.name ?? status);
    const title = customer.name || customer.id;
    const isNew = isMine && !book.chats.value.some((chat) => chat.id === id && chat.canSay);
    book.update(id, { title, status: words, canSay: isMine, canTake: isFree, canFinish: isMine });
    if (isNew) void recall(id);
  }

  /** What was said before it was his. */
  async function recall(chatId: string): Promise<void> {
    const { messages } = await pushed<{ readonly messages: readonly Message[] }>(channel, 'chat.history', {
      chat_id: chatId,
    });
    book.put(chatId, ...messages.map(lineOf));
    await pushed(channel, 'chat.read', { chat_id: chatId });
  }

  function listen(to: Channel): void {
    to.on('chat', ({ version, chat }: { readonly version: number; readonly chat: ChatInfo }) => {
      versions[chat.id] = version;
      show(chat);
    });
    to.on('message', (told: { readonly chat_id: string; readonly version: number; readonly message: Message }) => {
      versions[told.chat_id] = told.version;
      book.put(told.chat_id, lineOf(told.message));
      if (told.message.author.role === 'customer') void pushed(to, 'chat.read', { chat_id: told.chat_id });
    });
    to.on('typing', ({ chat_id: id, is_on: isTyping }: { readonly chat_id: string; readonly is_on: boolean }) =>
      book.update(id, { isTyping }),
    );
    to.onError(() => void (standing.value = 'connecting'));
  }

  return {
    ...shown,
    connect() {
      work('available');
      if (channel !== undefined) return;
      standing.value = 'connecting';
      channel = openSocket(cable).channel(`operator:${name}`, () => ({
        token: `dev-operator-${name}`,
        since: versions,
        status: duty,
      }));
      listen(channel);
      channel
        .join()
        .receive('ok', () => {
          standing.value = 'here';
          tell(
            pushed<{ readonly chats: readonly ChatInfo[] }>(channel, 'chats.list', {}).then(({ chats }) =>
              chats.toReversed().forEach(show),
            ),
          );
        })
        .receive('error', ({ reason }: { readonly reason: string }) => {
          standing.value = 'refused';
          remark.value = reason;
        });
    },
    rest: () => work('away'),
    async say(chatId, text) {
      const id = crypto.randomUUID();
      const body = { type: 'text', message: text };
      const { message } = await pushed<{ readonly message: { readonly seq: number } }>(channel, 'chat.reply', {
        chat_id: chatId,
        id,
        body,
      });
      book.put(chatId, lineOf({ seq: message.seq, author: { role: 'operator', name: '' }, body, receipt: 'sent' }));
    },
    take: (chatId) => tell(pushed(channel, 'chat.take', { chat_id: chatId })),
    finish: (chatId) => tell(pushed(channel, 'chat.close', { chat_id: chatId })),
  };
}
