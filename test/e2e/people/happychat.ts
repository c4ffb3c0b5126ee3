import { io, type Socket } from 'socket.io-client';
import type { Dialect, Gateway, Person } from './person.js';

interface Told {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly type?: string;
}

/** Lines of the system about the chat are no one's words. */
const isSaid = ({ type = 'message' }: Told): boolean => type === 'message';

async function connected({ url }: Gateway, namespace: string, jwt: string): Promise<Socket> {
  const socket = io(`${url}${namespace}`, { transports: ['websocket'], forceNew: true });
  socket.on('token', (answer: (proof: object) => void) => answer({ jwt }));
  await new Promise<void>((resolve) => socket.once('init', () => resolve()));
  return socket;
}

let words = 0;
const post = (text: string): object => ({ id: `w${(words += 1)}`, text });

/** A page that carries the Happychat client. */
async function customer(gateway: Gateway, id: string): Promise<Person> {
  const heard: string[] = [];
  let [isTyping, isOver] = [false, false];
  const socket = await connected(gateway, '/customer', `dev-customer-${id}`);
  socket.on('message', (told: Told) => {
    if (isSaid(told) && told.source !== 'customer') heard.push(told.text);
  });
  socket.on('typing', (sign: unknown) => (isTyping ||= sign === true));
  socket.on('status', (status: string) => (isOver = status === 'closed'));
  return {
    say: async (text) => void socket.emit('message', post(text)),
    heard: () => heard,
    type: async () => void socket.emit('typing', { message: 'hel' }),
    sawTyping: () => isTyping,
    seesPictures: 'text',
    isOver: () => isOver,
    hangUp: async () => void socket.close(),
  };
}

/** The desk of a Happychat operator, with one chat at a time in front of him. */
async function operator(gateway: Gateway, id: string): Promise<Person> {
  const shown = new Set<string>();
  const heard: string[] = [];
  let [chat, isTyping, isOver] = ['', false, false];
  const socket = await connected(gateway, '/operator', `dev-operator-${id}`);
  const show = (told: Told, isLog: boolean): void => {
    if (!isSaid(told) || told.source !== 'customer' || (isLog && shown.has(told.id))) return;
    shown.add(told.id);
    heard.push(told.text);
  };
  socket.on('chat.open', (opened: { id: string }) => (chat = opened.id));
  socket.on('log', (_chat: unknown, log: readonly Told[]) => log.forEach((told) => show(told, true)));
  socket.on('chat.message', (_chat: unknown, told: Told) => show(told, false));
  socket.on('chat.typing', (_chat: unknown, _user: unknown, draft: string) => (isTyping ||= draft !== ''));
  socket.on('chat.close', () => (isOver = true));
  await socket.emitWithAck('status', 'available');
  return {
    say: async (text) => void socket.emit('message', chat, post(text)),
    heard: () => heard,
    type: async () => void socket.emit('chat.typing', chat, 'wel'),
    sawTyping: () => isTyping,
    seesPictures: 'text',
    end: async () => void socket.emit('chat.close', chat),
    isOver: () => isOver,
    transfer: async (colleague) => void socket.emit('chat.transfer', chat, colleague),
    hangUp: async () => void socket.close(),
  };
}

export const happychat: Dialect = { name: 'Happychat', customer, operator };
