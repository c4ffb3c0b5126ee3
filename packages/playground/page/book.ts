import { signal, type ReadonlySignal } from '@preact/signals';

/** How far one's own words have come, as far as the protocol tells. */
export type Mark = 'sending' | 'sent' | 'read' | 'failed';

export interface Line {
  /** The same line told twice has the same key. */
  readonly key: string;
  readonly from: 'customer' | 'desk' | 'bot' | 'note';
  readonly name: string;
  /** Always shown as text, whatever is in it. */
  readonly text: string;
  readonly mark?: Mark;
  /** Where it stands among the others; equal ones stay in the order in which they came. */
  readonly order: number;
}

export interface Chat {
  readonly id: string;
  readonly title: string;
  /** In a word or two. */
  readonly status: string;
  readonly isTyping: boolean;
  readonly canSay: boolean;
  readonly canTake: boolean;
  readonly canFinish: boolean;
  readonly lines: readonly Line[];
}

/** What one client has been told, made ready to be shown. */
export interface Book {
  readonly chats: ReadonlySignal<readonly Chat[]>;
  has(chatId: string): boolean;
  /** Adds the chat where it is new. */
  update(chatId: string, news: Partial<Omit<Chat, 'id' | 'lines'>>): void;
  /** Adds lines, or takes the place of those with the same key. */
  put(chatId: string, ...lines: readonly Line[]): void;
  mark(chatId: string, key: string, mark: Mark): void;
}

const blank = { title: '', status: '', isTyping: false, canSay: true, canTake: false, canFinish: false, lines: [] };

/** Of a chat, so many lines are shown, the newest. */
const maxLines = 500;

function merge(old: readonly Line[], news: readonly Line[]): readonly Line[] {
  const byKey = new Map(old.map((line) => [line.key, line]));
  for (const line of news) byKey.set(line.key, { ...byKey.get(line.key), ...line });
  return [...byKey.values()].toSorted((one, other) => one.order - other.order).slice(-maxLines);
}

export function createBook(): Book {
  const chats = signal<readonly Chat[]>([]);

  function change(chatId: string, how: (chat: Chat) => Partial<Chat>): void {
    const known = chats.value.find(({ id }) => id === chatId);
    const chat = known ?? { ...blank, id: chatId };
    const changed = { ...chat, ...how(chat) };
    chats.value =
      known === undefined ? [...chats.value, changed] : chats.value.with(chats.value.indexOf(known), changed);
  }

  return {
    chats,
    has: (chatId) => chats.value.some(({ id }) => id === chatId),
    update: (chatId, news) => change(chatId, () => news),
    put: (chatId, ...lines) => change(chatId, (chat) => ({ lines: merge(chat.lines, lines) })),
    mark: (chatId, key, mark) =>
      change(chatId, ({ lines }) => ({ lines: lines.map((line) => (line.key === key ? { ...line, mark } : line)) })),
  };
}
