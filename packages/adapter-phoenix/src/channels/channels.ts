import type { Incoming, Outgoing, Payload, Ref } from './frame.js';

/** What one topic is for one connection; undefined: not joined. A leave has no state, it is answered at once. [PHX channel] */
export type TopicState =
  | {
      readonly phase: 'joining';
      /** What the client will know the channel by. */
      readonly joinRef: Ref;
      readonly asked: Incoming;
      /** The channel that this join replaces. */
      readonly replaces: { readonly joinRef: Ref } | undefined;
    }
  | { readonly phase: 'joined'; readonly joinRef: Ref };

/** What is to be done about it, in order. */
export type Deed =
  | { readonly do: 'send'; readonly frame: Outgoing }
  | { readonly do: 'join'; readonly params: Payload }
  | { readonly do: 'push'; readonly frame: Incoming }
  | { readonly do: 'end'; readonly reason: 'left' | 'replaced' | 'closed' | 'crashed' };

export interface Step {
  readonly state: TopicState | undefined;
  readonly deeds: readonly Deed[];
}

/** What a join came to. `isFinal`: the client shall not ask again. */
export type JoinVerdict =
  | { readonly ok: true; readonly response: Payload }
  | { readonly ok: false; readonly reason: string; readonly details?: Payload; readonly isFinal: boolean };

/** The topic of heartbeats, which nobody can join. [PHX heartbeat] */
const phoenixTopic = 'phoenix';

export const reasons = {
  unmatched: 'unmatched topic',
  reserved: 'reserved event',
  invalidParams: 'invalid params',
  crash: 'channel_crash',
} as const;

export const unmatchedJoin: JoinVerdict = { ok: false, reason: reasons.unmatched, isFinal: true };

export function isHeartbeat({ topic, event }: Incoming): boolean {
  return topic === phoenixTopic && event === 'heartbeat';
}

/** [PHX heartbeat] */
export function heartbeatReply({ ref, topic }: Incoming): Outgoing {
  return { kind: 'reply', joinRef: null, ref, topic, status: 'ok', response: {} };
}

/** A frame of the client, once what came before it on its topic is done with. Never called while joining. [PHX channel] */
export function receive(state: TopicState | undefined, frame: Incoming): Step {
  switch (frame.event) {
    case 'phx_join':
      return receiveJoin(state, frame);
    case 'phx_leave':
      return receiveLeave(state, frame);
    default:
      return receivePush(state, frame);
  }
}

function receiveJoin(state: TopicState | undefined, frame: Incoming): Step {
  const replaces = state && { joinRef: state.joinRef };
  const joinRef = frame.joinRef ?? frame.ref;
  const next: TopicState = { phase: 'joining', joinRef, asked: frame, replaces };
  const ended: readonly Deed[] = replaces === undefined ? [] : [{ do: 'end', reason: 'replaced' }];
  if (frame.topic === phoenixTopic) return precede(ended, joinAnswered(next, unmatchedJoin));
  if (!isObject(frame.payload)) {
    return precede(ended, joinAnswered(next, { ok: false, reason: reasons.invalidParams, isFinal: true }));
  }
  return { state: next, deeds: [...ended, { do: 'join', params: frame.payload }] };
}

/**
 * Whether a newer join of this topic has overtaken this one: requests of one long-poll client may do that, and its refs
 * count upwards. Where frames keep their order refs mean nothing, and the later join wins. [PHX longpoll, second join]
 */
export function isOvertaken(state: TopicState | undefined, { event, joinRef, ref }: Incoming): boolean {
  return event === 'phx_join' && state !== undefined && isOlder(joinRef ?? ref, state.joinRef);
}

function isOlder(ref: Ref, than: Ref): boolean {
  return isCount(ref) && isCount(than) && Number(ref) < Number(than);
}

function isCount(ref: Ref): boolean {
  return ref !== null && /^\d+$/.test(String(ref));
}

function precede(first: readonly Deed[], { state, deeds }: Step): Step {
  return { state, deeds: [...first, ...deeds] };
}

/** The reply first, then the end of what the join replaced, then the word that stops a client from asking on. [PHX refused join, second join] */
export function joinAnswered(state: TopicState & { readonly phase: 'joining' }, verdict: JoinVerdict): Step {
  const { joinRef, asked, replaces } = state;
  const { topic } = asked;
  const deeds: Deed[] = [];
  if (asked.ref !== null) deeds.push(send(joinReply(asked, verdict)));
  // A client that joins twice under one ref would take the old channel's end for the new one's.
  if (replaces !== undefined && replaces.joinRef !== joinRef) {
    deeds.push(send({ kind: 'close', joinRef: replaces.joinRef, topic }));
  }
  if (verdict.ok) return { state: { phase: 'joined', joinRef }, deeds };
  if (verdict.isFinal) deeds.push(send({ kind: 'close', joinRef, topic }));
  return { state: undefined, deeds };
}

function joinReply({ joinRef, ref, topic }: Incoming, verdict: JoinVerdict): Outgoing {
  if (verdict.ok) return { kind: 'reply', joinRef, ref, topic, status: 'ok', response: verdict.response };
  const response = { ...verdict.details, reason: verdict.reason };
  const saidRef = verdict.reason === reasons.unmatched ? null : joinRef;
  return { kind: 'reply', joinRef: saidRef, ref, topic, status: 'error', response };
}

/** [PHX leave] */
function receiveLeave(state: TopicState | undefined, frame: Incoming): Step {
  if (state !== undefined && isStale(state, frame)) return { state, deeds: [] };
  const { topic } = frame;
  const joinRef = state === undefined ? frame.joinRef : state.joinRef;
  const replies = replyTo(frame, joinRef, { ok: true, response: {} });
  if (state === undefined) return { state, deeds: replies };
  const deeds: readonly Deed[] = [
    { do: 'end', reason: 'left' },
    ...replies,
    send({ kind: 'close', joinRef: state.joinRef, topic }),
  ];
  return { state: undefined, deeds };
}

/** [PHX push] */
function receivePush(state: TopicState | undefined, frame: Incoming): Step {
  if (state === undefined) return { state, deeds: unmatched(frame) };
  if (isStale(state, frame)) return { state, deeds: [] };
  if (!frame.event.startsWith('phx_')) return { state, deeds: [{ do: 'push', frame }] };
  return { state, deeds: replyTo(frame, state.joinRef, { ok: false, reason: reasons.reserved }) };
}

/** A client that takes itself for joined is told, and joins again; one that has moved on ignores it. [PHX push] */
function unmatched(frame: Incoming): readonly Deed[] {
  const { joinRef, topic } = frame;
  const replies = replyTo(frame, null, { ok: false, reason: reasons.unmatched });
  if (joinRef === null) return replies;
  return [...replies, send({ kind: 'error', joinRef, topic, reason: reasons.unmatched })];
}

/** The answer to a push, for a client that wants one. */
export function replyTo(
  { ref, topic }: Incoming,
  joinRef: Ref,
  answer:
    | { readonly ok: true; readonly response?: Payload | Uint8Array }
    | { readonly ok: false; readonly reason: string; readonly details?: Payload },
): readonly Deed[] {
  if (ref === null) return [];
  const response = answer.ok ? (answer.response ?? {}) : { ...answer.details, reason: answer.reason };
  return [send({ kind: 'reply', joinRef, ref, topic, status: answer.ok ? 'ok' : 'error', response })];
}

/** The server ends a joined channel by itself. [PHX end of a channel] */
export function endByServer(topic: string, joinRef: Ref, how: 'closed' | 'crashed'): Step {
  const frame: Outgoing =
    how === 'closed' ? { kind: 'close', joinRef, topic } : { kind: 'error', joinRef, topic, reason: reasons.crash };
  return { state: undefined, deeds: [{ do: 'end', reason: how }, send(frame)] };
}

/** A null ref is always current: some clients send none. [PHX push] */
function isStale(state: TopicState, { joinRef }: Incoming): boolean {
  return joinRef !== null && joinRef !== state.joinRef;
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function send(frame: Outgoing): Deed {
  return { do: 'send', frame };
}
