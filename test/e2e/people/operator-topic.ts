import { answerTo, connect } from '../../adapter-phoenix/clients.js';
import type { Dialect, Gateway, Person } from './person.js';

interface Told {
  readonly id: string;
  readonly seq: number;
  readonly author: { readonly role: string };
  readonly body: {
    readonly type: string;
    readonly message: string;
    readonly url?: string | null;
    readonly mime?: string;
  };
  readonly receipt?: 'sent' | 'delivered' | 'read';
}

interface Line {
  readonly event: string;
  readonly chat: { readonly id: string; readonly operator: { readonly id: string } | null };
}

const wordsOf = ({ body }: Told): string => (body.type === 'image' ? `${body.url ?? ''} ${body.mime}` : body.message);

/** The desk of an operator on Phoenix Channels, with one chat at a time in front of him. */
async function operator({ url }: Gateway, id: string): Promise<Person> {
  const socket = connect(Number(new URL(url).port));
  const channel = socket.channel(`operator:${id}`, { token: `dev-operator-${id}` });
  const heard = new Map<number, string>();
  const rank = ['sent', 'delivered', 'read'] as const;
  let [chatId, isTyping, isOver, state] = ['', false, false, 0];
  const ask = async (event: string, payload: object): Promise<unknown> => {
    const [status, response] = await answerTo(channel.push(event, payload));
    if (status !== 'ok') throw new Error(`${event}: ${JSON.stringify(response)}`);
    return response;
  };
  const hear = (told: Told): void => {
    if (told.author.role === 'customer') heard.set(told.seq, wordsOf(told));
  };
  channel.on('chat', ({ event, chat }: Line) => {
    if (event === 'assigned' && chat.operator?.id === id) {
      chatId = chat.id;
      // What was said before is asked for.
      void ask('chat.history', { chat_id: chatId }).then((page) =>
        (page as { messages: Told[] }).messages.forEach(hear),
      );
    }
    isOver ||= event === 'closed' && chat.id === chatId;
  });
  channel.on('message', ({ chat_id, message }: { chat_id: string; message: Told }) => {
    if (chat_id === chatId) hear(message);
  });
  channel.on('typing', ({ is_on }: { is_on: boolean }) => void (isTyping ||= is_on));
  channel.on('receipt', (told: { side: string; state: 'delivered' | 'read' }) => {
    if (told.side === 'customer') state = Math.max(state, rank.indexOf(told.state));
  });
  const [status, response] = await answerTo(channel.join());
  if (status !== 'ok') throw new Error(JSON.stringify(response));
  return {
    say: async (message) => void (await ask('chat.reply', { chat_id: chatId, body: { type: 'text', message } })),
    heard: () => [...heard].sort(([a], [b]) => a - b).map(([, text]) => text),
    type: async () => void (await ask('chat.typing', { chat_id: chatId })),
    sawTyping: () => isTyping,
    read: async () => void (await ask('chat.read', { chat_id: chatId })),
    receipt: () => rank[state] ?? 'sent',
    seesDeliveries: true,
    seesPictures: 'text',
    end: async () => void (await ask('chat.close', { chat_id: chatId })),
    isOver: () => isOver,
    transfer: async (colleague) => void (await ask('chat.transfer', { chat_id: chatId, to: colleague })),
    hangUp: async () => socket.disconnect(),
  };
}

export const operatorTopic: Dialect = { name: 'Phoenix', operator };
