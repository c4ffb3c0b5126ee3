import { setTimeout as pause } from 'node:timers/promises';
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
  readonly conversation?: {
    readonly id: number;
    readonly visitor_id: string;
    readonly manager_id: number | string | null;
  };
  readonly message?: Message;
  readonly notification?: { readonly kind: string; readonly content: string };
}

interface Sender {
  readonly type: 'visitor' | 'manager';
  readonly id: string | number;
  readonly name?: string;
}

const token = 'dev-service';
const retryMs = 30;

/** What the HTTP API answers; undefined: no answer came. */
async function api({ url }: Gateway, path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    .then(async (response) => ({ response, text: await response.text() }))
    .catch(() => undefined);
  if (answer === undefined) return undefined;
  if (!answer.response.ok) throw new Error(`${path}: ${answer.response.status} ${answer.text}`);
  return JSON.parse(answer.text) as unknown;
}

/** Asks again until there is an answer. */
async function sure(gateway: Gateway, path: string, body: object): Promise<unknown> {
  for (;;) {
    const answer = await api(gateway, path, body);
    if (answer !== undefined) return answer;
    await pause(retryMs);
  }
}

interface Page {
  readonly sender: Sender;
  readonly ext?: object;
  /** Where it hears of its conversations. */
  readonly channel: string;
  readonly isMine: (conversation: NonNullable<Told['conversation']>) => boolean;
}

/** What a widget and a manager's page have in common: the conversation in front, and the messages in it. */
async function opened(gateway: Gateway, { sender, ext, channel, isMine }: Page) {
  const client = fayeClient(`${gateway.url}/faye`, { ext });
  const messages = new Map<number, Message>();
  const subscribed = new Set<number>();
  const notices: string[] = [];
  const unsure: string[] = [];
  let [current, isServed] = [0, false];
  const proof = { sender, ...(sender.type === 'manager' && { token }) };
  const show = (message: Message): void => void messages.set(message.id, message);
  // The whole of what was said: what came while nobody listened, and what was lost with a connection.
  const readHistory = async (conversation: number): Promise<void> => {
    const history = await sure(gateway, `/chat/conversation/${conversation}/messages`, proof);
    for (const message of history as Message[]) if (!messages.has(message.id)) show(message);
  };
  const follow = async (conversation: number): Promise<void> => {
    if (subscribed.has(conversation)) return;
    subscribed.add(conversation);
    await client.subscribe(`/conversations/${conversation}`, (told) => {
      const { message } = told as Told;
      if (message !== undefined) show(message);
    });
    await readHistory(conversation);
    current = conversation;
  };
  await client.subscribe(channel, (told) => {
    const { conversation } = told as Told;
    if (conversation === undefined) return;
    isServed ||= conversation.manager_id !== null && isMine(conversation);
    if (isMine(conversation)) void follow(conversation.id);
  });
  client.on('transport:up', () => {
    for (const conversation of subscribed) void readHistory(conversation);
  });
  const of = (isOwn: boolean): readonly Message[] =>
    [...messages.values()]
      .filter(({ sender_type }) => (sender_type === sender.type) === isOwn)
      .toSorted((one, other) => one.id - other.id);
  const send = async (content: string): Promise<void> => {
    for (;;) {
      const answer = await api(gateway, `/chat/conversation/${current}`, { ...proof, content });
      if (answer !== undefined) return;
      // Whether it arrived is in the history.
      await pause(retryMs);
      await readHistory(current);
      if (of(true).some((message) => message.content === content)) return;
      // Or on its way into it: what is posted has no id.
      unsure.push(content);
    }
  };
  const open = async (visitor: string): Promise<void> => {
    const told = (await sure(gateway, `/chat/service/${visitor}`, proof)) as Told;
    if (told.conversation !== undefined) await follow(told.conversation.id);
  };
  return {
    client,
    proof,
    notices,
    open,
    conversation: () => current,
    async say(text: string): Promise<void> {
      if (current === 0 && sender.type === 'visitor') await open(String(sender.id));
      await eventually('a conversation to speak in', () => current !== 0);
      await send(text).catch(async (error: unknown) => {
        // The visitor of a conversation that was closed opens another.
        if (sender.type === 'manager' || !String(error).includes('conversation_closed')) throw error;
        await open(String(sender.id));
        await send(text);
      });
    },
    heard: () => of(false).map(({ content }) => content),
    unsure: () => unsure,
    async read(): Promise<void> {
      for (const { id } of of(false)) {
        await sure(gateway, `/chat/conversation/${current}/message/${id}/mark_read`, proof);
      }
    },
    receipt: () => (of(true).some(({ read }) => read) ? ('read' as const) : ('sent' as const)),
    receipts: { read: 'exact' } as const,
    isServed: () => isServed,
    shows: 'lifecycle' as const,
    hangUp: () => leave(client),
  };
}

async function customer(gateway: Gateway, id: string): Promise<Person> {
  const page = await opened(gateway, {
    sender: { type: 'visitor', id },
    channel: `/service/${id}`,
    isMine: () => true,
  });
  await page.client.subscribe(`/notifications/${id}`, (told) => {
    const { notification } = told as Told;
    if (notification?.kind === 'notice' || notification?.kind === 'queue') page.notices.push(notification.content);
  });
  return { ...page, notices: () => page.notices, open: () => page.open(id) };
}

async function operator(gateway: Gateway, id: string): Promise<Person> {
  const sender: Sender = { type: 'manager', id, name: id };
  let [visitor, isOffered] = ['', false];
  const page = await opened(gateway, {
    sender,
    ext: { token, sender },
    channel: '/service/*',
    isMine(conversation) {
      const isHis = conversation.manager_id === id;
      isOffered = !isHis;
      if (isOffered || visitor === '') visitor = conversation.visitor_id;
      return isHis;
    },
  });
  const { notices: _, open, ...own } = page;
  return { ...own, claim: () => open(visitor), isOffered: () => isOffered };
}

export const convead: Dialect = { name: 'convead', customer, operator };
