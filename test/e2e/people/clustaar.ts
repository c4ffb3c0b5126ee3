import { connect } from '../../adapter-phoenix/clients.js';
import { outstanding } from './outstanding.js';
import { operator } from './operator-topic.js';
import { isNotice, type Dialect, type Gateway, type Person } from './person.js';

interface Told {
  readonly body: {
    readonly message?: string;
    readonly data?: { readonly fulfillment: { readonly actions: readonly { readonly text: string }[] } };
  };
}

/** Longest way of a page's pong on a busy machine, ms. */
const pongMs = 250;

interface Line {
  readonly text: string;
  readonly at: number;
}

/** What came last before the cut, and first after it again. */
function repeated(before: readonly Line[], after: readonly Line[], cutAt: number): readonly string[] {
  const fresh = before.filter(({ at }) => cutAt - at <= pongMs);
  for (let n = Math.min(fresh.length, after.length); n > 0; n -= 1) {
    const again = after.slice(0, n).map(({ text }) => text);
    if (fresh.slice(-n).every(({ text }, index) => text === again[index])) return again;
  }
  return [];
}

/** A page with the Clustaar SDK, as far as its wire goes: the phoenix it is made with. */
async function customer({ url }: Gateway, id: string): Promise<Person> {
  const socket = connect(Number(new URL(url).port), { version: '1.5.9' });
  const channel = socket.channel(`interlocutor:${id}`, { bot_id: 'b1', socketToken: `dev-customer-${id}` });
  const calls = outstanding();
  const lines: Line[] = [];
  const cuts: { readonly length: number; readonly at: number }[] = [];
  const hear = (text: string): void => void lines.push({ text, at: Date.now() });
  const unsure: string[] = [];
  let [isHeld, wasHeld] = [false, false];
  channel.on('agent_reply', ({ body }: Told) => hear(body.message ?? ''));
  channel.on('bot_reply', ({ body }: Told) => hear(body.data?.fulfillment.actions[0]?.text ?? ''));
  channel.on('control', ({ value }: { value: boolean }) => {
    isHeld = value;
    wasHeld ||= value;
  });
  channel.onError(() => {
    calls.gone();
    cuts.push({ length: lines.length, at: Date.now() });
  });
  const push = (body: object, text?: string): Promise<void> => {
    let attempts = 0;
    return calls.ask<void>((done, refused) => {
      // An interlocutor is not told what he said himself, and words have no ids.
      if ((attempts += 1) === 2 && text !== undefined) unsure.push(text);
      channel
        .push('interlocutor_reply', { token: 'dev-bot-b1', body })
        .receive('ok', () => done())
        .receive('error', (response: unknown) => refused(new Error(JSON.stringify(response))));
    });
  };
  await new Promise<void>((resolve, reject) => {
    channel
      .join()
      .receive('ok', () => {
        calls.ready();
        resolve();
      })
      .receive('error', (response: unknown) => reject(new Error(JSON.stringify(response))));
  });
  return {
    say: (message) => push({ type: 'text', message }, message),
    unsure: () => unsure,
    again: () => cuts.flatMap(({ length, at }) => repeated(lines.slice(0, length), lines.slice(length), at)),
    heard: () => lines.flatMap(({ text }) => (isNotice(text) ? [] : [text])),
    notices: () => lines.flatMap(({ text }) => (isNotice(text) ? [text] : [])),
    custom: () => push({ type: 'custom_event', name: 'looked' }),
    isServed: () => wasHeld,
    shows: 'control',
    isOver: () => wasHeld && !isHeld,
    hangUp: async () => socket.disconnect(),
  };
}

/** Its operators are on the topic of our own beside it. */
export const clustaar: Dialect = { name: 'clustaar', customer, operator };
