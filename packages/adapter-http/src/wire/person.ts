import Type, { type Static } from 'typebox';
import { fields, flag, open, orNull, participantId, text } from './words.js';

export const side = Type.Enum(['customer', 'operator', 'bot'] as const, {
  description: 'Which people a participant belongs to.',
});

export const personSchema = Type.Object(
  {
    id: participantId('The same in every answer and event, for ever.'),
    role: Type.Enum(['customer', 'operator', 'bot', 'monitor'] as const, { description: 'What it may do.' }),
    name: text('Empty when nobody has told one.'),
    isSupervisor: flag('Whether it may act for other operators.'),
    isDesk: flag('Whether it stands for others: an agent desk.'),
    locale: orNull(Type.String(), 'Null: not known.'),
    groups: Type.Array(Type.String(), { description: 'Groups it belongs to, or asks for.' }),
    profile: fields('What its dialect told of it, as it was told.'),
    identities: Type.Array(
      open({
        space: text('The adapter that knows it so.'),
        side,
        realm: text('Sub-tenant of the dialect; empty when there is none.'),
        externalId: text('How that dialect calls it.'),
      }),
      { description: 'How it is called outside; the first is the one that made it.' },
    ),
  },
  { $id: 'Person', description: 'A person, a bot or a desk.' },
);

/** A person as backends read it. */
export type WirePerson = Static<typeof personSchema>;
