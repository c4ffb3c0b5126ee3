import { eventually } from '@dragoman/core/testing';
import { fayeClient, leave } from '../../adapter-faye/faye-client.js';
import type { Dialect, Gateway, Person } from './person.js';

interface Message {
  readonly id: number;
  readonly conversation_id: number;
  readonly sender_type: 'visitor' | 'manager';
  readonly content: string;
  readonly read: boolean;
}

interface Told {
  readonly conversation?: { readonly id: number; readonly manager_id: number | string | null };
  readonly message?: Message;
}

interface Sender {
  readonly type: 'visitor' | 'manager';
  readonly id: string | number;
  readonly name?: string;
}

const token = 'dev-service';

/** What the HTTP API asks of everybody who speaks. */
async function api({ url }: Gateway, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

interface Page {
  readonly sender: Sender;
  readonly ext?: object;
  /** Where it hears of its conversations. */
  readonly channel: string;
  readonly isMine: (conversation: NonNullable<Told['conversation']>) => boolean;
}

/** What a widget and a manager's page have in common: the conversation in front, and the messages in it. */
async function opened(gateway: Gateway, { sender, ext, channel, isMine }: Page): Promise<Person> {
  const client = fayeClient(`${gateway.url}/faye`, { ext });
  const messages = new Map<number, Message>();
  const heard: string[] = [];
  const subscribed = new Set<number>();
  let current = 0;
  const proof = { sender, ...(sender.type === 'manager' && { token }) };
  const show = (message: Message): void => {
    if (message.sender_type !== sender.type && !messages.has(message.id)) heard.push(message.content);
    messages.set(message.id, message);
  };
  const hear = ({ message }: Told): void => void (message && show(message));
  const follow = async (conversation: number): Promise<void> => {
    if (subscribed.has(conversation)) return;
    subscribed.add(conversation);
    await client.subscribe(`/conversations/${conversation}`, (told) => hear(told as Told));
    // What was said before somebody listened is in the history.
    const response = await fetch(`${gateway.url}/chat/conversation/${conversation}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(proof),
    });
    for (const message of ((await response.json()) as Message[]).toReversed()) {
      if (!messages.has(message.id)) show(message);
    }
    current = conversation;
  };
  await client.subscribe(channel, (told) => {
    const { conversation } = told as Told;
    if (conversation !== undefined && isMine(conversation)) void follow(conversation.id);
  });
  const own = (): readonly Message[] => [...messages.values()].filter(({ sender_type }) => sender_type === sender.type);
  return {
    async say(text) {
      if (current === 0 && sender.type === 'visitor') await api(gateway, `/chat/service/${sender.id}`, proof);
      await eventually('a conversation to speak in', () => current !== 0);
      await api(gateway, `/chat/conversation/${current}`, { ...proof, content: text });
    },
    heard: () => heard,
    async read() {
      const others = [...messages.values()].filter(({ sender_type }) => sender_type !== sender.type);
      for (const { id } of others) await api(gateway, `/chat/conversation/${current}/message/${id}/mark_read`, proof);
    },
    receipt: () => (own().some(({ read }) => read) ? 'read' : 'sent'),
    hangUp: () => leave(client),
  };
}

const customer = (gateway: Gateway, id: string): Promise<Person> =>
  opened(gateway, { sender: { type: 'visitor', id }, channel: `/service/${id}`, isMine: () => true });

const operator = (gateway: Gateway, id: string): Promise<Person> => {
  const sender: Sender = { type: 'manager', id, name: id };
  return opened(gateway, {
    sender,
    ext: { token, sender },
    channel: '/service/*',
    isMine: ({ manager_id }) => manager_id === id,
  });
};

export const convead: Dialect = { name: 'Convead', customer, operator };
