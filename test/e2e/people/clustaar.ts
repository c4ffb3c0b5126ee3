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

/** A page with the Clustaar SDK, as far as its wire goes: the phoenix it is made with. */
async function customer({ url }: Gateway, id: string): Promise<Person> {
  const socket = connect(Number(new URL(url).port), { version: '1.5.9' });
  const channel = socket.channel(`interlocutor:${id}`, { bot_id: 'b1', socketToken: `dev-customer-${id}` });
  const calls = outstanding();
  const lines: string[] = [];
  const unsure: string[] = [];
  let [isHeld, wasHeld] = [false, false];
  channel.on('agent_reply', ({ body }: Told) => void lines.push(body.message ?? ''));
  channel.on('bot_reply', ({ body }: Told) => void lines.push(body.data?.fulfillment.actions[0]?.text ?? ''));
  channel.on('control', ({ value }: { value: boolean }) => {
    isHeld = value;
    wasHeld ||= value;
  });
  channel.onError(() => calls.gone());
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
    hearsWithoutIds: true,
    heard: () => lines.filter((line) => !isNotice(line)),
    notices: () => lines.filter(isNotice),
    custom: () => push({ type: 'custom_event', name: 'looked' }),
    isServed: () => wasHeld,
    shows: 'control',
    isOver: () => wasHeld && !isHeld,
    hangUp: async () => socket.disconnect(),
  };
}

/** Its operators are on the topic of our own beside it. */
export const clustaar: Dialect = { name: 'clustaar', customer, operator };
