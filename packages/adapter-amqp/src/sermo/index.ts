export type {
  Address,
  Agent,
  InboundEvent,
  InboundWords,
  OutboundEvent,
  OutboundWords,
  Parsed,
  ParkReason,
  Problem,
  Reading,
} from './frames.js';
export { encode, frameLimits, parseInbound, parseOutbound } from './frames.js';
export type { Picture, PictureProblem } from './images.js';
export { dataUri, pictureIn, pictureLimits } from './images.js';
export type { About, Draft, IsBot, Surroundings } from './translate.js';
export {
  agentTyping,
  customerCommand,
  customerTyping,
  deskCommand,
  forCustomer,
  forDesk,
  speakerOf,
} from './translate.js';
export type { TextsByLocale } from './texts.js';
export { fill, textsFor } from './texts.js';
