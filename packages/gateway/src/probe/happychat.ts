import { randomUUID } from 'node:crypto';
import { openNamespace, type Namespace } from './engine.js';
import type { Sides } from './participant.js';

interface Line {
  readonly source?: string;
  readonly text?: string;
}

/** Through the service's own handshake: it asks for the token, and says `init` when it is content. [HC token] */
async function enter(
  base: string,
  name: string,
  jwt: string,
  prepare: (socket: Namespace) => void,
): Promise<Namespace> {
  const socket = await openNamespace(base, name);
  prepare(socket);
  await new Promise<void>((resolve) => {
    socket.on('init', () => resolve());
    socket.on('token', (_, ack) => ack?.({ jwt }));
  });
  return socket;
}

export const happychat: Sides = {
  async customer({ url, path, credentials }, hear) {
    const socket = await enter(`${url}${path}`, '/customer', credentials.customer, (one) => {
      one.on('message', ([line]) => {
        const { source, text }: Line = Object(line);
        if (source !== 'customer' && text !== undefined) hear(text, say);
      });
    });
    const say = (text: string): Promise<void> => socket.emit('message', { id: randomUUID(), text });
    return { say, close: socket.close };
  },

  async operator({ url, path, credentials }, hear) {
    const socket = await enter(`${url}${path}`, '/operator', credentials.operator, (one) => {
      const show = (chat: unknown, line: unknown): void => {
        const { source, text }: Line = Object(line);
        const { id }: { id?: string } = Object(chat);
        if (source !== 'customer' || text === undefined) return;
        hear(text, (answer) => socket.emit('message', id, { id: randomUUID(), text: answer }));
      };
      one.on('chat.message', ([chat, line]) => show(chat, line));
      one.on('log', ([chat, lines]) => {
        for (const line of Array.isArray(lines) ? lines : []) show(chat, line);
      });
    });
    await socket.emit('capacity', 100);
    await socket.call('status', 'available');
    return { say: () => Promise.reject(new TypeError('an operator answers')), close: socket.close };
  },
};
