import { frameLimits, type InboundEvent, type OutboundEvent } from '@dragoman/adapter-amqp/sermo';
import Type, { type TProperties } from 'typebox';
import { text, whole, type Alike, type Described, type Holds, type Of, type Told } from './words.js';

const address = {
  platformId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'The channel the customer came by.' }),
  userId: Type.String({ minLength: 1, maxLength: 128, description: 'The customer; opaque.' }),
};
const words = Type.String({ maxLength: frameLimits.textUnits, description: 'What is said.' });
const image = Type.Optional(text('A picture as a data URI; the text is shown with it.'));
const at = text('When, ISO 8601.');
const agent = Type.Object({
  id: text(''),
  name: text('As customers read it.'),
  type: Type.Optional(text('human; absent: a bot.')),
});

const of = <Name extends string, P extends TProperties>(type: Name, properties: P) =>
  Type.Object({ type: Type.Literal(type), ...address, ...properties });

const inbound = {
  text: of('text', { text: words, image }),
  heartbeat: of('heartbeat', {}),
  messages_read: of('messages_read', { text: text('`read`.'), at }),
  client_left: of('client_left', { text: text(''), at }),
  client_unload: of('client_unload', { at }),
  typing: of('typing', { text: text('The whole draft; empty: no longer.'), at }),
};
const outbound = {
  text: of('text', {
    text: words,
    image,
    typing: Type.Optional(Type.Number({ description: 'For how long writing is feigned first, ms.' })),
    agent: Type.Optional(agent),
  }),
  queue_number: of('queue_number', { queueNumber: whole('1 is next.') }),
  system_text: of('system_text', { text: text('A line of the system.') }),
  agent_done: of('agent_done', {}),
  typing_on: of('typing_on', {}),
  typing_off: of('typing_off', {}),
  platform_closed: of('platform_closed', {}),
  handover_to_agent: of('handover_to_agent', {}),
  handover_to_bot: of('handover_to_bot', { flowGroupId: Type.Optional(text('Where the bot goes on.')) }),
  end_session: of('end_session', {}),
};

type In = { [Name in keyof typeof inbound]: Of<(typeof inbound)[Name]> }[keyof typeof inbound];
type Out = { [Name in keyof typeof outbound]: Of<(typeof outbound)[Name]> }[keyof typeof outbound];
/** Each event by its name, however its type was written. */
type ByName<E extends { readonly type: string }> = { [Name in E['type']]: Named<E, Name> };
type Named<E, Name> = E extends { readonly type: infer Own } ? (Name extends Own ? Omit<E, 'type'> : never) : never;

type Each<A, B> = { [Name in keyof A & keyof B]: Alike<A[Name], B[Name]> }[keyof A & keyof B];

export type Checked = [
  Holds<Alike<In['type'], InboundEvent['type']>>,
  Holds<Alike<Out['type'], OutboundEvent['type']>>,
  Holds<Each<ByName<In>, ByName<InboundEvent>>>,
  Holds<Each<ByName<Out>, ByName<OutboundEvent>>>,
];

const abouts: Readonly<Record<keyof typeof inbound | keyof typeof outbound, string>> = {
  text: 'Something was said.',
  heartbeat: 'The customer is there.',
  messages_read: 'The customer has read what there is.',
  client_left: 'The customer chose to leave.',
  client_unload: 'The tab is gone, perhaps only reloaded.',
  typing: 'The customer is typing.',
  queue_number: 'The place in the queue.',
  system_text: 'A line of the system.',
  agent_done: 'The agent is done.',
  typing_on: 'The agent is typing.',
  typing_off: 'No longer.',
  platform_closed: 'The platform takes nobody.',
  handover_to_agent: 'A person is asked.',
  handover_to_bot: 'A bot has the word.',
  end_session: 'The session is over.',
};

const told = (name: keyof typeof abouts, payload: Told['payload']): Told => ({ name, about: abouts[name], payload });
const toldIn = Object.entries(inbound).map(([name, payload]) => told(name as keyof typeof inbound, payload));
const toldOut = Object.entries(outbound).map(([name, payload]) => told(name as keyof typeof outbound, payload));

export const sermo: Described = {
  id: 'sermo',
  title: 'Sermo',
  about:
    'Events on a broker. For its customers the gateway takes what is inbound and tells what is outbound; for desks of others it is the other way round.',
  protocol: 'amqp',
  protocolVersion: '0.9.1',
  channels: [
    { key: 'inbound', address: 'sermo.inbound', about: 'What customers do.', receives: toldIn, sends: toldIn },
    {
      key: 'outbound',
      address: 'sermo.outbound',
      about: 'What bots and agents do.',
      receives: toldOut,
      sends: toldOut.filter(({ name }) => name !== 'end_session'),
    },
  ],
};
