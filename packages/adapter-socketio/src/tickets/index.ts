/** The ticket protocol without its carrier: the pure translations, for whoever wants to check a frame without a socket. */
export { sentences, toAcknowledgement } from './answers.js';
export type { Answer, Refusal, TicketsCode } from './answers.js';
export { arrived, authenticate, due, trespassed, verified } from './connection.js';
export type { Effect, SignInLimits, Standing, Step, Unauthenticated } from './connection.js';
export {
  parseAccept,
  parseAssign,
  parseCreate,
  parseMessage,
  parseReceipt,
  parseStatus,
  parseToken,
  parseTyping,
  parseUser,
} from './frames.js';
export type {
  AssignFrame,
  CreateFrame,
  MessageFrame,
  MessageStatus,
  Parsed,
  ReceiptFrame,
  StatusFrame,
  TicketStatus,
  UserFrame,
} from './frames.js';
export { imageLimits, readImage } from './images.js';
export type { Picture } from './images.js';
export { toParts } from './message.js';
export type { Part, PendingImage, Posted, Shown, TicketMessage } from './message.js';
export { toTicket } from './ticket.js';
export type { Ticket, WhoIs } from './ticket.js';
export { toFrames, toRefusal, toResponded } from './translate.js';
export type { Channel, Outgoing, Receipts } from './translate.js';
