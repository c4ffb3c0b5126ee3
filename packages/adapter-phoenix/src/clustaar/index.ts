export type { BotReply } from './bot-reply.js';
export { botText } from './bot-reply.js';
export type { JoinParams, Reply, ReplyFrame, ReplyProblem } from './frames.js';
export { clustaarLimits, interlocutorOf, parseJoin, parseReply } from './frames.js';
export type { ClustaarEvent, ClustaarRefusal, Words } from './translate.js';
export { isHeld, keyOf, openingOf, toCommand, toControl, toFrames, toRefusal, turnOf } from './translate.js';
