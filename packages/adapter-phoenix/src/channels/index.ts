export { decodeBinary, encodeBinary } from './binary.js';
export type {
  Channel,
  ChannelHandler,
  ChannelRoute,
  EndReason,
  Join,
  JoinAnswer,
  Push,
  PushAnswer,
} from './channel.js';
export { createChannelServer, type ChannelServer, type NodeListener } from './channel-server.js';
export type { ChannelSocket, CloseCode, ConnectAnswer, ConnectRequest, Knock } from './channel-socket.js';
export {
  endByServer,
  heartbeatReply,
  isHeartbeat,
  isOvertaken,
  joinAnswered,
  receive,
  replyTo,
  type Deed,
  type JoinVerdict,
  type Step,
  type TopicState,
} from './channels.js';
export { encodeFrame, type EncodedFrame, type FrameContent } from './encoded-frame.js';
export type { Incoming, Outgoing, Payload, Ref, Version } from './frame.js';
export { isAllowedOrigin, readOffer, readParams, readVersion, type Offer } from './handshake.js';
export { listenOn } from './listen-on.js';
export {
  anybody,
  type ChannelLimits,
  type ChannelServerOptions,
  type ChannelServerSettings,
  type ChannelTimes,
} from './options.js';
export { createPresence, type Presence, type Present } from './presence.js';
export type { Quota, Rate } from './rates.js';
export { decodeText, encodeText } from './serializer.js';
