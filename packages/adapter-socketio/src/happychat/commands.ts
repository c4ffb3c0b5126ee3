import { messageLimits } from '@dragoman/core';
import type {
  Body,
  ChatRef,
  ClientId,
  Command,
  Extras,
  Fields,
  ParticipantId,
  PostMessage,
  SetTyping,
} from '@dragoman/core';
import type { AgentFrame, CustomerFrame, HappychatPost, OperatorFrame, RemoteAction } from './frames.js';

/** How long "is typing" stands without being renewed, ms. */
export const typingTtlMs = 10_000;

/** What a customer's words need beside themselves. */
export interface CustomerContext {
  readonly space: string;
  /** The `session_id`: the chat's name on this wire. */
  readonly key: string;
  /** How long a closed chat is taken up again, ms. */
  readonly reuseMs: number;
  readonly opening: NonNullable<PostMessage['opening']>;
}

/** The command for a customer's frame; undefined for what asks a question or says nothing. */
export function customerCommand(frame: CustomerFrame, on: CustomerContext): Command | undefined {
  const to = { key: on.key };
  switch (frame.kind) {
    case 'message': {
      const post = toPost(
        frame.post,
        on.space,
        customBody(frame.post) ?? textBody(frame.post),
        customerExtras(frame.post),
      );
      return post && { ...post, to, ifClosed: 'reopen', reopenWithinMs: on.reuseMs, opening: on.opening };
    }
    case 'typing':
      return toTyping(to, frame.text);
    case 'preferences':
      return { type: 'UpdateChat', to, ...frame.wishes };
    case 'setFields':
      return { type: 'UpdateChat', to, fields: frame.fields };
    case 'transcript':
      return undefined;
  }
}

/** What an operator's words need beside themselves. */
export interface OperatorContext {
  readonly space: string;
  readonly refOf: (wireId: string) => ChatRef;
  /** Null: nobody known by that id. */
  readonly operatorOf: (wireId: string) => ParticipantId | null;
  readonly defaultLocale: string;
}

/** The command for an operator's frame; undefined for what asks a question or says nothing. */
export function operatorCommand(frame: OperatorFrame, on: OperatorContext): Command | undefined {
  switch (frame.kind) {
    case 'message': {
      // Anything but id and text is dropped [HC operator/message].
      const post = toPost(frame.post, on.space, textBody(frame.post), undefined);
      return post && { ...post, to: on.refOf(frame.chatId), ifClosed: 'append', require: 'none' };
    }
    case 'typing':
      return frame.text === false ? stoppedTyping(on, frame.chatId) : toTyping(on.refOf(frame.chatId), frame.text);
    case 'open':
    case 'join':
      return { type: 'JoinChat', to: on.refOf(frame.chatId) };
    case 'leave':
      return { type: 'LeaveChat', to: on.refOf(frame.chatId) };
    case 'close':
      return { type: 'CloseChat', to: on.refOf(frame.chatId), reason: 'operator', require: 'none' };
    case 'block':
      return { type: 'BlockCustomer', to: on.refOf(frame.chatId) };
    case 'transfer':
      return {
        type: 'TransferChat',
        to: on.refOf(frame.chatId),
        toId: on.operatorOf(frame.operatorId),
        strict: false,
        ifClosed: 'reopen',
      };
    case 'status':
      return { type: 'SetAvailability', status: frame.status, isRequesting: false };
    case 'capacity':
      return { type: 'SetAvailability', capacity: { [on.defaultLocale]: frame.capacity } };
    case 'dispatch':
      return frame.action && remoteCommand(frame.action);
    case 'transcript':
    case 'state':
      return undefined;
  }
}

function remoteCommand(action: RemoteAction): Command | undefined {
  switch (action.type) {
    case 'status':
      return { type: 'SetAvailability', status: action.status, isRequesting: false };
    case 'capacity':
      return { type: 'SetAvailability', capacity: { [action.locale]: action.capacity } };
    case 'requesting':
      return { type: 'SetAvailability', isRequesting: action.isRequesting };
    case 'accepting':
      return { type: 'ConfigureRouting', isAccepting: action.isAccepting };
    case 'locale':
      return { type: 'SetAvailability', locales: { [action.locale]: action.isActive } };
    case 'group':
      return { type: 'SetAvailability', groups: { [action.groupId]: action.isMember } };
    case 'nothing':
      return undefined;
  }
}

/** The command for a third-party system's frame; undefined for what asks a question or says nothing. */
export function agentCommand(frame: AgentFrame, on: Pick<OperatorContext, 'space' | 'refOf'>): Command | undefined {
  if (frame.kind !== 'message') return undefined;
  const post = toPost(
    frame.post,
    on.space,
    textBody(frame.post) ?? customBody(frame.post),
    agentExtras(frame.original),
  );
  const claimedAt = claimedTime(frame.original['timestamp']);
  return (
    post && {
      ...post,
      to: on.refOf(frame.chatId),
      ifClosed: 'append',
      ...(claimedAt !== undefined && { claimedAt }),
    }
  );
}

type Post = Pick<PostMessage, 'type' | 'body' | 'clientId' | 'extras'>;

/** Undefined: nothing is said, or more, in words or beside them, than a message may carry. */
function toPost(
  post: HappychatPost,
  space: string,
  body: Body | undefined,
  data: Fields | undefined,
): Post | undefined {
  if (body === undefined || (post.text ?? '').length > messageLimits.textUnits) return undefined;
  if (data !== undefined && JSON.stringify(data).length > messageLimits.extrasBytes) return undefined;
  const clientId: ClientId | undefined = post.id === null ? undefined : { space, value: post.id };
  const extras: Extras | undefined = data && { space, data };
  return { type: 'PostMessage', body, ...(clientId && { clientId }), ...(extras && { extras }) };
}

/** White space alone says nothing. */
function textBody({ text }: HappychatPost): Body | undefined {
  return text === undefined || text.trim() === '' ? undefined : { kind: 'text', text };
}

/** Messages of a type of their own may lack words. */
function customBody({ type, text }: HappychatPost): Body | undefined {
  if (type === undefined || type === 'message') return undefined;
  return { kind: 'custom', name: type, data: text === undefined ? {} : { text } };
}

function customerExtras({ type, meta }: HappychatPost): Fields | undefined {
  if (type === undefined && meta === undefined) return undefined;
  return { ...(type !== undefined && { type }), ...(meta !== undefined && { meta }) };
}

/** Everything a third-party system said, apart from what the gateway answers for itself [HCD 6]. */
function agentExtras(original: Readonly<Record<string, unknown>>): Fields {
  const {
    id: _id,
    session_id: _chat,
    text: _text,
    timestamp: _at,
    source: _source,
    author_type: _by,
    ...rest
  } = original;
  return rest;
}

/** Seconds or ms, told apart by size [HCS transcript]. */
function claimedTime(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  return value > 1e11 ? value : value * 1000;
}

function toTyping(to: ChatRef, text: string): SetTyping {
  const isOn = text !== '';
  return { type: 'SetTyping', to, isOn, ttlMs: typingTtlMs, ...(isOn && { preview: text }) };
}

/** The other way to say nothing, for clients that compare [HC customer/typing]. */
function stoppedTyping({ refOf, space }: OperatorContext, chatId: string): Command {
  return { ...toTyping(refOf(chatId), ''), extras: { space, data: { text: false } } };
}
