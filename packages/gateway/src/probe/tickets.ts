import { randomUUID } from 'node:crypto';
import { openNamespace, type Namespace } from './engine.js';
import type { Sides } from './participant.js';

interface Line {
  readonly ticketId?: string;
  readonly content?: string;
  readonly senderId?: string;
}

async function enter(base: string, accessToken: string): Promise<Namespace> {
  const socket = await openNamespace(base, '/');
  await new Promise<void>((resolve, reject) => {
    socket.on('authenticated', () => resolve());
    socket.on('unauthenticated', () => reject(new Error('the probe was refused')));
    void socket.emit('authenticate', { accessToken }).catch(reject);
  });
  return socket;
}

/** Null says yes. [TK callbacks] */
async function call(socket: Namespace, name: string, ...args: readonly unknown[]): Promise<void> {
  const [refusal] = await socket.call(name, ...args);
  if (refusal !== null) throw new Error(`${name}: ${String(refusal)}`);
}

function say(socket: Namespace, ticketId: string, content: string): Promise<void> {
  const messageId = randomUUID();
  return call(socket, 'updateMessage', ticketId, messageId, { messageId, content, type: 1, encoding: 'utf-8' }, '');
}

export const tickets: Sides = {
  async customer({ url, path, credentials }, hear) {
    const socket = await enter(`${url}${path}`, credentials.customer);
    const ticketId = randomUUID();
    socket.on('messageUpdated', ([line]) => {
      const { content, senderId }: Line = Object(line);
      if (senderId !== 'system' && content !== undefined) hear(content, (text) => say(socket, ticketId, text));
    });
    await call(socket, 'subscribe');
    await call(socket, 'createTicket', ticketId, { ticketId, ticketNm: 'probe' });
    return { say: (text) => say(socket, ticketId, text), close: socket.close };
  },

  async operator({ url, path, credentials }, hear) {
    const socket = await enter(`${url}${path}`, credentials.operator);
    socket.on('messageUpdated', ([line]) => {
      const { ticketId = '', content, senderId }: Line = Object(line);
      if (senderId === 'system' || content === undefined) return;
      hear(content, async (text) => {
        await call(socket, 'acceptTicket', ticketId, { statusId: 200 }, '');
        await say(socket, ticketId, text);
      });
    });
    await call(socket, 'subscribeOperator');
    return { say: () => Promise.reject(new TypeError('an operator answers')), close: socket.close };
  },
};
