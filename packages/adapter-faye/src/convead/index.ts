export { parseChannel, type Channel } from './channels.js';
export {
  parseBody,
  parseContent,
  parsePaging,
  parseSender,
  type ConveadConversation,
  type ConveadMessage,
  type ConveadNotification,
  type ConveadPayload,
  type ConveadPerson,
  type Paging,
  type Params,
  type Read,
  type Sender,
  type Speaker,
} from './frames.js';
export { refuse, toRefusal, type ErrorCode, type Refusal } from './refusals.js';
export {
  toCommand,
  toFrames,
  toMessage,
  type ChannelFrame,
  type Output,
  type ReadAgain,
  type Request,
  type Words,
} from './translate.js';
