import type { Channel } from 'phoenix';
import { answerTo, connect, type ClientOptions } from './clients.js';
import type { House } from './clustaar-house.js';

const events = ['chat', 'message', 'receipt', 'typing', 'presence'] as const;

export interface Told {
  readonly event: (typeof events)[number];
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A page of an operator, and all it is told. */
export async function desk(
  house: Pick<House, 'port'>,
  id: string,
  options: ClientOptions & { readonly params?: object } = {},
) {
  const { params, ...how } = options;
  const socket = connect(house.port, how);
  const channel = socket.channel(`operator:${id}`, { token: `desk-${id}`, ...params });
  const told: Told[] = [];
  for (const event of events) channel.on(event, (payload: Told['payload']) => void told.push({ event, payload }));
  const joined = await answerTo(channel.join());
  return {
    channel,
    joined,
    told,
    ask: (event: string, payload: object = {}) => answerTo(channel.push(event, payload)),
    lives: () => told.flatMap(({ event, payload }) => (event === 'chat' ? [String(payload['event'])] : [])),
    heard: () => told.flatMap(({ event, payload }) => (event === 'message' ? [wordsOf(payload['message'])] : [])),
    chatId: () => chatIn(told),
    leave: () => socket.disconnect(),
  };
}

export function get(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((at, key) => Reflect.get(Object(at), key), value);
}

export const wordsOf = (message: unknown): string => String(get(message, 'body', 'message'));

function chatIn(told: readonly Told[]): string {
  const last = told.findLast(({ payload }) => 'chat' in payload || 'chat_id' in payload);
  return String(get(last?.payload, 'chat', 'id') ?? get(last?.payload, 'chat_id'));
}

/** The page of an interlocutor, and what it is told. */
export async function visitor(house: House, id: string) {
  const socket = connect(house.port, { version: '1.5.9' });
  const channel: Channel = socket.channel(`interlocutor:${id}`, { bot_id: 'b1', socketToken: `token-${id}` });
  const told: string[] = [];
  channel.on('agent_reply', ({ body }: { body: { message: string } }) => void told.push(body.message));
  channel.on('control', ({ value }: { value: boolean }) => void told.push(value ? 'taken' : 'released'));
  await answerTo(channel.join());
  const say = (message: string) =>
    answerTo(channel.push('interlocutor_reply', { token: 'k9', body: { type: 'text', message } }));
  return { say, told, leave: () => socket.disconnect() };
}
