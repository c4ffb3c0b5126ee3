import { Socket, type Channel } from 'phoenix';
import type { Cable } from '../cable.js';

const reconnectMs = (tries: number): number => Math.min(200 * tries, 1000);

export function openSocket(cable: Cable): Socket {
  const socket = new Socket('/socket', {
    params: { cable: cable.name },
    reconnectAfterMs: reconnectMs,
    rejoinAfterMs: reconnectMs,
  });
  socket.connect();
  return socket;
}

interface Refusal {
  readonly reason?: string;
}

/** A push and its answer; rejects with the gateway's own words. Waits in the library while there is no connection. */
export function pushed<Answer>(channel: Channel | undefined, event: string, payload: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    channel
      ?.push(event, payload)
      .receive('ok', resolve)
      .receive('error', ({ reason = 'refused' }: Refusal) => reject(new Error(reason)))
      .receive('timeout', () => reject(new Error('no answer')));
  });
}
