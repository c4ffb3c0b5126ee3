export { conveadAdapter, conveadCapabilities } from './adapter.js';
export type { Application } from './application.js';
export { personToken, type Auth, type TokenAuth } from './convead/credentials.js';
export { eventFrame, type EventFrame } from './event-frame.js';
export {
  carrierOptions,
  type CarrierLimits,
  type CarrierOptions,
  type CarrierSettings,
  type ConveadOptions,
  type ConveadSettings,
} from './options.js';
export type { Rate } from './rates.js';
export type { BayeuxSession, EndReason } from './sessions.js';
export { openCarrier, type Carrier, type CarrierPorts, type NodeListener } from './transport.js';
