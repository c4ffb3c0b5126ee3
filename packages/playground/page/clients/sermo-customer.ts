import type { Line } from '../book.js';
import { createClient } from '../client.js';
import type { Seat } from '../seat.js';

/** Of a front end's events for its page, as far as this one shows them. */
interface Told {
  readonly type: string;
  readonly text?: string;
  readonly queueNumber?: number;
  readonly agent?: { readonly name: string; readonly type?: string };
}

/** So often a page says that it is there, ms. */
const heartbeatMs = 20_000;

const needsBroker =
  'Sermo is spoken on RabbitMQ, and no broker is named. Start with AMQP_URL=amqp://… npm start, and it is here.';

/** A customer on the page of a front end: the protocol has no browser client, its application talks to the broker. */
export function sermoCustomer(userId: string): Seat {
  const { cable, book, standing, remark, shown } = createClient('sermo-customer', {
    cut: () => source?.close(),
    mend: listen,
  });
  let source: EventSource | undefined;
  let count = 0;

  function put(from: Line['from'], text: string, name = ''): void {
    count += 1;
    book.put(userId, { key: String(count), from, name, text, order: count });
  }

  async function publish(event: object): Promise<void> {
    await cable.whenPlugged();
    const response = await fetch(`./sermo/${userId}`, { method: 'POST', body: JSON.stringify(event) });
    if (!response.ok) throw new Error(response.status === 404 ? needsBroker : 'the broker does not answer');
  }

  function hear({ type, text = '', queueNumber, agent }: Told): void {
    if (type === 'text') put(agent?.type === 'human' ? 'desk' : 'bot', text, agent?.name);
    if (type === 'system_text') put('note', text);
    if (type === 'queue_number') book.update(userId, { status: `number ${queueNumber} in the queue` });
    if (type.startsWith('typing_')) book.update(userId, { isTyping: type === 'typing_on' });
    if (type === 'agent_done') book.update(userId, { status: 'the agent is done' });
    if (type === 'text' && agent?.type === 'human') {
      book.update(userId, { status: `with ${agent.name}` });
      void publish({ type: 'messages_read', text: 'read', at: new Date().toISOString() });
    }
  }

  function listen(): void {
    source = new EventSource(`./sermo/${userId}`);
    source.addEventListener('open', () => (standing.value = 'here'));
    source.addEventListener('message', ({ data }: MessageEvent<string>) => hear(JSON.parse(data)));
    source.addEventListener('error', () => (standing.value = 'connecting'));
  }

  async function begin(): Promise<void> {
    standing.value = 'connecting';
    try {
      await publish({ type: 'heartbeat' });
    } catch (error) {
      remark.value = String(error instanceof Error ? error.message : error);
      standing.value = 'refused';
      return;
    }
    listen();
    setInterval(() => void publish({ type: 'heartbeat' }).catch(() => undefined), heartbeatMs);
  }

  return {
    ...shown,
    connect() {
      if (standing.value === 'away') void begin();
    },
    async say(_chatId, text) {
      await publish({ type: 'text', text });
      put('customer', text);
    },
  };
}
