import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clustaarAdapter, type ClustaarSettings } from '@dragoman/adapter-phoenix';
import { listenOn } from '@dragoman/adapter-phoenix/channels';
import { toRefusal } from '@dragoman/adapter-phoenix/clustaar';
import { reject, rejectionCodes } from '@dragoman/core';
import { adapterContract, type AdapterSubject, type SubjectClient } from '@dragoman/core/testing';
import type { Channel, Socket } from 'phoenix';
import type { WebSocket } from 'ws';
import { answerTo, connect } from './clients.js';
import { verify } from './clustaar-house.js';

const never = (): number => 2 ** 30;

/** A real client that does not come back by itself, so that the suite sees its end; rejects when nobody lets it in. */
async function arrive(port: number): Promise<Socket> {
  const socket = connect(port, { reconnectAfterMs: never, rejoinAfterMs: never });
  await new Promise<void>((resolve, rejected) => {
    socket.onOpen(() => resolve());
    socket.onError(() => rejected(new Error('there is nothing to connect to')));
  });
  return socket;
}

const carrierOf = (socket: Socket): WebSocket => Reflect.get(socket, 'conn');

/** What customers and operators have in common. */
function clientOn(
  socket: Socket,
  channel: Channel,
): Omit<SubjectClient, 'open' | 'post' | 'heard' | 'does'> & {
  ask(event: string, payload: object): Promise<unknown>;
} {
  const refused: string[] = [];
  let [frames, isClosed] = [0, false];
  const close = (): void => void (isClosed = true);
  socket.onMessage((frame) => void (frames += Reflect.get(frame, 'topic') === 'phoenix' ? 0 : 1));
  socket.onClose(close);
  channel.onClose(close);
  channel.onError(close);
  return {
    async ask(event, payload) {
      const [status, response] = await answerTo(channel.push(event, payload));
      if (status === 'error') refused.push(String(Reflect.get(Object(response), 'reason')));
      return response;
    },
    async close() {
      if (carrierOf(socket)?.isPaused === true) carrierOf(socket).terminate();
      socket.disconnect();
    },
    refused: () => refused,
    frames: () => frames,
    isClosed: () => isClosed,
    babble: async () => carrierOf(socket).send('{'),
    stall: () => carrierOf(socket).pause(),
  };
}

async function customer(port: number, id: string): Promise<SubjectClient> {
  const socket = await arrive(port);
  const channel = socket.channel(`interlocutor:${id}`, { bot_id: 'b1', socketToken: `token-${id}` });
  const heard: string[] = [];
  channel.on('agent_reply', ({ body }: { body: { message: string } }) => void heard.push(body.message));
  channel.on('interlocutor_reply', ({ body }: { body: { message: string } }) => void heard.push(body.message));
  const { ask, ...client } = clientOn(socket, channel);
  const reply = (body: object): void => void ask('interlocutor_reply', { token: 'k9', body });
  return {
    ...client,
    open: async () => void (await answerTo(channel.join())),
    post: async (message) => reply({ type: 'text', message }),
    heard: () => heard,
    does: { custom: async () => reply({ type: 'custom_event', name: 'My Custom Event' }) },
  };
}

interface Said {
  readonly number: number;
  readonly body: { readonly message: string };
}

async function operator(port: number, id: string): Promise<SubjectClient> {
  const socket = await arrive(port);
  const channel = socket.channel(`operator:${id}`, { token: `desk-${id}` });
  const heard = new Map<number, string>();
  const hear = ({ number, body }: Said): void => void heard.set(number, body.message);
  let chatId = '';
  const { ask, ...client } = clientOn(socket, channel);
  const call = (event: string, payload: object = {}) => ask(event, { chat_id: chatId, ...payload });
  channel.on('chat', ({ event, chat }: { readonly event: string; readonly chat: { readonly id: string } }) => {
    if (event !== 'assigned') return;
    chatId = chat.id;
    void call('chat.history').then((page) => (page as { readonly messages: readonly Said[] }).messages.forEach(hear));
  });
  channel.on('message', ({ chat_id, message }: { readonly chat_id: string; readonly message: Said }) => {
    chatId = chat_id;
    hear(message);
  });
  const does =
    (event: string, payload: object = {}) =>
    async (): Promise<void> =>
      void (await call(event, payload));
  return {
    ...client,
    open: async () => void (await answerTo(channel.join())),
    post: async (message) => void call('chat.reply', { body: { type: 'text', message } }),
    heard: () => [...heard].sort(([a], [b]) => a - b).map(([, text]) => text),
    does: {
      typing: does('chat.typing'),
      read: does('chat.read'),
      lifecycle: does('chat.join'),
      presence: does('status', { status: 'away' }),
      control: does('chat.release', { to: 'queue' }),
      'hand-over': does('chat.release', { to: 'queue' }),
      history: does('chat.history'),
      transfer: does('chat.transfer', { to: null }),
      claim: does('chat.take'),
      close: does('chat.close'),
      async reopen() {
        await call('chat.close');
        await call('chat.reopen');
      },
    },
  };
}

/** Limits of pace are the subject of other tests; readers are slow sooner than by default, or one would take long. */
const settings: Pick<ClustaarSettings, 'verify' | 'bots' | 'isHtmlTrusted' | 'replies' | 'operators' | 'channels'> = {
  verify,
  bots: { b1: { publicKey: 'k9' } },
  isHtmlTrusted: true,
  replies: { perSecond: 1e6, burst: 1e6 },
  operators: { calls: { perSecond: 1e6, burst: 1e6 } },
  channels: { limits: { maxBufferedBytes: 256 * 1024 } },
};

const { capabilities } = clustaarAdapter({ ...settings, listener: { claim: () => () => undefined } });

const subject: AdapterSubject = {
  name: 'clustaar, with the operator topic',
  capabilities,
  async open() {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    return {
      adapter: clustaarAdapter({ ...settings, listener: listenOn(http) }),
      customer: (id) => customer(port, id),
      operator: (id) => operator(port, id),
      async close() {
        http.closeAllConnections();
        await new Promise<void>((resolve) => void http.close(() => resolve()));
      },
    };
  },
  refusals: Object.fromEntries(
    rejectionCodes.map((code) => [code, toRefusal(reject(code)).reason]),
  ) as AdapterSubject['refusals'],
};

adapterContract({ describe, it }, subject);
