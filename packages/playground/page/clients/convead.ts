import type { Cable } from '../cable.js';
import { Client } from 'faye';
import type { Line } from '../book.js';

/** What travels, as far as the page reads it. */
export interface Conversation {
  readonly id: number;
  readonly manager_id: string | number | null;
  readonly state: 'open' | 'closed';
  readonly visitor: { readonly id: string | number; readonly name?: string };
}

export interface Message {
  readonly id: number;
  readonly sender_type: 'visitor' | 'manager';
  readonly sender: { readonly name?: string };
  readonly content: string;
  readonly read: boolean;
}

export interface Told {
  readonly entity: string;
  readonly conversation?: Conversation;
  readonly message?: Message;
}

export interface Sender {
  readonly type: 'visitor' | 'manager';
  readonly id: string | number;
  readonly name: string;
}

/** A message as one side sees it: only one's own have a mark. */
export const lineOf = (me: Sender['type'], { id, sender_type: type, sender, content, read }: Message): Line => ({
  key: String(id),
  from: type === 'visitor' ? 'customer' : 'desk',
  name: sender.name ?? '',
  text: content,
  order: id,
  ...(type === me && { mark: read ? ('read' as const) : ('sent' as const) }),
});

/** Those of the other side that are not read yet. */
export const unreadBy = (me: Sender['type'], messages: readonly Message[]): readonly Message[] =>
  messages.filter((message) => message.sender_type !== me && !message.read);

/** As the development profile names people in the other protocols. */
export const capitalised = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);

/** Faye tries again after so many seconds; a poll waits for so many. */
const times = { retry: 1, timeout: 30 };

export function openFaye(cable: Cable): Client {
  return new Client(`${location.origin}/faye?cable=${cable.name}`, times);
}

/** A request of the HTTP API, as the widget and the desk make them; rejects with the gateway's own words. */
async function post<Answer>(
  path: string,
  {
    cable,
    ...parameters
  }: { readonly cable: Cable; readonly sender: Sender; readonly content?: string; readonly token?: string },
): Promise<Answer> {
  await cable.whenPlugged();
  const response = await fetch(`/chat/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(parameters),
  });
  const answer: Answer & { readonly message?: string } = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

/** Asks as one and the same person, with words or without. */
export const asker =
  (who: { readonly cable: Cable; readonly sender: Sender; readonly token?: string }) =>
  <Answer>(path: string, content?: string): Promise<Answer> =>
    post<Answer>(path, { ...who, ...(content !== undefined && { content }) });
