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
} from './frames.js';
export { encode, frameLimits, parseInbound, parseOutbound } from './frames.js';
export type { Picture, PictureProblem } from './images.js';
export { dataUri, pictureIn, pictureLimits } from './images.js';
