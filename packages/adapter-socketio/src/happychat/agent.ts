import type { Delivery, Fields } from '@dragoman/core';
import type { Guest, Line, Visit } from '../dialect.js';
import type { Frame, Inbound, Peer } from '../transport.js';
import { toIdentity } from './records.js';
import { parseAgent, type AgentFrame } from './frames.js';
import { agentCommand } from './commands.js';
import { toSeconds } from './messages.js';
import type { Stage } from './once.js';
import { dispatched, refOf } from './chat-ids.js';
import type { ClosedChats } from './closed.js';
import { toChat, toNewChat } from './people.js';
import type { Rooms } from './rooms.js';

/** Roles one socket may have; further ones are ignored. */
const maxRoles = 100;

/** What a third-party system's visit needs of the dialect. */
export interface AgentDesk extends Stage {
  /** Every system that was let in. */
  readonly agents: Set<Peer>;
  readonly rooms: Rooms;
  readonly closed: ClosedChats;
  readonly now: () => number;
}

/** Receives a third-party system: it hears every chat, and may speak in every chat [HC agent]. */
export function receiveAgent({ peer, user, line }: Visit<Fields>, desk: AgentDesk): Guest {
  peer.send({ name: 'init', args: [user] });
  line.listen(hear, () => false);
  desk.agents.add(peer);

  function hear({ event, view }: Delivery): void {
    for (const outgoing of desk.sayings(event, view)) if ('frame' in outgoing) peer.send(outgoing.frame);
  }

  async function speak(frame: Extract<AgentFrame, { kind: 'message' }>): Promise<void> {
    const command = agentCommand(frame, { space: desk.space, refOf: (id) => refOf(line.lobby(), id) });
    const outcome = command && (await dispatched(line, command));
    if (outcome?.ok === false && outcome.rejection.code === 'UNKNOWN_CHAT') relay(frame, desk);
  }

  async function receive({ name, args, ack }: Inbound): Promise<void> {
    const frame = parseAgent(name, args);
    switch (frame?.kind) {
      case undefined:
        return;
      case 'message':
        return speak(frame);
      case 'role':
        // Rooms are the carrier's alone: nothing here speaks to a role, but users of the namespace may.
        // One room is the socket's own.
        if (peer.socket.rooms.size > maxRoles) return;
        void peer.socket.join(frame.role);
        ack?.();
        return;
      case 'info':
        if (ack === undefined) peer.send(systemInfo(line, desk));
        else ack(...systemInfo(line, desk).args);
    }
  }

  return {
    receive,
    leave() {
      desk.agents.delete(peer);
    },
  };
}

/** A chat that does not exist is not made; the other systems hear the words all the same [HCD 12]. */
function relay({ original, post }: Extract<AgentFrame, { kind: 'message' }>, desk: AgentDesk): void {
  const message = {
    ...original,
    ...(post.id !== null && { id: post.id }),
    timestamp: toSeconds(desk.now()),
    source: 'agent',
    author_type: 'agent',
  };
  for (const agent of desk.agents) agent.send({ name: 'message', args: [message] });
}

/** Everybody and everything known: chats that are new, under way, and over [HC agent/system.info]. */
function systemInfo(line: Line, { space, rooms, closed }: AgentDesk): Frame {
  const lobby = line.lobby();
  const operators = [...lobby.operators.values()].map((operator) => toIdentity(operator, lobby, space));
  const open = [...lobby.chats.values()].map((chat) => toChat(chat, lobby.person(chat.customerId), space));
  const known = [...closed.list(), ...open];
  const fresh = rooms.quiet().map(({ key, user }) => toNewChat(user, key));
  const names = new Set(known.map(({ id }) => id));
  const chats = [...known, ...fresh.filter(({ id }) => !names.has(id))];
  return { name: 'system.info', args: [{ operators, chats }] };
}
