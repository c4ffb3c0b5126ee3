import { connect, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { setTimeout as pause } from 'node:timers/promises';

/** A peer that outlives its broker: comes back, sends again what was not confirmed, and never forgets what it heard. */
export interface StubbornPeer {
  /** Resolves when it listens. */
  ready(): Promise<void>;
  /** Resolves when the broker has it; the same id in every attempt. */
  send(key: string, event: object, messageId: string): Promise<void>;
  stop(): Promise<void>;
}

interface Line {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
}

export function stubbornPeer(
  url: string,
  place: { readonly says: string; readonly hears: string; readonly queue: string; readonly pattern: string },
  heard: (message: ConsumeMessage) => void,
): StubbornPeer {
  let isStopped = false;
  let line: Promise<Line> | undefined;

  async function open(): Promise<Line> {
    for (;;) {
      try {
        const model = await connect(url);
        const forget = (): void => void (line = undefined);
        model.on('error', forget);
        model.on('close', () => {
          forget();
          if (!isStopped) void opened().catch(() => undefined);
        });
        const channel = await model.createConfirmChannel();
        channel.on('error', forget);
        await channel.assertExchange(place.says, 'topic', { durable: true });
        await channel.assertExchange(place.hears, 'topic', { durable: true });
        await channel.assertQueue(place.queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
        await channel.bindQueue(place.queue, place.hears, place.pattern);
        await channel.prefetch(500);
        await channel.consume(place.queue, (message) => {
          if (message === null) return;
          heard(message);
          channel.ack(message);
        });
        return { model, channel };
      } catch (error) {
        if (isStopped) throw error;
        await pause(50);
      }
    }
  }

  function opened(): Promise<Line> {
    line ??= open();
    return line;
  }

  const once = ({ channel }: Line, key: string, body: Buffer, messageId: string): Promise<boolean> =>
    new Promise((resolve) => {
      try {
        const properties = { persistent: true, messageId, mandatory: true };
        channel.publish(place.says, key, body, properties, (error: unknown) => resolve(error == null));
      } catch {
        resolve(false);
      }
    });

  void opened();
  return {
    ready: async () => void (await opened()),
    async send(key, event, messageId) {
      const body = Buffer.from(JSON.stringify(event));
      while (!(await once(await opened(), key, body, messageId)) && !isStopped) await pause(20);
    },
    async stop() {
      isStopped = true;
      await (await opened()).model.close().catch(() => undefined);
    },
  };
}
