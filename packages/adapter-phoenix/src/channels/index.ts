export { decodeBinary, encodeBinary } from './binary.js';
export {
  endByServer,
  heartbeatReply,
  isHeartbeat,
  joinAnswered,
  receive,
  replyTo,
  type Deed,
  type JoinVerdict,
  type Step,
  type TopicState,
} from './channels.js';
export type { Incoming, Outgoing, Payload, Ref, Version } from './frame.js';
export { decodeText, encodeText } from './serializer.js';
