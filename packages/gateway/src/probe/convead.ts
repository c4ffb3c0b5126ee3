import { ask, json, type Hear, type Participant, type Place, type Sides } from './participant.js';

interface Message {
  readonly id: number;
  readonly sender_type: string;
  readonly content: string;
}

interface Told {
  readonly conversation?: { readonly id: number };
  readonly message?: Message & { readonly conversation_id: number };
}

interface Sender {
  readonly type: 'visitor' | 'manager';
  readonly id: string;
  readonly name?: string;
}

/** A client of a Bayeux server. */
interface Listener {
  subscribe(channel: string): Promise<void>;
  close(): void;
}

/** Whoever polls a Bayeux server: a handshake, then one connect after the other. [BAYEUX connect] */
async function listenAt(bayeux: string, ext: object, hear: (data: Told) => void): Promise<Listener> {
  const leave = new AbortController();
  const { signal } = leave;
  const post = async (message: object): Promise<readonly Record<string, unknown>[]> =>
    JSON.parse(await ask(bayeux, JSON.stringify([{ ...message, id: '1', ext }]), { headers: json, signal }));
  const [hello = {}] = await post({
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['long-polling'],
  });
  const { clientId } = hello;
  const listen = async (): Promise<void> => {
    for (let isOpen = true; isOpen && !signal.aborted;) {
      for (const { channel, data, successful } of await post({
        channel: '/meta/connect',
        clientId,
        connectionType: 'long-polling',
      })) {
        if (channel !== '/meta/connect') hear(Object(data));
        // The session is over: nobody asks on for ever.
        else isOpen = successful === true;
      }
    }
  };
  void listen().catch(() => undefined);
  return {
    async subscribe(subscription) {
      const [answer = {}] = await post({ channel: '/meta/subscribe', clientId, subscription });
      if (answer['successful'] !== true) throw new Error(`the probe may not listen: ${String(answer['error'])}`);
    },
    close: () => leave.abort(),
  };
}

/** Both sides hear of a conversation and read in its history what is new; its number is all they need. */
async function join({ url, path, credentials }: Place, sender: Sender, hear: Hear) {
  const proof = { sender, ...(sender.type === 'manager' && { token: credentials.operator }) };
  const api = async <Answer>(place: string, more: object = {}): Promise<Answer> =>
    JSON.parse(await ask(`${url}${path}${place}`, JSON.stringify({ ...proof, ...more }), { headers: json }));
  const heard = new Set<number>();
  const read = async (conversation: number): Promise<void> => {
    for (const { id, sender_type: by, content } of await api<Message[]>(
      `/chat/conversation/${conversation}/messages`,
    )) {
      if (by === sender.type || heard.has(id)) continue;
      heard.add(id);
      hear(content, (text) => api(`/chat/conversation/${conversation}`, { content: text }));
    }
  };
  const listener = await listenAt(`${url}${path}/faye`, proof, ({ conversation, message }) => {
    const number = conversation?.id ?? message?.conversation_id;
    if (number !== undefined) void read(number).catch(() => undefined);
  });
  await listener.subscribe(sender.type === 'manager' ? '/service/*' : `/service/${sender.id}`);
  return { api, listener };
}

export const convead: Sides = {
  async customer(place, hear): Promise<Participant> {
    const visitor = { type: 'visitor', id: 'probe' } as const;
    const { api, listener } = await join(place, visitor, hear);
    const { conversation } = await api<{ conversation: { id: number } }>(`/chat/service/${visitor.id}`);
    await listener.subscribe(`/conversations/${conversation.id}`);
    return {
      say: (text) => api(`/chat/conversation/${conversation.id}`, { content: text }),
      close: listener.close,
    };
  },

  async operator(place, hear): Promise<Participant> {
    const { listener } = await join(place, { type: 'manager', id: 'probe', name: 'Probe' }, hear);
    return { say: () => Promise.reject(new TypeError('an operator answers')), close: listener.close };
  },
};
