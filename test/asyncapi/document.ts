import type { TSchema } from 'typebox';
import { clustaar } from './clustaar.js';
import { convead } from './convead.js';
import { happychat } from './happychat.js';
import { sermo } from './sermo.js';
import { tickets } from './tickets.js';
import type { Channel, Described, Told } from './words.js';

/** Every dialect that has a document. */
export const dialects: readonly Described[] = [happychat, tickets, convead, sermo, clustaar];

type Way = 'receives' | 'sends';
const ways = ['receives', 'sends'] as const;
const actions: Readonly<Record<Way, string>> = { receives: 'receive', sends: 'send' };

/** A message is named once in a channel, unless it is told in both directions and is not the same both times. */
function keyOf(channel: Channel, way: Way, { name, payload }: Told): string {
  const other = channel[way === 'receives' ? 'sends' : 'receives'].find((told) => told.name === name);
  const isShared = other === undefined || other.payload === payload;
  return isShared ? `${channel.key}.${name}` : `${channel.key}.${name}.${way === 'receives' ? 'in' : 'out'}`;
}

const ref = (path: string) => ({ $ref: `#/${path}` });
const toldIn = (channel: Channel): readonly (readonly [string, Told])[] =>
  ways.flatMap((way) => channel[way].map((told) => [keyOf(channel, way, told), told] as const));

function messageOf({ name, about, payload }: Told) {
  return { name, summary: about, contentType: 'application/json', payload };
}

function answerOf(key: string, { answer }: Told): readonly (readonly [string, object])[] {
  if (answer === undefined) return [];
  const name = `${key}.answer`;
  return [
    [name, { name, summary: 'The arguments of the callback.', contentType: 'application/json', payload: answer }],
  ];
}

function channelOf(channel: Channel) {
  const keys = toldIn(channel).flatMap(([key, told]) => [key, ...answerOf(key, told).map(([name]) => name)]);
  const parameters = Object.entries(channel.parameters ?? {}).map(([name, description]) => [name, { description }]);
  return {
    address: channel.address,
    description: channel.about,
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    messages: Object.fromEntries(keys.map((key) => [key, ref(`components/messages/${key}`)])),
  };
}

function operationsOf(channel: Channel): readonly (readonly [string, object])[] {
  const at = ref(`channels/${channel.key}`);
  const message = (key: string) => ref(`channels/${channel.key}/messages/${key}`);
  return ways.flatMap((way) =>
    channel[way].map((told) => {
      const key = keyOf(channel, way, told);
      const reply = told.answer && { reply: { channel: at, messages: [message(`${key}.answer`)] } };
      const operation = { action: actions[way], channel: at, summary: told.about, messages: [message(key)], ...reply };
      return [`${channel.key}.${actions[way]}.${told.name}`, operation];
    }),
  );
}

/** The AsyncAPI document of a dialect, from the gateway's point of view: it receives what clients send. */
export function asyncapiOf({ id, title, about, protocol, protocolVersion, pathname, channels }: Described) {
  const messages = channels.flatMap((channel) =>
    toldIn(channel).flatMap(([key, told]) => [[key, messageOf(told)] as const, ...answerOf(key, told)]),
  );
  return {
    asyncapi: '3.0.0',
    id: `urn:dragoman:${id}`,
    info: { title, version: '1', description: about, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host: 'localhost:4000',
        protocol,
        description: 'Where the gateway listens, or the broker it shares with others.',
        ...(protocolVersion !== undefined && { protocolVersion }),
        ...(pathname !== undefined && { pathname }),
      },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.key, channelOf(channel)])),
    operations: Object.fromEntries(channels.flatMap(operationsOf)),
    components: { messages: Object.fromEntries(messages) },
  };
}

/** The schema of what goes one way in a channel under one name. */
export function schemaOf(dialect: Described, channel: string, way: Way, name: string): TSchema | undefined {
  const found = dialect.channels.find(({ key, address }) => key === channel || address === channel);
  return found?.[way].find((told) => told.name === name)?.payload;
}
