import type { Command } from './command.js';
import type { Happening } from './event.js';
import type { DisconnectReason, Outcome } from './outcome.js';
import type { ChatId, CommandId, ParticipantId, Role, SessionId, WorkspaceId } from './participant.js';
import type { Core, Log } from './ports.js';
import type { SessionOptions, View } from './session.js';

/** Where and as whom something is said or heard. */
interface Standpoint {
  readonly workspaceId: WorkspaceId;
  readonly space: string;
  readonly sessionId: SessionId;
  readonly participantId: ParticipantId;
  readonly role: Role;
  /** What the adapter calls the connection in its frames. Null: the session lives on none, or on many. */
  readonly connectionId: string | null;
}

/** Somebody became reachable through an adapter. */
export interface SessionOpened extends Standpoint {
  readonly type: 'session-opened';
  readonly at: number;
  readonly scope: SessionOptions['scope'];
}

export interface SessionEnded extends Standpoint {
  readonly type: 'session-ended';
  readonly at: number;
  /** Why the core ended it; null: its adapter did, because its client went. */
  readonly reason: DisconnectReason | null;
}

/** A command of a session was answered. What the system does by itself shows as commits and deliveries alone. */
export interface CommandAnswered extends Standpoint {
  readonly type: 'command';
  readonly at: number;
  readonly command: Command;
  /** Its own id, or the one it was given; null for what was refused or stored nothing and had none. */
  readonly commandId: CommandId | null;
  readonly outcome: Outcome;
  /** From dispatch to answer, ms with fractions. */
  readonly tookMs: number;
}

/** A session was handed an event. Its chat, id and command stand in the event. */
export interface Delivered extends Standpoint {
  readonly type: 'delivery';
  readonly at: number;
  /** The very object the adapter got: holds what people wrote. */
  readonly event: Happening;
  readonly view: View;
  readonly isReplay: boolean;
}

/** An adapter said that a session's client, or its carrier, has everything of a chat up to here. */
export interface WrittenSeen extends Standpoint {
  readonly type: 'written';
  readonly at: number;
  readonly chatId: ChatId;
  readonly version: number;
}

/** One batch went to the store. */
export interface Committed {
  readonly type: 'commit';
  readonly at: number;
  readonly workspaceId: WorkspaceId;
  /** Changes in the batch. */
  readonly requests: number;
  /** Those of them the store did not take: they are decided anew, or refused. */
  readonly failed: number;
  /** Facts that are durable now. */
  readonly events: number;
  readonly tookMs: number;
  /** Commands that gathered meanwhile. */
  readonly waiting: number;
}

/** The queue of a workspace may have another length now. */
export interface QueueChanged {
  readonly type: 'queue';
  readonly at: number;
  readonly workspaceId: WorkspaceId;
  /** Chats that wait for an operator. */
  readonly chats: number;
}

/** A client has a connection: a socket, or what its protocol has in place of one. */
export interface ConnectionOpened {
  readonly type: 'connection-opened';
  readonly at: number;
  readonly space: string;
  readonly connectionId: string;
  /** As the protocol calls it. */
  readonly transport: string;
  /** What the wire tells about the client, for instance the version of its protocol; null: nothing. */
  readonly client: string | null;
}

export interface ConnectionClosed {
  readonly type: 'connection-closed';
  readonly at: number;
  readonly space: string;
  readonly connectionId: string;
}

/** Bytes of a client's connection, as its transport sees them. Holds what people wrote, and credentials. */
export interface FrameSeen {
  readonly type: 'frame';
  readonly at: number;
  readonly space: string;
  /** Null: the protocol has not named the connection yet. */
  readonly connectionId: string | null;
  readonly way: 'in' | 'out';
  readonly data: string | Uint8Array;
}

/** One thing that happened, while it happens: for metrics, traces and people who look on. Never stored. */
export type Sighting =
  | SessionOpened
  | SessionEnded
  | CommandAnswered
  | Delivered
  | WrittenSeen
  | Committed
  | QueueChanged
  | ConnectionOpened
  | ConnectionClosed
  | FrameSeen;

/** Is called in the middle of the work: must be quick. What it throws is logged once and kept from the work. */
export type Observe = (sighting: Sighting) => void;

/** An observer that can break nothing. */
export function harmless(observe: Observe, log: Log): Observe {
  let hasFailed = false;
  return (sighting) => {
    try {
      observe(sighting);
    } catch (error) {
      if (!hasFailed) log.error({ error, sighting: sighting.type }, 'the observer threw; further times are not told');
      hasFailed = true;
    }
  };
}

/** A session's own part of a sighting. */
export function standpointOf(session: {
  readonly id: SessionId;
  readonly identity: { readonly workspaceId: WorkspaceId; readonly space: string };
  readonly participant: { readonly id: ParticipantId; readonly role: Role };
  readonly options: Pick<SessionOptions, 'connectionId'>;
}): Standpoint {
  const { id, identity, participant, options } = session;
  return {
    workspaceId: identity.workspaceId,
    space: identity.space,
    sessionId: id,
    participantId: participant.id,
    role: participant.role,
    connectionId: options.connectionId ?? null,
  };
}

/** What a command was called, by itself or by the events it led to. */
export function commandIdOf(command: Command, outcome: Outcome): CommandId | null {
  return command.commandId ?? (outcome.ok ? outcome.events[0]?.commandId : undefined) ?? null;
}

/** What an adapter says of its wire. */
export interface Wire {
  /** Returns the connection's id: the one given, or a fresh one where the protocol has none. */
  opened(what: { readonly transport: string; readonly client: string | null; readonly connectionId?: string }): string;
  closed(connectionId: string): void;
  in(connectionId: string | null, data: FrameSeen['data']): void;
  out(connectionId: string | null, data: FrameSeen['data']): void;
}

/** For adapters: how one space tells of its wire. Undefined when nobody looks: `wire?.in(id, text)` costs nothing then. */
export function wireOf({ observe, clock }: Pick<Core, 'observe' | 'clock'>, space: string): Wire | undefined {
  if (observe === undefined) return undefined;
  let connections = 0;
  const frame = (way: FrameSeen['way']) => (connectionId: string | null, data: FrameSeen['data']) =>
    observe({ type: 'frame', at: clock.now(), space, connectionId, way, data });
  return {
    opened({ transport, client, connectionId = `${space}:${(connections += 1)}` }) {
      observe({ type: 'connection-opened', at: clock.now(), space, connectionId, transport, client });
      return connectionId;
    },
    closed: (connectionId) => observe({ type: 'connection-closed', at: clock.now(), space, connectionId }),
    in: frame('in'),
    out: frame('out'),
  };
}
