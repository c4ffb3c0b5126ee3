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

/** Whoever polls a Bayeux server: a handshake, the channels, then one connect after the other. [BAYEUX connect] */
async function subscribe(
  bayeux: string,
  { channels, ext }: { readonly channels: readonly string[]; readonly ext: object },
  hear: (data: Told) => void,
): Promise<() => void> {
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
  const [answer = {}] = await post({ channel: '/meta/subscribe', clientId, subscription: channels });
  if (answer['successful'] !== true) throw new Error(`the probe may not listen: ${String(answer['error'])}`);
  const listen = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const { channel, data } of await post({
        channel: '/meta/connect',
        clientId,
        connectionType: 'long-polling',
      })) {
        if (channel !== '/meta/connect') hear(Object(data));
      }
    }
  };
  void listen().catch(() => undefined);
  return () => leave.abort();
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
  const channels = [sender.type === 'manager' ? '/service/*' : `/service/${sender.id}`];
  const close = await subscribe(`${url}${path}/faye`, { channels, ext: proof }, ({ conversation, message }) => {
    const number = conversation?.id ?? message?.conversation_id;
    if (number !== undefined) void read(number).catch(() => undefined);
  });
  return { api, read, close };
}

export const convead: Sides = {
  async customer(place, hear): Promise<Participant> {
    const visitor = { type: 'visitor', id: 'probe' } as const;
    const { api, read, close } = await join(place, visitor, hear);
    const { conversation } = await api<{ conversation: { id: number } }>(`/chat/service/${visitor.id}`);
    const ext = { sender: visitor };
    const channels = [`/conversations/${conversation.id}`];
    const leave = await subscribe(`${place.url}${place.path}/faye`, { channels, ext }, () => {
      void read(conversation.id).catch(() => undefined);
    });
    return {
      say: (text) => api(`/chat/conversation/${conversation.id}`, { content: text }),
      close() {
        close();
        leave();
      },
    };
  },

  async operator(place, hear): Promise<Participant> {
    const { close } = await join(place, { type: 'manager', id: 'probe', name: 'Probe' }, hear);
    return { say: () => Promise.reject(new TypeError('an operator answers')), close };
  },
};
