import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { sayingSchema, visibilitySchema } from '../wire/message.js';
import { closed } from '../wire/words.js';

/** Things one answer may do. */
const mostActions = 20;

const say = closed(
  {
    type: Type.Literal('PostMessage'),
    body: sayingSchema,
    visibility: Type.Optional(visibilitySchema),
    holdMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 5_000,
        description: 'Clients that can show the bot typing for so long first.',
      }),
    ),
  },
  'Say something.',
);
const type = closed(
  {
    type: Type.Literal('SetTyping'),
    ttlMs: Type.Optional(
      Type.Integer({ minimum: 1_000, maximum: 60_000, description: 'It is over after so long. Default 10000.' }),
    ),
  },
  'Show the bot typing.',
);
const handOver = closed(
  {
    type: Type.Literal('HandOver'),
    to: Type.Optional(Type.Enum(['queue', 'customer'] as const, { description: 'Who gets the word. Default queue.' })),
    groups: Type.Optional(
      Type.Array(Type.String({ maxLength: 128 }), { maxItems: 50, description: 'For which groups of operators.' }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 500, description: 'Why, for those who read it later.' })),
  },
  'Give the word away.',
);
const close = closed({ type: Type.Literal('CloseChat') }, 'Close the chat.');

/** What a bot answers to an event, in the body of its answer. */
export const answerSchema = Type.Object(
  {
    actions: Type.Array(Type.Union([say, type, handOver, close]), {
      maxItems: mostActions,
      description: 'What to do, first to last. The first that the chat does not allow any more ends it.',
    }),
  },
  { $id: 'BotAnswer', additionalProperties: false, description: 'What a bot does about an event.' },
);

/** One thing that a bot does. */
export type BotAction = Static<typeof answerSchema>['actions'][number];

const validator = Compile(answerSchema);

/** The actions of an answer; none for an empty body, undefined for what is no answer. */
export function parseAnswer(text: string): readonly BotAction[] | undefined {
  if (text.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    return validator.Check(value) ? value.actions : undefined;
  } catch {
    return undefined;
  }
}
