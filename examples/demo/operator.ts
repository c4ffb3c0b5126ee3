import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import type { Screen } from './screen.js';

interface HappychatMessage {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  /** Absent: `message`. Others are remarks of the system about the chat. */
  readonly type?: string;
}

/** An operator of Happychat: npm socket.io-client in the namespace `/operator`. */
export interface Operator {
  /** Handed to the socket, which keeps it while it is not connected. */
  say(text: string): void;
  /** What people said in the chat, by the id of each message, as the operator's screen shows it. */
  readonly shown: ReadonlyMap<string, HappychatMessage>;
  /** Resolves when the gateway has taken the operator as available. */
  readonly ready: Promise<void>;
  close(): void;
}

/** On the wire a packet begins with the place of its type in this list. */
const packetTypes = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'];

export function createOperator(url: string, name: string, screen: Screen): Operator {
  const shown = new Map<string, HappychatMessage>();
  const socket = io(`${url}/operator`, {
    transports: ['websocket'],
    reconnectionDelay: 100,
    reconnectionDelayMax: 200,
  });
  let chatId: unknown;

  const frame = (arrow: '>' | '<', { type, data }: { readonly type: string; readonly data?: unknown }): void =>
    screen.frame('operator', arrow, `${packetTypes.indexOf(type)}${String(data ?? '')}`);
  socket.io.on('open', () => {
    socket.io.engine.on('packet', (packet) => frame('<', packet));
    socket.io.engine.on('packetCreate', (packet) => frame('>', packet));
  });

  function show(message: HappychatMessage): void {
    if ((message.type ?? 'message') !== 'message') return;
    if (!shown.has(message.id)) screen.line('operator', message.source === 'operator' ? '>' : '<', message.text);
    shown.set(message.id, message);
  }

  socket.on('token', (answer: (proof: object) => void) => answer({ jwt: `dev-operator-${name}` }));
  socket.on('chat.open', (chat: { readonly id: unknown }) => (chatId = chat.id));
  socket.on('log', (_chat: object, messages: readonly HappychatMessage[]) => messages.forEach(show));
  socket.on('chat.message', (_chat: object, message: HappychatMessage) => show(message));
  const ready = new Promise<void>((resolve) => {
    socket.on('init', () => socket.emit('status', 'available', () => resolve()));
  });

  return {
    say: (text) => void socket.emit('message', chatId, { id: randomUUID(), text }),
    shown,
    ready,
    close: () => void socket.close(),
  };
}
