/** Customers on real clients that live through a restart: what is not confirmed they say again, as their applications do. */
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { isOurs, theBroker } from '../../adapter-amqp/broker.js';
import { fayeClient, leave, type FayeClient } from '../../adapter-faye/faye-client.js';
import { phoenixOf } from '../../adapter-phoenix/clients.js';

export interface Customer {
  readonly dialect: string;
  /** Resolves when the client knows that it was taken. */
  say(text: string): Promise<void>;
  /** What the desk said, each time the client was shown it anew. */
  heard(): readonly string[];
  close(): void | Promise<void>;
}

export interface Place {
  readonly port: number;
  /** From which address this one comes, by the word of a balancer. */
  readonly address: string;
  readonly id: string;
}

type Connect = (place: Place) => Promise<Customer>;

const urlOf = ({ port }: Place): string => `http://127.0.0.1:${port}`;
const headersOf = ({ address }: Place) => ({ 'x-forwarded-for': address });
const ioOptions = (place: Place) => ({
  transports: ['websocket'],
  forceNew: true,
  extraHeaders: headersOf(place),
});

interface HappychatLine {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly type?: string;
}

/** Its client names each message, and has it back when it was taken. */
const happychat: Connect = async (place) => {
  const socket = io(`${urlOf(place)}/customer`, ioOptions(place));
  const shown = new Map<string, HappychatLine>();
  const unsure = new Map<string, { readonly text: string; readonly done: () => void }>();
  const emitted = new Map<string, string | undefined>();
  const emit = (id: string, text: string): void => {
    emitted.set(id, socket.id);
    socket.emit('message', { id, text });
  };
  const show = (line: HappychatLine): void => {
    shown.set(line.id, line);
    unsure.get(line.id)?.done();
    unsure.delete(line.id);
  };
  socket.on('token', (answer: (proof: object) => void) => answer({ jwt: `dev-customer-${place.id}` }));
  socket.on('message', show);
  socket.on('log', (lines: readonly HappychatLine[]) => {
    lines.forEach(show);
    // What was said over this very connection is on its way.
    for (const [id, { text }] of unsure) if (emitted.get(id) !== socket.id) emit(id, text);
  });
  await new Promise<void>((resolve) => socket.once('init', () => resolve()));
  return {
    dialect: 'happychat',
    say: (text) =>
      new Promise((done) => {
        const id = randomUUID();
        unsure.set(id, { text, done });
        if (socket.connected) emit(id, text);
      }),
    heard: () =>
      [...shown.values()].flatMap(({ source, text, type = 'message' }) =>
        source !== 'customer' && type === 'message' ? [text] : [],
      ),
    close: () => void socket.close(),
  };
};

interface TicketLine {
  readonly messageId: string;
  readonly content: string;
  readonly senderId: string;
}

/** Each call is acknowledged; one that is not is made again under its id. */
const tickets: Connect = async (place) => {
  const socket = io(urlOf(place), ioOptions(place));
  const ticketId = randomUUID();
  const shown = new Map<string, TicketLine>();
  const unsure = new Map<string, { readonly args: readonly unknown[]; readonly done: () => void }>();
  let isIn = false;
  const call = (id: string): void => {
    const { args = [], done } = unsure.get(id) ?? {};
    socket.emit('updateMessage', ...args, (refusal: unknown) => {
      // The rhythm of an application that was refused: nothing tells it when to try again.
      if (refusal !== null) return void setTimeout(() => isIn && unsure.has(id) && call(id), 200);
      unsure.delete(id);
      done?.();
    });
  };
  socket.on('connect', () => socket.emit('authenticate', { accessToken: `dev-customer-${place.id}` }));
  socket.on('disconnect', () => (isIn = false));
  socket.on('messageUpdated', (line: TicketLine) => {
    if (line.senderId !== 'system') shown.set(line.messageId, line);
  });
  await new Promise<void>((resolve) => socket.once('authenticated', () => resolve()));
  await socket.emitWithAck('createTicket', ticketId, { ticketId, ticketNm: 'Drill' });
  isIn = true;
  socket.emit('subscribe');
  socket.on('authenticated', () => {
    isIn = true;
    socket.emit('subscribe');
    for (const id of unsure.keys()) call(id);
  });
  return {
    dialect: 'tickets',
    say: (content) =>
      new Promise((done) => {
        const messageId = randomUUID();
        const message = { messageId, content, type: 1, encoding: 'utf-8' };
        unsure.set(messageId, { args: [ticketId, messageId, message, ''], done });
        if (isIn) call(messageId);
      }),
    heard: () => [...shown.values()].map(({ content }) => content),
    close: () => void socket.close(),
  };
};

interface ConveadLine {
  readonly id: number;
  readonly sender_type: string;
  readonly content: string;
}

interface FayeWithHeaders extends FayeClient {
  setHeader(name: string, value: string): void;
}

/** Says by HTTP; whoever got no answer looks at the history before he says it again. */
const convead: Connect = async (place) => {
  const client = fayeClient(`${urlOf(place)}/faye`) as FayeWithHeaders;
  for (const [name, value] of Object.entries(headersOf(place))) client.setHeader(name, value);
  const shown = new Map<number, ConveadLine>();
  const sender = { type: 'visitor', id: place.id };
  const ask = async (path: string, more: object = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', ...headersOf(place) };
    const response = await fetch(`${urlOf(place)}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ sender, ...more }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const show = (line: ConveadLine): void => void shown.set(line.id, line);
  await client.subscribe(`/service/${place.id}`, () => undefined);
  const opened = (await ask(`/chat/service/${place.id}`)) as { conversation: { id: number } };
  const { id: conversation } = opened.conversation;
  await client.subscribe(`/conversations/${conversation}`, (told) => {
    const { message } = told as { message?: ConveadLine };
    if (message !== undefined) show(message);
  });
  const history = async (): Promise<void> => {
    for (const line of (await ask(`/chat/conversation/${conversation}/messages`)) as ConveadLine[]) show(line);
  };
  const isTaken = (text: string): boolean => [...shown.values()].some(({ content }) => content === text);
  return {
    dialect: 'convead',
    async say(text) {
      for (;;) {
        try {
          await ask(`/chat/conversation/${conversation}`, { content: text });
          return;
        } catch {
          // As above: whoever cannot reach a server asks again now and then.
          await pause(500 + Math.random() * 1000);
          if (
            await history().then(
              () => isTaken(text),
              () => false,
            )
          )
            return;
        }
      }
    },
    heard: () => [...shown.values()].flatMap(({ sender_type: by, content }) => (by === 'visitor' ? [] : [content])),
    close: () => leave(client),
  };
};

interface ClustaarReply {
  readonly body: { readonly message?: string };
}

/** Each push is answered; one that is not is made again, and what is heard has no name: it must come once. */
const clustaar: Connect = async (place) => {
  const { Socket } = phoenixOf('1.8.16');
  class Balanced extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: headersOf(place) });
    }
  }
  const socket = new Socket(`ws://127.0.0.1:${place.port}/socket`, { transport: Balanced });
  socket.connect();
  const heard: string[] = [];
  const channel = socket.channel(`interlocutor:${place.id}`, {
    bot_id: 'b1',
    socketToken: `dev-customer-${place.id}`,
  });
  channel.on('agent_reply', ({ body }: ClustaarReply) => void heard.push(body.message ?? ''));
  await new Promise<void>((resolve, reject) => {
    channel
      .join()
      .receive('ok', () => resolve())
      .receive('error', (refusal: unknown) => reject(new Error(JSON.stringify(refusal))));
  });
  const push = (message: string): Promise<'yes' | 'no' | 'unknown'> =>
    new Promise((resolve) => {
      channel
        .push('interlocutor_reply', { token: 'dev-bot-b1', body: { type: 'text', message } })
        .receive('ok', () => resolve('yes'))
        .receive('error', ({ reason }: { reason?: string }) => resolve(reason === 'timeout' ? 'unknown' : 'no'))
        .receive('timeout', () => resolve('unknown'));
    });
  return {
    dialect: 'clustaar',
    async say(text) {
      for (let answer = await push(text); answer !== 'yes'; answer = await push(text)) {
        // Nobody was told whether it was taken: it is said again only when nobody answers it.
        await pause(answer === 'unknown' ? 30_000 : 200);
        if (heard.some((one) => one.endsWith(text))) return;
      }
    },
    heard: () => heard,
    close: () => socket.disconnect(),
  };
};

/** A front end that serves all its visitors over one connection to the broker; it is taken what the broker has. */
async function openFrontEnd(): Promise<Connect> {
  const model = await connect((await theBroker()).url);
  const channel = await model.createConfirmChannel();
  await channel.assertExchange('sermo.inbound', 'topic', { durable: true });
  await channel.assertExchange('sermo.outbound', 'topic', { durable: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'sermo.outbound', 'dev-web.#');
  /** By user, then by message: what comes again under its id is the same message. */
  const shown = new Map<string, Map<string, string>>();
  await channel.consume(queue, (letter) => {
    if (letter === null) return;
    channel.ack(letter);
    const { type, userId, text }: SermoEvent = JSON.parse(letter.content.toString());
    if (type === 'text') shown.get(userId)?.set(String(letter.properties.messageId), text);
  });
  let guests = 0;
  return async ({ id: userId }) => {
    const heard = new Map<string, string>();
    shown.set(userId, heard);
    guests += 1;
    return {
      dialect: 'sermo',
      say: (text) =>
        new Promise((resolve, reject) => {
          const event = { type: 'text', platformId: 'dev-web', userId, text };
          const properties = { messageId: randomUUID(), persistent: true };
          channel.publish('sermo.inbound', `dev-web.${userId}`, Buffer.from(JSON.stringify(event)), properties, (no) =>
            no == null ? resolve() : reject(new Error('the broker did not take it')),
          );
        }),
      heard: () => [...heard.values()],
      close: () => ((guests -= 1) === 0 ? model.close() : undefined),
    };
  };
}

interface SermoEvent {
  readonly type: string;
  readonly userId: string;
  readonly text: string;
}

/** Who connects to us, in turn. */
export const web: readonly Connect[] = [happychat, tickets, convead, clustaar];

/** And who comes over a broker, where there is one that may be used up. */
export const everybody = async (): Promise<readonly Connect[]> => (isOurs ? [...web, await openFrontEnd()] : web);
