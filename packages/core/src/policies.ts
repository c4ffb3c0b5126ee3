import type { ParticipantId } from './participant.js';

/** Gives a desk the chats that match; an absent field matches everything. */
export interface Delegation {
  readonly deskId: ParticipantId;
  readonly space?: string;
  readonly realm?: string;
  readonly locale?: string;
  readonly group?: string;
}

/** How a workspace decides what no dialect decides. Times in ms. */
export interface Policies {
  /** The bot that greets; null: chats go to the queue. */
  readonly botId: ParticipantId | null;
  /** The bot has so long to answer before a person is asked. */
  readonly botSilentMs: number;
  /** An absent assignee's chat goes to the bot after so long, where there is one. */
  readonly abandonedMs: number;
  /** A chat nobody takes is flagged as missed after so long; null: never. */
  readonly queueMissMs: number | null;
  /** A chat put away closes after so long. */
  readonly releasedMs: number;
  /** A closed chat is put out of the way of the others in the store after so long; null: never. */
  readonly archiveAfterMs: number | null;
  /** What was said in a closed chat is taken out of the store after so long; null: never. */
  readonly eraseAfterMs: number | null;
  /**
   * Who on two dialects is one person. `subject`: whom the same verified subject names; who was met before stays who he
   * was. `none`: nobody.
   */
  readonly linkBy: 'none' | 'subject';
  /** Whether an address without a chat takes its person's latest open chat. */
  readonly joinOpenChat: boolean;
  /** Whether words written to a client that cannot confirm them count as delivered. */
  readonly assumeDelivered: boolean;
  /**
   * What customers whose protocol has no place in the queue are told when theirs moves, with `{position}` for the number;
   * null: nothing.
   */
  readonly queueNotice: string | null;
  readonly delegations: readonly Delegation[];
}

export const defaultPolicies: Policies = {
  botId: null,
  botSilentMs: 20_000,
  abandonedMs: 120_000,
  queueMissMs: null,
  releasedMs: 24 * 3_600_000,
  archiveAfterMs: null,
  eraseAfterMs: null,
  linkBy: 'none',
  joinOpenChat: true,
  assumeDelivered: true,
  queueNotice: null,
  delegations: [],
};
