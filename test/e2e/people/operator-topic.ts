import { answerTo, connect } from '../../adapter-phoenix/clients.js';
import { outstanding } from './outstanding.js';
import { draft, type Gateway, type Person } from './person.js';

interface Told {
  readonly id: string;
  readonly seq: number;
  readonly author: { readonly role: string };
  readonly body: { readonly type: string; readonly message: string; readonly url?: string };
}

interface Line {
  readonly event: string;
  readonly chat: {
    readonly id: string;
    readonly version: number;
    readonly operator: { readonly id: string } | null;
  };
}

interface Receipt {
  readonly chat_id: string;
  readonly version: number;
  readonly side: string;
  readonly state: 'delivered' | 'read';
}

const rank = ['sent', 'delivered', 'read'] as const;
let replies = 0;

/** The desk of an operator on Phoenix Channels, with one chat at a time in front of him. */
export async function operator({ url }: Gateway, id: string): Promise<Person> {
  const socket = connect(Number(new URL(url).port));
  const versions: Record<string, number> = {};
  const channel = socket.channel(`operator:${id}`, () => ({ token: `dev-operator-${id}`, since: versions }));
  const calls = outstanding();
  const told = new Map<number, Told>();
  let typing: 'nothing' | 'sign' | 'draft' = 'nothing';
  let [chatId, offered, isOver, isServed, sawPresence, state] = ['', '', false, false, false, 0];
  const ask = (event: string, payload: object): Promise<unknown> =>
    calls.ask((done, refused) => {
      const push = channel.push(event, { chat_id: chatId, ...payload });
      push.receive('ok', done);
      push.receive('error', (response: unknown) => refused(new Error(`${event}: ${JSON.stringify(response)}`)));
    });
  const hear = (message: Told): void => void told.set(message.seq, message);
  const handled = (chat: string, version: number): void => {
    versions[chat] = Math.max(versions[chat] ?? 0, version);
  };
  channel.on('chat', ({ event, version, chat }: Line & { version: number }) => {
    handled(chat.id, version);
    if (chat.operator === null) offered = chat.id;
    if (event === 'assigned' && chat.operator?.id === id) {
      if (chat.id !== chatId) told.clear();
      [chatId, isServed] = [chat.id, true];
      // What was said before is asked for.
      void ask('chat.history', {}).then((page) => (page as { messages: Told[] }).messages.forEach(hear));
    }
    if (chat.id === chatId && event === 'closed') isOver = true;
  });
  channel.on('message', ({ chat_id, version, message }: { chat_id: string; version: number; message: Told }) => {
    handled(chat_id, version);
    if (chat_id === chatId) hear(message);
  });
  channel.on('typing', ({ is_on, preview }: { is_on: boolean; preview?: string }) => {
    if (is_on && typing !== 'draft') typing = preview === draft ? 'draft' : 'sign';
  });
  channel.on('receipt', (told: Receipt) => {
    handled(told.chat_id, told.version);
    if (told.side === 'customer') state = Math.max(state, rank.indexOf(told.state));
  });
  channel.on('presence', () => void (sawPresence = true));
  channel.onError(() => calls.gone());
  const joining = channel.join();
  joining.receive('ok', () => calls.ready());
  const [status, response] = await answerTo(joining);
  if (status !== 'ok') throw new Error(JSON.stringify(response));
  const shown = (role: string, type: string): readonly string[] =>
    [...told]
      .filter(([, { author, body }]) => author.role === role && body.type === type)
      .sort(([a], [b]) => a - b)
      .map(([, { body }]) => body.message);
  const act = async (event: string, payload: object = {}): Promise<void> => void (await ask(event, payload));
  return {
    say: (message) => act('chat.reply', { id: `r${(replies += 1)}`, body: { type: 'text', message } }),
    heard: () => shown('customer', 'text'),
    pictures: () =>
      [...told.values()].flatMap(({ body: { type, message: caption, url: source = '' } }) =>
        type === 'image' ? [{ caption, source }] : [],
      ),
    customs: () => [...told.values()].filter(({ body }) => body.type === 'custom').length,
    notices: () => [...shown('bot', 'notice'), ...shown('system', 'notice')],
    type: () => act('chat.typing'),
    typing: () => typing,
    read: () => act('chat.read'),
    receipt: () => rank[state] ?? 'sent',
    receipts: { delivered: 'exact', read: 'exact' },
    isServed: () => isServed,
    shows: 'both',
    sawPresence: () => sawPresence,
    isOffered: () => offered !== chatId,
    claim() {
      if (offered !== '' && offered !== chatId) told.clear();
      chatId = offered || chatId;
      return act('chat.take');
    },
    async joinIn() {
      const { chats } = (await ask('chats.list', {})) as { chats: { id: string }[] };
      chatId = chats[0]?.id ?? '';
      await act('chat.join');
      ((await ask('chat.history', {})) as { messages: Told[] }).messages.forEach(hear);
    },
    release: () => act('chat.release', { to: 'queue' }),
    end: () => act('chat.close'),
    isOver: () => isOver,
    reopen: () => act('chat.reopen'),
    transfer: (colleague) => act('chat.transfer', { to: colleague }),
    hangUp: async () => socket.disconnect(),
  };
}
