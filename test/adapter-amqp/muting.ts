import type { Socket } from 'node:net';
import { FrameCutter, methodIn } from './amqp-frames.js';

const connectionClass = 10;

/**
 * Stands between a client and a broker, and can keep back what the broker answers, but for its greeting and its signs of
 * life: as a broker whose connections live on while those who do its work do not.
 */
export class Mute {
  isOn = false;

  readonly join = (client: Socket, broker: Socket): void => {
    client.pipe(broker);
    const told = new FrameCutter();
    broker.on('data', (chunk: Buffer) => {
      for (const frame of told.push(chunk)) if (!this.isOn || !isAnswer(frame)) client.write(frame);
    });
  };
}

function isAnswer(frame: Buffer): boolean {
  const method = methodIn(frame);
  return method !== undefined && (method.classId !== connectionClass || method.methodId === closeOk);
}

const closeOk = 51;
