import type { Happening } from '../../event.js';
import type { ChatId } from '../../participant.js';
import type { Core } from '../../ports.js';
import type { Session } from '../../session.js';
import { eventually } from '../eventually.js';
import { shows, type Stage } from './stage.js';
import type { SubjectClient } from './subject.js';

export type Side = 'customer' | 'operator';

/** Somebody of no dialect at the other end of the chat, who can do what the core can do. */
export interface Counterpart {
  readonly session: Session;
  readonly chatId: ChatId;
  say(text: string): Promise<void>;
  /** Resolves when somebody else has said this to him. */
  hears(text: string): Promise<void>;
}

/** Connects the person of no dialect as one side. */
export async function arrive(core: Core, side: Side, hear: (event: Happening) => void): Promise<Session> {
  const who = { workspaceId: 'default', space: 'reference', realm: '', externalId: 'ref', idType: 'string' } as const;
  const how = { scope: 'own', echo: 'all', chats: 'mine', away: null } as const;
  return core.connect(
    { ...who, side, role: side, name: 'Reference' },
    side === 'operator' ? { ...how, mode: 'auto' } : how,
    ({ event }) => hear(event),
  );
}

/** The client of one side, in a chat with the counterpart. */
export async function meet(
  stage: Stage,
  side: Side,
): Promise<{ readonly client: SubjectClient; readonly other: Counterpart }> {
  let chatId: ChatId | undefined;
  const heard: string[] = [];
  const session = await arrive(stage.core, side === 'customer' ? 'operator' : 'customer', (event) => {
    if ('chatId' in event) chatId = event.chatId;
    if (event.type === 'MessagePosted' && event.message.body.kind === 'text') heard.push(event.message.body.text);
  });
  const say = async (text: string, to: { readonly chatId: ChatId } | { readonly key: string }): Promise<void> => {
    await stage.core.dispatch(session, { type: 'PostMessage', to, body: { kind: 'text', text }, ifClosed: 'new' });
  };
  const client = side === 'customer' ? await stage.customer('ann') : await stage.operator('olga');
  if (side === 'customer') {
    await stage.core.dispatch(session, { type: 'SetAvailability', status: 'available' });
    await client.open();
    await client.post('hello');
  } else {
    await client.open();
    await say('hello', { key: 'reference' });
    await shows(client, 'hello');
    await client.post('welcome');
  }
  await eventually('the two have a chat', () => chatId !== undefined);
  const id = chatId ?? '';
  const hears = (text: string): Promise<void> => eventually(`${text} is heard`, () => heard.includes(text));
  const other: Counterpart = { session, chatId: id, say: (text) => say(text, { chatId: id }), hears };
  await other.say('we have met');
  await shows(client, 'we have met');
  return { client, other };
}
