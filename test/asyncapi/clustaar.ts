import { clustaarLimits, type BotReply, type JoinParams } from '@dragoman/adapter-phoenix/clustaar';
import Type, { type TSchema } from 'typebox';
import {
  anything,
  fields,
  flag,
  list,
  orNull,
  text,
  type Alike,
  type Described,
  type Holds,
  type Of,
} from './words.js';

const join = Type.Object({
  bot_id: Type.String({ minLength: 1, maxLength: 128, description: 'The bot of the page.' }),
  socketToken: Type.String({ minLength: 1, maxLength: clustaarLimits.tokenUnits, description: 'Who one is.' }),
  origin: Type.Optional(anything('The page the widget is on.')),
  isLogged: Type.Optional(anything('')),
});
const said = Type.Object(
  { type: Type.String({ minLength: 1, maxLength: clustaarLimits.nameUnits, description: '`text` has a `message`.' }) },
  { description: 'What is said; its other keys follow from the type.' },
);
const reply = Type.Object({
  token: Type.Optional(text('Of the bot.')),
  params: Type.Optional(anything('`display` false hides it; `channel` names where it came from.')),
  body: said,
});
const botReply = Type.Object({
  fulfillment: Type.Object({ actions: Type.Array(fields('')), source: fields('') }),
  input: Type.Object({ type: text(''), message: text('') }),
  interlocutor: Type.Object({ type: Type.Literal('interlocutor'), id: text('') }),
  session: Type.Object({ values: fields('') }),
});

export type Checked = [
  Holds<Alike<Of<typeof botReply>, BotReply>>,
  Holds<Alike<keyof JoinParams, 'botId' | 'socketToken' | 'origin' | 'isLogged'>>,
];

const maybe = orNull(Type.String(), '');
/** A frame of serializer 2: join reference, reference, topic, event, payload. */
const frame = (event: string, payload: TSchema): TSchema =>
  list([maybe, maybe, text('The topic.'), Type.Literal(event), payload]);
const refused = Type.Object({ reason: text('What is wrong.'), retry_after_ms: Type.Optional(Type.Number()) });

export const clustaar: Described = {
  id: 'clustaar',
  title: 'Clustaar',
  about:
    'Phoenix Channels of interlocutors. Frames are shown as serializer 2 has them, a list; serializer 1 has the same parts in an object.',
  protocol: 'phoenix',
  protocolVersion: '1.3 to 1.8',
  pathname: '/socket/websocket',
  channels: [
    {
      key: 'interlocutor',
      address: 'interlocutor:{interlocutorId}',
      about: 'The conversation of one interlocutor.',
      parameters: { interlocutorId: '1 to 128 of A-Z a-z 0-9 _ -' },
      receives: [
        { name: 'phx_join', about: 'Join the topic.', payload: frame('phx_join', join) },
        { name: 'interlocutor_reply', about: 'Say something.', payload: frame('interlocutor_reply', reply) },
        { name: 'phx_leave', about: 'Leave the topic.', payload: frame('phx_leave', fields('')) },
      ],
      sends: [
        {
          name: 'phx_reply',
          about: 'The answer to a frame; to a join whether a person has the word.',
          payload: frame(
            'phx_reply',
            Type.Union([
              Type.Object({ status: Type.Literal('ok'), response: fields('Of a join `control`.') }),
              Type.Object({ status: Type.Literal('error'), response: refused }),
            ]),
          ),
        },
        {
          name: 'bot_reply',
          about: 'A bot or the system said something.',
          payload: frame(
            'bot_reply',
            Type.Object({ status: Type.Literal(200), body: Type.Object({ data: botReply }) }),
          ),
        },
        {
          name: 'agent_reply',
          about: 'A person said something.',
          payload: frame(
            'agent_reply',
            Type.Object({ body: Type.Object({ type: Type.Literal('text'), message: text('') }) }),
          ),
        },
        {
          name: 'interlocutor_reply',
          about: 'He himself said something elsewhere.',
          payload: frame('interlocutor_reply', Type.Object({ body: fields('') })),
        },
        {
          name: 'control',
          about: 'A person took the word, or let go of it.',
          payload: frame(
            'control',
            Type.Object({ at: Type.Integer({ description: 'Seconds.' }), value: flag('Whether a person has it.') }),
          ),
        },
        { name: 'phx_close', about: 'The topic is over.', payload: frame('phx_close', fields('')) },
      ],
    },
  ],
};
