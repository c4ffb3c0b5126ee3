export type { Call, ListScope, OperatorJoin } from './frames.js';
export { operatorLimits, operatorOf, parseCall, parseOperatorJoin } from './frames.js';
export type { Surface, WhoIs, WirePerson } from './chat.js';
export { toChat, toMessage, toPerson } from './chat.js';
export type { Order, Orderer, OperatorEvent } from './translate.js';
export { toCommand, toFrames, toReceipts, toRefusal } from './translate.js';
