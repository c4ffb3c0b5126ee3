import { connect } from '../../adapter-phoenix/clients.js';
import type { Dialect, Gateway, Person } from './person.js';

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
  const heard: string[] = [];
  let [isHeld, wasHeld] = [false, false];
  channel.on('agent_reply', ({ body }: Told) => void heard.push(body.message ?? ''));
  channel.on('bot_reply', ({ body }: Told) => void heard.push(body.data?.fulfillment.actions[0]?.text ?? ''));
  channel.on('control', ({ value }: { value: boolean }) => {
    isHeld = value;
    wasHeld ||= value;
  });
  await new Promise<void>((resolve, reject) => {
    channel
      .join()
      .receive('ok', () => resolve())
      .receive('error', (response: unknown) => reject(new Error(JSON.stringify(response))));
  });
  return {
    say: (message) =>
      new Promise((resolve, reject) => {
        channel
          .push('interlocutor_reply', { token: 'dev-bot-b1', body: { type: 'text', message } })
          .receive('ok', () => resolve())
          .receive('error', (response: unknown) => reject(new Error(JSON.stringify(response))));
      }),
    heard: () => heard,
    isOver: () => wasHeld && !isHeld,
    hangUp: async () => socket.disconnect(),
  };
}

export const clustaar: Dialect = { name: 'Clustaar', customer };
