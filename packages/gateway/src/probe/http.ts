import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ask, json, type Participant, type Place, type Sides } from './participant.js';

interface Told {
  readonly data: {
    readonly chat: { readonly id: string };
    readonly message: { readonly authorRole: string; readonly body: { readonly text?: string } };
  };
}

/** A backend: it follows the feed and asks in the name of one of its own. */
async function backend({ url, path, credentials }: Place, hear: (chatId: string, text: string, role: string) => void) {
  const leave = new AbortController();
  const authorization = { authorization: `Bearer ${credentials.operator}` };
  const call = async <Answer>(place: string, method: string, body: object): Promise<Answer> =>
    JSON.parse(
      await ask(`${url}${path}${place}`, JSON.stringify(body), { method, headers: { ...authorization, ...json } }),
    );
  const { body } = await fetch(`${url}${path}/events?type=MessagePosted`, {
    headers: authorization,
    signal: leave.signal,
  });
  const events = body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const listen = async (): Promise<void> => {
    for await (const { data } of events ?? []) {
      const { chat, message }: Told['data'] = JSON.parse(data).data;
      if (message.body.text !== undefined) hear(chat.id, message.body.text, message.authorRole);
    }
  };
  void listen().catch(() => undefined);
  return { call, close: () => leave.abort() };
}

const textOf = (text: string) => ({ kind: 'text', text }) as const;

export const http: Sides = {
  async customer(place, hear): Promise<Participant> {
    const as = { side: 'customer', id: 'probe', name: 'Probe' } as const;
    let own = '';
    const { call, close } = await backend(place, (chatId, text, role) => {
      if (chatId === own && role !== 'customer') hear(text, say);
    });
    const say = async (text: string): Promise<void> => {
      const { chat } = await call<Told['data']>('/chats', 'POST', { as, message: textOf(text) });
      own = chat.id;
    };
    return { say, close };
  },

  async operator(place, hear): Promise<Participant> {
    const as = { side: 'operator', id: 'probe', name: 'Probe' } as const;
    const { call, close } = await backend(place, (chatId, text, role) => {
      const answer = (words: string): Promise<void> =>
        call(`/chats/${chatId}/messages`, 'POST', { as, body: textOf(words), claim: true });
      if (role === 'customer') hear(text, answer);
    });
    await call(`/duties/${as.id}`, 'PUT', { name: as.name, capacity: { 'en-US': 100 } });
    return { say: () => Promise.reject(new TypeError('an operator answers')), close };
  },
};
