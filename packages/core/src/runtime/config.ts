import type { Group } from '../event.js';
import type { OutsideIdentity, ParticipantId, WorkspaceId } from '../participant.js';
import type { Policies } from '../policies.js';
import { defaultPolicies } from '../policies.js';

/** A bot or a desk as the configuration can name it: by the words its adapter will use. */
export type Named = Pick<OutsideIdentity, 'space' | 'externalId'> & Partial<Pick<OutsideIdentity, 'realm'>>;

/** A workspace: a tenant whose chats, people and routing nobody else ever sees. */
export interface WorkspaceConfig {
  /** `[a-z0-9-]{1,40}` */
  readonly id: WorkspaceId;
  /** Default: the id. */
  readonly name?: string;
  /** The bot that greets; absent: chats go to the queue. */
  readonly bot?: Named;
  /** Default: `en-US` alone. */
  readonly locales?: { readonly default: string; readonly supported: readonly string[] };
  /** Default: none beside `__default`. */
  readonly groups?: readonly Group[];
  /** Whether new chats are taken from the start. Default true. */
  readonly isAccepting?: boolean;
  readonly policies?: Partial<Omit<Policies, 'botId' | 'delegations'>>;
  readonly delegations?: readonly (Omit<Policies['delegations'][number], 'deskId'> & { readonly desk: Named })[];
}

/** Bounds of what one core holds and does; every one can be set. */
export interface CoreLimits {
  /** Sessions of one participant; one more ends the oldest. */
  readonly sessionsPerParticipant: number;
  /** Commands that wait for the store, by workspace; more are refused BUSY. */
  readonly waitingCommands: number;
  /** Commands decided and appended in one go. */
  readonly batch: number;
  /** Closed chats, idle people and addresses kept in memory, each. */
  readonly cached: number;
  /** Deliveries held back while a session is handed what it missed; more end it. */
  readonly heldDeliveries: number;
  /** A picture that was stored and that no message shows is taken away after so long, ms. */
  readonly unsentPicturesMs: number;
  readonly rates: Readonly<Record<'customer' | 'operator', { readonly perSecond: number; readonly burst: number }>>;
}

export const defaultLimits: CoreLimits = {
  sessionsPerParticipant: 50,
  waitingCommands: 10_000,
  batch: 512,
  cached: 10_000,
  heldDeliveries: 1_000,
  unsentPicturesMs: 86_400_000,
  rates: { customer: { perSecond: 20, burst: 100 }, operator: { perSecond: 500, burst: 5_000 } },
};

/** The policies of a workspace, once the ids of those it names are known. */
export function policiesOf(
  config: WorkspaceConfig,
  idOf: (named: Named, side: 'bot' | 'operator') => ParticipantId,
): Policies {
  return {
    ...defaultPolicies,
    ...config.policies,
    botId: config.bot === undefined ? null : idOf(config.bot, 'bot'),
    delegations: (config.delegations ?? []).map(({ desk, ...rule }) => ({ ...rule, deskId: idOf(desk, 'operator') })),
  };
}
