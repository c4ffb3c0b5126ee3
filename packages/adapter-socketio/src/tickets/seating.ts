import { neverAway, type Delivery, type DisconnectReason, type Identity, type VerifiedIdentity } from '@dragoman/core';
import type { Connect, Seat } from '../dialect.js';
import type { Peer } from '../transport.js';
import type { Desk } from './desk.js';
import type { UserFrame } from './frames.js';
import { createHearing, type Hearing } from './hearing.js';
import { handOver } from './replay.js';

/** What a connection asked to hear. */
export interface Subscriptions {
  readonly own: boolean;
  /** Everything all operators hear; his own too. */
  readonly ops: boolean;
}

/** Who sits at a connection. `user`: of an external program, for whom it speaks; of others, what he told of himself. */
export interface Sitter {
  readonly identity: VerifiedIdentity;
  readonly user: UserFrame | undefined;
}

/** The session of a connection, which changes with what it subscribes to. */
export interface Seating {
  /** Undefined while nobody sits there: an external program speaks for nobody before it subscribes. */
  seat(): Seat | undefined;
  /** Opens the session that fits, and sends what was missed; resolves with how many frames that takes. */
  take(sitter: Sitter, subscriptions: Subscriptions): Promise<number>;
  /** Something came from the client, if only a heartbeat. */
  sign(): void;
  leave(): void;
}

export const noSubscriptions: Subscriptions = { own: false, ops: false };

export function isProgram({ role, realm = '' }: VerifiedIdentity): boolean {
  return role === 'customer' && realm !== '';
}

export function createSeating(
  peer: Peer,
  connect: Connect,
  desk: Desk,
  onEnd: (reason: DisconnectReason) => void,
): Seating {
  let seat: Seat | undefined;
  let hearing: Hearing | undefined;
  let isOver = false;

  function rise(): void {
    hearing?.stop();
    if (seat !== undefined) {
      if (desk.operators.delete(peer)) desk.leaveWork(seat);
      void seat.end();
    }
    seat = undefined;
    hearing = undefined;
  }

  /** The new session begins before the old one ends, so that nobody is away in between. */
  async function sit(identity: Identity, subscriptions: Subscriptions): Promise<number> {
    const isHearing = subscriptions.own || subscriptions.ops;
    const next = await connect({ identity, how: sessionOptions(identity, subscriptions) }, onEnd);
    const sent = hearing?.seat.participant.id === next.participant.id ? hearing.sent : new Set<string>();
    const nextHearing = createHearing({ peer, seat: next, desk, subscriptions, sent });
    if (isOver || peer.isGone()) {
      await next.end();
      return 0;
    }
    const atWork = subscriptions.ops ? desk.enterWork(next) : undefined;
    rise();
    seat = next;
    hearing = nextHearing;
    if (!isHearing) return 0;
    if (subscriptions.ops) desk.operators.add(peer);
    await atWork;
    const missed: Delivery[] = [];
    next.listen(
      (delivery) => (delivery.isReplay ? missed.push(delivery) : nextHearing.hear(delivery)),
      () => false,
    );
    return handOver({ seat: next, hearing: nextHearing, desk, subscriptions, missed });
  }

  return {
    seat: () => seat,
    async take(sitter, subscriptions) {
      const identity = identityOf(sitter, desk);
      if (identity !== undefined) return sit(identity, subscriptions);
      rise();
      return 0;
    },
    sign: () => hearing?.sign(),
    leave() {
      isOver = true;
      rise();
    },
  };
}

/** Undefined: an external program that has not said for whom it speaks. */
function identityOf({ identity, user }: Sitter, { settings }: Desk): Identity | undefined {
  const isOutside = isProgram(identity);
  const externalId = isOutside ? user?.userId : identity.externalId;
  if (externalId === undefined) return undefined;
  const side = identity.role === 'operator' ? 'operator' : 'customer';
  const profile = { ...(isOutside ? {} : identity.profile), ...user?.profile };
  return {
    workspaceId: settings.workspaceId,
    space: settings.space,
    side,
    realm: isOutside ? (identity.realm ?? '') : '',
    externalId,
    idType: 'string',
    role: side,
    name: (isOutside ? user?.fullNm : identity.name) ?? externalId,
    profile,
    ...(identity.subject !== undefined && { subject: identity.subject }),
    ...(identity.locale !== undefined && { locale: identity.locale }),
    ...(identity.groups !== undefined && { groups: identity.groups }),
    ...(identity.isSupervisor !== undefined && { isSupervisor: identity.isSupervisor }),
  };
}

/** Who subscribes to nothing hears nothing, and may speak all the same [TKD connection]. */
function sessionOptions({ side }: Identity, { own, ops }: Subscriptions): Parameters<Connect>[0]['how'] {
  const isHearing = own || ops;
  return {
    scope: ops ? 'lobby' : 'own',
    echo: 'foreign',
    away: side === 'customer' ? neverAway : null,
    chats: isHearing ? 'mine' : [],
    begins: isHearing ? 'replay' : 'live',
    hearsDelivered: isHearing,
    ...(side === 'operator' && { mode: 'claim' }),
  };
}
