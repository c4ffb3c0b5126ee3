export { httpAdapter, httpCapabilities } from './adapter.js';
export type { HttpLimits, HttpSettings, NodeListener } from './options.js';
export { createKey, hashOf, type ApiKey } from './keys.js';
export { scopes, type Scope } from './scopes.js';
export type { Rate } from './rates.js';
export { canRetry, problemCodes, problemSchema, type Problem, type ProblemCode } from './problems.js';
export {
  eventSchema,
  eventSchemas,
  recordedTypes,
  type RecordedType,
  type RecordedEvent,
  type SignalEvent,
  type WireEvent,
} from './wire/event.js';
export { chatSchema, type WireChat } from './wire/chat.js';
export { messageSchema, sayingSchema, type Saying, type WireMessage } from './wire/message.js';
export { personSchema, type WirePerson } from './wire/person.js';
export type { Receiver, WebhookEndpoint, WebhookLimits } from './webhooks/options.js';
export type { BotEndpoint, BotLimits } from './bots/options.js';
export { answerSchema, type BotAction } from './bots/answer.js';
