import { decide } from '../chat/decide.js';
import type { Scene } from '../chat/scene.js';
import { isRejection } from '../chat/verdict.js';
import type { CommandContext } from '../command.js';
import { systemActor } from '../command.js';
import type { Clock, Log } from '../ports.js';
import type { Policies } from '../policies.js';
import { nextGrant } from '../routing/run.js';
import type { Trigger } from '../routing/run.js';
import type { AppendRequest } from '../store.js';
import type { Applied } from './change.js';
import { apply, requestOf } from './change.js';
import type { Heads } from './heads.js';

/** A chat that routing has given to somebody, as far as the heads know. */
export interface Granted {
  readonly request: AppendRequest | undefined;
  readonly applied: Applied;
  /** Why the queue was served. */
  readonly trigger: Trigger;
}

interface Ports {
  readonly heads: Heads;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly log: Log;
  readonly scene: (at: number) => Scene;
}

/** Gives out what somebody can take now, chat by chat; each grant is a change of its own. */
export function grants(ports: Ports, trigger: Trigger): readonly Granted[] {
  const { shard } = ports.heads;
  const granted: Granted[] = [];
  for (let grant = nextGrant(shard, trigger); grant !== undefined; grant = nextGrant(shard, trigger)) {
    const { heads, policies, clock } = ports;
    const before = heads.open.get(grant.chatId);
    const at = clock.now();
    const assignment = before?.chat.assignment ?? -1;
    const command = { type: 'GrantChat', operatorId: grant.operatorId, assignment } as const;
    const facts = before === undefined ? [] : decide(before.chat, command, ports.scene(at));
    if (before === undefined || isRejection(facts) || facts.length === 0) {
      ports.log.error({ chatId: grant.chatId }, 'the queue holds a chat that does not wait');
      break;
    }
    const commandId = `${grant.chatId}:${assignment + 1}`;
    const context: CommandContext = { workspaceId: heads.workspaceId, commandId, by: systemActor, at };
    const applied = apply(heads, { chat: { before, facts } }, context, policies);
    granted.push({ request: requestOf(applied, context), applied, trigger });
  }
  return granted;
}

/** Why the queue is served after a change; undefined when nothing that matters to it moved. */
export function triggerOf({ routing }: Applied, isAccepting: boolean): Trigger | undefined {
  if (routing.length === 0) return undefined;
  const isRoomier = routing.some((fact) => fact.type !== 'RoutingMoved' || fact.freed.length > 0);
  if (isRoomier && isAccepting) return 'room-gained';
  const isWaiting = routing.some(
    (fact) => fact.type === 'RoutingMoved' && fact.entered.some((entry) => !entry.isMissed),
  );
  return isWaiting ? 'chat-waits' : undefined;
}
