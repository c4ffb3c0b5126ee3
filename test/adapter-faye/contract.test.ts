import { once } from 'node:events';
import { conveadAdapter } from '@dragoman/adapter-faye';
import { toRefusal } from '@dragoman/adapter-faye/convead';
import { reject, rejectionCodes } from '@dragoman/core';
import { adapterContract, eventually, type AdapterSubject, type SubjectClient } from '@dragoman/core/testing';
import { WebSocket } from 'ws';
import { token, type Body, type MessageBody } from './house.js';
import { openListener } from './node-listener.js';
import { handshake, http, parse, type WireMessage } from './wire.js';

const adapterOptions = { timeoutMs: 2000, quietMs: 20 };

/** A page of the product: a socket for events, requests for everything else. */
interface Page {
  readonly port: number;
  readonly sender: object;
  readonly ext: object | undefined;
  /** What it listens to when it opens; and the conversations it has open, which it remembers over a restart. */
  readonly channel: string;
  readonly conversations: Set<number>;
  isMine(conversation: NonNullable<Body['conversation']>): boolean;
  start(): Promise<void>;
}

async function openPage(page: Page): Promise<SubjectClient> {
  const { port, sender, conversations } = page;
  const clientId = await handshake(port, page.ext);
  const ws = new WebSocket(`ws://127.0.0.1:${port}/faye`);
  await once(ws, 'open');
  const shown = new Map<number, string>();
  const refused: string[] = [];
  const answered = new Set<string>();
  let [frames, ids, isClosed] = [0, 0, false];
  let last: { conversation: number; message: number } | undefined;

  const send = (message: object): string => {
    const id = `m${(ids += 1)}`;
    ws.send(JSON.stringify([{ clientId, id, ...message }]));
    return id;
  };
  const connect = (): void => void send({ channel: '/meta/connect', connectionType: 'websocket' });
  const subscribe = async (channel: string): Promise<void> => {
    const id = send({ channel: '/meta/subscribe', subscription: channel });
    await eventually(`subscribed to ${channel}`, () => isClosed || answered.has(id));
  };
  const api = async (path: string, params: object = {}): Promise<Body | readonly MessageBody[]> => {
    const body = JSON.stringify({ sender, token, ...params });
    const answer = await http(port, path, { body, headers: { 'content-type': 'application/json' } });
    const told: Body | readonly MessageBody[] = JSON.parse(answer.body);
    if ('error' in told && told.error !== undefined) refused.push(told.error);
    return told;
  };
  const hear = ({ channel, id, data }: WireMessage): void => {
    if (id !== undefined) answered.add(String(id));
    if (channel === '/meta/connect' && !isClosed) connect();
    if (data === undefined) return;
    frames += 1;
    const { conversation, message } = data as Body;
    if (conversation !== undefined && page.isMine(conversation) && !conversations.has(conversation.id)) {
      conversations.add(conversation.id);
      void subscribe(`/conversations/${conversation.id}`);
    }
    if (message === undefined) return;
    last = { conversation: message.conversation_id, message: message.id };
    shown.set(message.id, message.content);
  };
  ws.on('message', (text: Buffer) => parse(text.toString('utf8')).forEach(hear));
  ws.on('error', () => undefined);
  ws.on('close', () => (isClosed = true));
  connect();

  const conversation = (): number => last?.conversation ?? [...conversations].at(-1) ?? 0;
  const post = async (content: string): Promise<void> =>
    void (await api(`/chat/conversation/${conversation()}`, { content }));
  return {
    async open() {
      await subscribe(page.channel);
      for (const number of conversations) await subscribe(`/conversations/${number}`);
      await page.start();
    },
    post,
    async close() {
      if (isClosed) return;
      const closed = once(ws, 'close');
      if (ws.isPaused) ws.terminate();
      else send({ channel: '/meta/disconnect' });
      await closed;
    },
    heard: () => [...shown.values()],
    refused: () => refused,
    frames: () => frames,
    isClosed: () => isClosed,
    babble: async () => ws.send('{'),
    stall: () => ws.pause(),
    does: {
      read: async () => void (await api(`/chat/conversation/${last?.conversation}/message/${last?.message}/mark_read`)),
      async history() {
        const messages = await api(`/chat/conversation/${conversation()}/messages`);
        if ('length' in messages) for (const { id, content } of messages) shown.set(id, content);
      },
      claim: () => post('mine'),
    },
  };
}

const { capabilities } = conveadAdapter({ listener: { claim: () => () => undefined }, auth: { kind: 'open' } });

const subject: AdapterSubject = {
  name: 'convead',
  capabilities,
  skips: {
    'a reader too slow is sent away, and the others hear everything':
      'all connections of a person are one session; carrier.test.ts shows that a slow one is ended',
  },
  async open() {
    const { listener, port, close } = await openListener();
    const auth = { kind: 'token', serviceToken: token } as const;
    const remembered = new Map<string, Set<number>>();
    const memoryOf = (id: string): Set<number> => {
      const memory = remembered.get(id) ?? new Set();
      remembered.set(id, memory);
      return memory;
    };
    return {
      adapter: conveadAdapter({ listener, auth, ...adapterOptions }),
      close,
      customer: (id) => {
        const sender = { type: 'visitor', id };
        const conversations = new Set<number>();
        return openPage({
          port,
          sender,
          ext: undefined,
          channel: `/service/${id}`,
          conversations,
          isMine: () => true,
          async start() {
            const body = JSON.stringify({ sender });
            await http(port, `/chat/service/${id}`, { body, headers: { 'content-type': 'application/json' } });
            await eventually('the conversation is known', () => conversations.size > 0);
          },
        });
      },
      operator: (id) => {
        const sender = { type: 'manager', id, name: id };
        return openPage({
          port,
          sender,
          ext: { token, sender },
          channel: '/service/*',
          conversations: memoryOf(id),
          isMine: (conversation) => conversation.manager_id === id,
          start: async () => undefined,
        });
      },
    };
  },
  refusals: Object.fromEntries(
    rejectionCodes.map((code) => [code, toRefusal(reject(code)).code]),
  ) as AdapterSubject['refusals'],
};

adapterContract({ describe, it }, subject);
