import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A client that is nothing but a WebSocket: packets are texts and bytes, as they are on the wire. */
export interface RawClient {
  say(packet: string | Uint8Array): void;
  /** The next packet that is not of the connection's own life. */
  next(): Promise<string>;
  close(): void;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<unknown>;
}

/** Opens a namespace as a client of Engine.IO 3 or 4 does. */
export async function openRaw(url: string, namespace: string, protocol: 3 | 4): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=${protocol}&transport=websocket`);
  const heard: string[] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (data) => {
    const packet = String(data);
    // `0` opens the connection, `2` and `3` keep it alive, `40` opens a namespace.
    if (/^(0|2|3|40)/.test(packet)) return;
    heard.push(packet);
    wake();
  });
  await once(socket, 'open');
  socket.send(protocol === 4 ? `40${namespace},` : `40${namespace}`);
  const closed = once(socket, 'close');
  return {
    closed,
    say: (packet) => socket.send(packet),
    async next() {
      while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return heard.shift() ?? '';
    },
    close: () => socket.close(),
  };
}
