export type {
  ChatId,
  CommandId,
  Fields,
  Identity,
  MessageId,
  OutsideIdentity,
  Participant,
  ParticipantId,
  People,
  Role,
  SessionId,
  Side,
  WorkspaceId,
} from './participant.js';
export { outsideId } from './participant.js';
export type {
  Body,
  ChatSide,
  ClientId,
  CustomBody,
  Extras,
  ImageBody,
  Message,
  NoticeBody,
  ReceiptState,
  Receipts,
  TextBody,
  Variant,
  Variants,
  Visibility,
} from './message.js';
export { messageId, messageLimits, parseMessageId, sideOf } from './message.js';
export type { Ranges } from './ranges.js';
export { rangesCount, rangesInclude, rangesMinus, rangesOf, rangesUnion } from './ranges.js';
export type { Away, ChatStatus, ChatSummary, CloseReason, Control } from './chat-summary.js';
export { addressIn, chatStatuses, controlOf, neverAway } from './chat-summary.js';
export type {
  Acknowledge,
  Actor,
  AssignChat,
  BlockCustomer,
  ChatCommand,
  ChatRef,
  CloseChat,
  Command,
  CommandContext,
  ConfigureRouting,
  HandOver,
  IfClosed,
  JoinChat,
  LeaveChat,
  NotifyParticipant,
  OpenChat,
  PostMessage,
  ReceiptScope,
  ReopenChat,
  ReportQueue,
  SetAvailability,
  SetTyping,
  TransferChat,
  UpdateChat,
  UpdateParticipant,
} from './command.js';
export { systemActor } from './command.js';
export type {
  AddressFact,
  AliasFact,
  ChatEvent,
  ChatFact,
  DirectoryFact,
  Envelope,
  Fact,
  Group,
  Happening,
  OperatorRecord,
  PersonFact,
  QueueEntry,
  RoutingFact,
  Signal,
  Slot,
  WorkspaceEvent,
} from './event.js';
export type { DisconnectReason, FaultCode, Outcome, Rejection, RejectionCode } from './outcome.js';
export { Fault, disconnectReasons, disconnects, faultCodes, reject, rejectionCodes } from './outcome.js';
export type { Adapter, AdapterHealth, DeadLetter, DeadLetters, Goodbye, WebListener } from './adapter.js';
export type { Capabilities, CapabilityLimits, CapabilityMap, CapabilityName, Speech } from './capabilities.js';
export type { Erased, Erasure } from './erasure.js';
export type { Attachments, Cancel, Clock, Core, Draft, Ids, Log, LogLine, MessageFilter } from './ports.js';
export type { LanePage, Lobby, PersonalData, Page, Transcript, TranscriptEntry } from './reading.js';
export type { Deliver, Delivery, Session, SessionOptions, View } from './session.js';
export type { TokenVerifier, Verified, VerifiedIdentity } from './verification.js';
export { capabilityNames } from './capabilities.js';
export type { Fate, Passage, StandIn } from './plan.js';
export { longestText, plan } from './plan.js';
export { draftText, inParts, pictureNote, pictureText, textsFor } from './stand-ins.js';
export { isNestedBeyond, maxNesting } from './nesting.js';
export { networkOf } from './network.js';
export { isTraceparent, traceparentOf, traceIn, type Trace } from './trace.js';
export type {
  CommandAnswered,
  Committed,
  ConnectionClosed,
  ConnectionOpened,
  Delivered,
  FrameSeen,
  Observe,
  QueueChanged,
  SessionEnded,
  SessionOpened,
  Sighting,
  Wire,
  WrittenSeen,
} from './observe.js';
export { wireOf } from './observe.js';
export type {
  AppendRequest,
  AppendResult,
  Appended,
  Bookmark,
  ChatPassed,
  Redaction,
  Note,
  RememberedCommand,
  Snapshot,
  Store,
  StoreErrorCode,
  StoredEvent,
  StreamWrite,
  Subscription,
  TimerOrder,
} from './store.js';
export { StoreError, storeErrorCodes, streams } from './store.js';
export { checkAppend } from './append-check.js';
export { noteText } from './note-check.js';
export { createMemoryStore } from './memory-store.js';
export { memoryAttachments } from './memory-attachments.js';
export { silentLog, systemClock, systemIds } from './system.js';
export type { Policies } from './policies.js';
export { defaultPolicies } from './policies.js';
export { inTurn, type Turn } from './routing/lines.js';
export { withHistory } from './runtime/arrival.js';
export type { CoreLimits, Named, WorkspaceConfig } from './runtime/config.js';
export { defaultLimits } from './runtime/config.js';
export type { CoreOptions, RunningCore } from './runtime/core.js';
export { createCore } from './runtime/core.js';
