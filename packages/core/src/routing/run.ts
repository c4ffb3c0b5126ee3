import type { OperatorRecord } from '../event.js';
import type { ChatId, ParticipantId } from '../participant.js';
import { nextOperator } from './eligible.js';
import { heads, isAwaited } from './lines.js';
import type { Shard } from './shard.js';
import type { Wishes } from './wishes.js';

/** One chat and the operator it is given to. */
interface Grant {
  readonly chatId: ChatId;
  readonly operatorId: ParticipantId;
}

/** Who can be given a chat that opens only now: nobody while others with the same wishes wait. */
export function nextForNewcomer(shard: Shard, wishes: Wishes): OperatorRecord | undefined {
  return isAwaited(shard.lines, wishes) ? undefined : nextOperator(shard, wishes);
}

/** Why the queue is served: a chat came to wait, or somebody can take more than before. */
export type Trigger = 'chat-waits' | 'room-gained';

/**
 * The next chat that somebody can take, and who takes it; undefined when nothing can be granted. A chat nobody can take
 * never blocks one with other wishes. New chats are served even while the workspace accepts no customers. [HC assignment]
 */
export function nextGrant(shard: Shard, trigger: Trigger): Grant | undefined {
  if (trigger === 'room-gained' && !shard.isAccepting) return undefined;
  for (const entry of heads(shard.lines, trigger === 'room-gained' ? 'with-missed' : 'waiting-only')) {
    const operator = nextOperator(shard, entry);
    if (operator !== undefined) return { chatId: entry.chatId, operatorId: operator.id };
  }
  return undefined;
}
