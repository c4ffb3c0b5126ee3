import { StoreError, type DisconnectReason, type VerifiedIdentity } from '@dragoman/core';
import type { Connect, Seat } from '../dialect.js';
import type { Frame, Inbound, Peer } from '../transport.js';
import { refuse, toAcknowledgement, type Answer } from './answers.js';
import { answerCall } from './calls.js';
import type { Desk } from './desk.js';
import { createGuard } from './guard.js';
import { createSeating, isProgram, noSubscriptions } from './seating.js';
import { createSignIn, type Admitted } from './sign-in.js';
import { wishAfter, type Wish } from './subscribing.js';

/** Calls of one connection that may wait for their turn; further ones are refused. */
const maxWaiting = 200;

const nobody: Wish = { subscriptions: noSubscriptions, user: undefined };

/** Receives one connection: lets it sign in, and answers its calls one after the other, in their order. */
export function meet(peer: Peer, connect: Connect, desk: Desk): void {
  const { around, settings } = desk;
  const guard = createGuard(desk);
  const seating = createSeating(peer, connect, desk, dismiss);
  const signIn = createSignIn(peer, desk, { admit, suspend: () => queue(() => take(noSubscriptions)) });
  let wish = nobody;
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  let isMuted = true;

  peer.onGone(() => {
    signIn.leave();
    seating.leave();
    guard.leave();
  });
  peer.onSign(() => {
    seating.sign();
    if (signIn.standing().phase === 'connected' && peer.isAlone() && peer.receivedUnits() > settings.strangerUnits)
      peer.refuse();
  });
  peer.receive((event) => {
    if (event.name === 'authenticate') return signIn.authenticate(event);
    if (signIn.standing().phase === 'authenticated') return hear(event);
    signIn.refuseStranger(event);
  });

  function hear(event: Inbound): void {
    const problem =
      guard.problemOf(event, seating.seat()?.participant.id) ??
      (waiting >= maxWaiting ? refuse('rate_limited', { retryAfterMs: 1000 }) : undefined);
    if (problem === undefined) return perform(event);
    event.ack?.(...toAcknowledgement(problem));
    if (guard.isFedUp()) peer.refuse();
  }

  /** The answer comes first, then what it caused; so its place is kept while it is worked out. */
  function perform(event: Inbound): void {
    let place: ReturnType<Peer['reserve']> | undefined;
    let isAnswered = false;
    const respond = (answer: Answer): void => {
      if (!isAnswered) event.ack?.(...toAcknowledgement(answer));
      isAnswered = true;
      cancel();
      place?.([]);
    };
    const cancel = around.clock.after(settings.answerMs, () => respond(refuse('unavailable')));
    queue(async () => {
      if (isAnswered) return;
      if (signIn.standing().phase !== 'authenticated') {
        isAnswered = true;
        cancel();
        return signIn.refuseStranger(event);
      }
      place = peer.reserve();
      respond(await replyTo(event).catch((error: unknown) => broken(event, error)));
    });
  }

  async function replyTo(event: Inbound): Promise<Answer> {
    const { identity } = signIn.standing();
    if (identity === null) return refuse('unauthenticated');
    const next = wishAfter(wish, event, identity);
    if (next === undefined) return answerCall(event, { identity, seat: seating.seat(), desk });
    if ('refusal' in next) return next;
    // Who hears all that operators hear, hears his own too: there is nothing to begin.
    const isHeard = event.name === 'subscribe' && wish.subscriptions.ops;
    wish = next;
    const replayed = isHeard ? 0 : await take(wish.subscriptions);
    return { result: event.name.startsWith('un') ? {} : { replayed } };
  }

  function broken({ name }: Inbound, error: unknown): Answer {
    if (error instanceof StoreError && error.code !== 'Corrupt') return refuse('unavailable');
    const correlationId = around.ids.command();
    around.log.error({ socketId: peer.id, call: name, correlationId, error: String(error) }, 'a call failed');
    return refuse('internal', { more: { correlationId } });
  }

  function admit(identity: VerifiedIdentity, isSame: boolean, greet: (facts: Admitted) => Frame): void {
    if (!isSame) peer.boundInflow(settings.inflowRate);
    queue(async () => {
      const place = peer.reserve();
      if (!isSame) wish = nobody;
      const isReady = isSame && !isMuted && hasHisRights(seating.seat(), identity);
      if (!isReady) await take(wish.subscriptions);
      place([greet(factsOf(identity))]);
    });
  }

  /** A connection whose session cannot be had is no use to its client; it comes back by itself. */
  async function take(subscriptions: Wish['subscriptions']): Promise<number> {
    const { identity } = signIn.standing();
    if (identity === null) return 0;
    isMuted = signIn.standing().phase !== 'authenticated';
    try {
      return await seating.take({ identity, user: wish.user }, subscriptions);
    } catch (error) {
      if (peer.isGone()) return 0;
      around.log.error({ socketId: peer.id, error: String(error) }, 'a ticket client was dropped');
      peer.drop();
      return 0;
    }
  }

  function queue(run: () => Promise<unknown>): void {
    waiting += 1;
    turn = turn.then(async () => {
      waiting -= 1;
      if (!peer.isGone()) await run();
    });
  }

  function dismiss(reason: DisconnectReason): void {
    switch (reason) {
      case 'SHUTDOWN':
      case 'SLOW':
      case 'STALE':
        return peer.drop();
      case 'UNAUTHENTICATED':
        return signIn.end('token_expired');
      case 'REPLACED':
      case 'TOO_MANY_BAD_FRAMES':
        return signIn.end();
    }
  }
}

/** What the core lets somebody do is what was known of him when his session began. */
function hasHisRights(seat: Seat | undefined, { isSupervisor = false }: VerifiedIdentity): boolean {
  return seat === undefined || seat.participant.isSupervisor === isSupervisor;
}

function factsOf(identity: VerifiedIdentity): Admitted {
  const { externalId, name, realm = '' } = identity;
  const role = identity.role === 'operator' ? 'operator' : isProgram(identity) ? 'program' : 'user';
  return { fullNm: name ?? externalId, role, programId: role === 'program' ? realm : '' };
}
