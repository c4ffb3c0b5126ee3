/** The parts of webhooks that decide by themselves, for tests and tools: `@dragoman/adapter-http/webhooks`. */
export { addressGuard, type AddressGuard } from './address-guard.js';
export {
  after,
  momentOf,
  paused,
  pauseCauses,
  well,
  widthOf,
  type Attempt,
  type Condition,
  type Moment,
} from './condition.js';
export { checkBots } from '../bots/options.js';
export { checkEndpoints, defaultWebhookLimits } from './options.js';
export { defaultPatience, delayMs, isGivenUp, type Patience } from './patience.js';
export { reasons } from './reasons.js';
export { isSecret, signatureHeaders } from './signature.js';
export { retryAfterMs } from './retry-after.js';
