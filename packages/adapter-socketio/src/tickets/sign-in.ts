import type { Cancel, Verified, VerifiedIdentity } from '@dragoman/core';
import type { Frame, Inbound, Peer } from '../transport.js';
import { refuse, sentences, toAcknowledgement, type Answer, type TicketsCode } from './answers.js';
import {
  arrived,
  authenticate,
  due,
  trespassed,
  verified,
  type Effect,
  type Standing,
  type Step,
  type Unauthenticated,
} from './connection.js';
import type { Desk } from './desk.js';
import { parseToken } from './frames.js';

/** What a sign-in leads to. */
export interface Outcomes {
  /** The identity counts from now on; `greet`, once everything is ready, acknowledges and gives the frame to be sent. */
  admit(identity: VerifiedIdentity, isSame: boolean, greet: (facts: Admitted) => Frame): void;
  suspend(): void;
}

/** What `authenticated` tells beside the user. */
export interface Admitted {
  readonly fullNm: string;
  readonly role: 'user' | 'operator' | 'program';
  readonly programId: string;
}

/** The sign-in of one connection, from its first moment to its last. */
export interface SignIn {
  standing(): Standing;
  authenticate(event: Inbound): void;
  /** Something came that only somebody known may send. */
  refuseStranger(event: Inbound): void;
  /** Ends it from our side, saying why if there is a word for it. */
  end(code?: TicketsCode): void;
  leave(): void;
}

/** Nothing to stop yet. */
const noAlarm: Cancel = () => undefined;

export function createSignIn(peer: Peer, desk: Desk, outcomes: Outcomes): SignIn {
  const { clock } = desk.around;
  const limits = desk.settings.signIn;
  let standing = arrived(clock.now(), limits);
  let acknowledge: Inbound['ack'];
  let cancelAlarm: Cancel = noAlarm;
  let cancelAttempt: Cancel = noAlarm;
  setAlarm();

  function take({ standing: next, effects }: Step): void {
    if (next.failures > standing.failures) desk.failed(peer);
    const isNewAlarm = next.alarmAt !== standing.alarmAt;
    standing = next;
    if (isNewAlarm) setAlarm();
    effects.forEach(perform);
  }

  function setAlarm(): void {
    cancelAlarm();
    const { alarmAt } = standing;
    cancelAlarm = alarmAt === null ? noAlarm : clock.after(Math.min(alarmAt - clock.now(), maxTimerMs), ring);
  }

  function ring(): void {
    if (standing.alarmAt !== null && standing.alarmAt > clock.now()) return setAlarm();
    take(due(standing, peer.isAlone(), clock.now(), limits));
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'verify':
        cancelAttempt = clock.after(effect.afterMs, () => void verify(effect.attempt, effect.token));
        return;
      case 'admit':
        return outcomes.admit(effect.identity, effect.isSame, greeterOf(effect.identity));
      case 'tell':
        return tell(effect.what);
      case 'suspend':
        return outcomes.suspend();
      case 'close':
        return peer.refuse();
    }
  }

  async function verify(attempt: number, token: string): Promise<void> {
    const verdict = await withinTime(desk, async () => desk.settings.verify(token, peer));
    if (!peer.isGone()) take(verified(standing, { attempt, answer: verdict }, clock.now(), limits));
  }

  function tell(what: Unauthenticated): void {
    const { code, message, retryAfterMs } = what;
    if (code !== 'auth_required') answer(refuse(code, { message, ...(retryAfterMs > 0 && { retryAfterMs }) }));
    peer.send({ name: 'unauthenticated', args: [what] });
  }

  function answer(what: Answer): void {
    acknowledge?.(...toAcknowledgement(what));
    acknowledge = undefined;
  }

  function greeterOf({ externalId }: VerifiedIdentity): (facts: Admitted) => Frame {
    const acked = acknowledge;
    acknowledge = undefined;
    const { expiresAt } = standing;
    return (facts) => {
      acked?.(...toAcknowledgement({ result: {} }));
      const expiry = expiresAt === null ? '' : new Date(expiresAt).toISOString();
      return { name: 'authenticated', args: [{ userId: externalId, ...facts, expiresAt: expiry }] };
    };
  }

  return {
    standing: () => standing,
    authenticate({ args, ack }) {
      if (standing.phase === 'closed') return;
      cancelAttempt();
      answer(refuse('unauthenticated', { message: 'a newer attempt took its place' }));
      acknowledge = ack;
      take(authenticate(standing, parseToken(args), clock.now(), limits));
    },
    refuseStranger({ ack }) {
      ack?.(...toAcknowledgement(refuse('unauthenticated')));
      if (standing.phase !== 'closed') take(trespassed(standing, clock.now(), limits));
    },
    end(code) {
      if (code !== undefined) {
        const what = { code, message: sentences[code], attemptsLeft: 0, retryAfterMs: 0 };
        peer.send({ name: 'unauthenticated', args: [what] });
      }
      peer.refuse();
    },
    leave() {
      cancelAlarm();
      cancelAttempt();
    },
  };
}

/** The longest time one timer can measure, ms. */
const maxTimerMs = 2 ** 31 - 1;

/** A verifier that throws or takes too long cannot be reached. */
function withinTime({ around, settings }: Desk, ask: () => Promise<Verified>): Promise<Verified> {
  const unavailable: Verified = { ok: false, code: 'unavailable' };
  return new Promise((resolve) => {
    const cancel = around.clock.after(settings.verifyMs, () => resolve(unavailable));
    ask()
      .catch(() => unavailable)
      .then((verdict) => {
        cancel();
        resolve(verdict);
      });
  });
}
