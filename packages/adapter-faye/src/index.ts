export type { Application } from './application.js';
export { eventFrame, type EventFrame } from './event-frame.js';
export { carrierOptions, type CarrierLimits, type CarrierOptions, type CarrierSettings } from './options.js';
export type { BayeuxSession, EndReason } from './sessions.js';
export { openCarrier, type Carrier, type CarrierPorts, type NodeListener } from './transport.js';
