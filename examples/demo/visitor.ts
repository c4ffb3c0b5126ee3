import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { Screen } from './screen.js';

/** The part of npm faye that is used here; it ships no types. */
interface FayeClient {
  addExtension(
    extension: Record<'incoming' | 'outgoing', (message: Bayeux, next: (message: Bayeux) => void) => void>,
  ): void;
  subscribe(channel: string, callback: (data: Envelope) => void): PromiseLike<unknown>;
  disconnect(): void;
}

interface Bayeux {
  readonly channel: string;
  readonly successful?: boolean;
  readonly subscription?: unknown;
}

interface ConveadMessage {
  readonly id: number;
  readonly sender_type: 'visitor' | 'manager';
  readonly content: string;
}

interface Envelope {
  readonly conversation?: { readonly id: number; readonly manager_id: number | string | null };
  readonly message?: ConveadMessage;
}

/** A visitor of a site that carries the Convead widget: npm faye and the HTTP API, as the widget uses them. */
export interface Visitor {
  /** Resolves when the gateway has acknowledged the words; tries again while nobody listens at all. */
  say(text: string): Promise<void>;
  /** What the widget shows, by the id of each message. */
  readonly shown: ReadonlyMap<number, ConveadMessage>;
  /** How often the widget was (re)subscribed to its conversation. */
  subscriptions(): number;
  /** The whole conversation as the gateway keeps it, oldest first. */
  history(): Promise<readonly ConveadMessage[]>;
  /** Resolves when the gateway has let the visitor go: a client without that answer asks for it for ever. */
  close(): Promise<void>;
}

const { Client } = createRequire(import.meta.url)('faye') as {
  readonly Client: new (url: string, options: { readonly retry: number }) => FayeClient;
};

/** Nothing listens on the port: what was sent has certainly not arrived, so it may be sent again. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof TypeError && error.cause instanceof Error && Reflect.get(error.cause, 'code') === 'ECONNREFUSED'
  );
}

export async function createVisitor(url: string, id: string, screen: Screen): Promise<Visitor> {
  const shown = new Map<number, ConveadMessage>();
  const client = new Client(`${url}/faye`, { retry: 0.2 });
  let subscriptions = 0;
  let left = (): void => {};

  async function post<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const body = new URLSearchParams({ 'sender[type]': 'visitor', 'sender[id]': id, ...parameters });
    screen.frame('visitor', '>', `POST ${path} ${decodeURIComponent(String(body))}`);
    const response = await fetch(`${url}${path}`, { method: 'POST', body });
    const answer = await response.text();
    screen.frame('visitor', '<', `${response.status} ${answer}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
    return JSON.parse(answer) as T;
  }

  client.addExtension({
    outgoing(message, next) {
      screen.frame('visitor', '>', JSON.stringify(message));
      next(message);
    },
    incoming(message, next) {
      screen.frame('visitor', '<', JSON.stringify(message));
      const isConversation = String(message.subscription).startsWith('/conversations/');
      if (message.channel === '/meta/subscribe' && message.successful === true && isConversation) subscriptions += 1;
      if (message.channel === '/meta/disconnect') left();
      next(message);
    },
  });

  function show({ message }: Envelope): void {
    if (message === undefined) return;
    if (!shown.has(message.id)) screen.line('visitor', message.sender_type === 'visitor' ? '>' : '<', message.content);
    shown.set(message.id, message);
  }

  const opened = new Promise<number>((resolve) => {
    void client
      .subscribe(`/service/${id}`, ({ conversation }) => conversation && resolve(conversation.id))
      .then(() => post(`/chat/service/${id}`));
  });
  const conversation = await opened;
  await client.subscribe(`/conversations/${conversation}`, show);

  return {
    shown,
    subscriptions: () => subscriptions,
    async say(text) {
      for (;;) {
        try {
          await post(`/chat/conversation/${conversation}`, { content: text });
          return;
        } catch (error) {
          if (!isRefused(error)) throw error;
          await pause(100);
        }
      }
    },
    async history() {
      const newestFirst = await post<readonly ConveadMessage[]>(`/chat/conversation/${conversation}/messages`);
      return newestFirst.toReversed();
    },
    close: () =>
      new Promise((resolve) => {
        left = resolve;
        client.disconnect();
      }),
  };
}
