import { ask, json, type Sides } from './participant.js';

/** The bot that the probe's copy knows, and its key. */
export const probeBot = { id: 'probe', publicKey: 'probe' } as const;

interface Poll {
  readonly status: number;
  readonly token?: string;
  readonly messages?: readonly string[];
}

type Frame = readonly [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown];

/** Channels over polls, version 2 of their frames. [PHX longpoll] */
export const clustaar: Sides = {
  async customer({ url, path, credentials }, hear) {
    const leave = new AbortController();
    const { signal } = leave;
    const topic = 'interlocutor:probe';
    const at = (token: string): string =>
      `${url}${path}/longpoll?vsn=2.0.0${token === '' ? '' : `&token=${encodeURIComponent(token)}`}`;
    const poll = async (token: string): Promise<Poll> => JSON.parse(await ask(at(token), undefined, { signal }));
    const { token = '' } = await poll('');
    const answers = new Map<string, (status: unknown) => void>();
    let lastRef = 0;

    async function push(event: string, payload: object): Promise<void> {
      const ref = String((lastRef += 1));
      const answered = new Promise<unknown>((resolve) => answers.set(ref, resolve));
      await ask(at(token), JSON.stringify(['1', ref, topic, event, payload]), { headers: json, signal });
      if ((await answered) !== 'ok') throw new Error(`${event} was refused`);
    }
    const say = (message: string): Promise<void> =>
      push('interlocutor_reply', { token: probeBot.publicKey, body: { type: 'text', message } });

    function receive([, ref, , event, payload]: Frame): void {
      if (event === 'phx_reply' && ref !== null) answers.get(ref)?.(Reflect.get(Object(payload), 'status'));
      if (event !== 'agent_reply') return;
      const { message }: { message?: string } = Object(Reflect.get(Object(payload), 'body'));
      if (message !== undefined) hear(message, say);
    }
    const listen = async (): Promise<void> => {
      while (!signal.aborted) {
        const { status, messages = [] } = await poll(token);
        for (const text of messages) receive(JSON.parse(text));
        // The session is over: nobody asks on for ever.
        if (status !== 200 && status !== 204) return;
      }
    };
    void listen().catch(() => undefined);
    await push('phx_join', { bot_id: probeBot.id, socketToken: credentials.customer });
    return { say, close: () => leave.abort() };
  },
};
