import { reject, wireOf } from '@dragoman/core';
import type { Adapter, Clock, Core, Delivery, DisconnectReason, Goodbye, Session } from '@dragoman/core';
import type { Connect, Dialect, Entrance, Guest, Line, OpenEntrance, Surroundings } from './dialect.js';
import { createAllowance, createSharedAllowances } from './rate.js';
import type { Carrier, Inbound, Peer } from './transport.js';

/** What a peer may send before it is known who it is; it is dealt with afterwards, in order. */
const earlyLimits = { events: 100, units: 1_000_000 } as const;

/** Deliveries that may come between the connection of a session and its first words. */
const maxKeptDeliveries = 10_000;

/** One dialect on a carrier, as the core and the gateway know it. */
export function socketioAdapter<User>(carrier: Carrier, dialect: Dialect<User>): Adapter {
  let stopped: ((goodbye: Goodbye | undefined) => Promise<void>) | undefined;

  return {
    name: dialect.name,
    capabilities: dialect.capabilities,
    async start(core) {
      if (stopped !== undefined) return;
      const peers = new Set<Peer>();
      const gate = createGate(() => core.log.error({ adapter: dialect.name }, 'events were lost'));
      const session = await core.connect(dialect.watch.identity, dialect.watch.how, gate.deliver);
      const { entrances, close } = dialect.open(lineOf(core, session, gate), surroundingsOf(core));
      const doors = entrances.map((entrance) => [entrance.namespace, doorOf(core, entrance, peers)] as const);
      const closeDoors = carrier.open(new Map(doors), core.log, wireOf(core, dialect.watch.identity.space));
      stopped = async (goodbye) => {
        stopped = undefined;
        carrier.shut();
        await dropSlowly(peers, core.clock, goodbye);
        closeDoors();
        close();
        await session.end();
      };
    },
    stop: async (goodbye) => stopped?.(goodbye),
  };
}

function surroundingsOf(core: Core): Surroundings {
  const { clock, ids, log, attachments } = core;
  return { clock, ids, log, attachments, link: (workspaceId, id) => attachments.link(workspaceId, id) };
}

/** Closes what is open, spread over the time given, so that not everybody comes back in one moment; waits for nobody gone. */
async function dropSlowly(peers: ReadonlySet<Peer>, clock: Clock, goodbye: Goodbye | undefined): Promise<void> {
  const leaving = [...peers];
  const stepMs = (goodbye?.overMs ?? 0) / Math.max(1, leaving.length);
  if (stepMs === 0) return;
  await Promise.all(
    leaving.map(
      (peer, index) =>
        new Promise<void>((resolve) => {
          const cancel = clock.after(index * stepMs, () => peer.drop());
          peer.onGone(() => {
            cancel();
            resolve();
          });
        }),
    ),
  );
}

function doorOf<User>(core: Core, entrance: Entrance<User> | OpenEntrance, peers: Set<Peer>): (peer: Peer) => void {
  const meet = 'meet' in entrance ? meeting(core, entrance) : door(core, entrance);
  return (peer) => {
    peers.add(peer);
    peer.onGone(() => peers.delete(peer));
    meet(peer);
  };
}

function meeting(core: Core, entrance: OpenEntrance): (peer: Peer) => void {
  const connectFor =
    (peer: Peer): Connect =>
    async ({ identity, how }, onEnd) => {
      const gate = createGate(() => peer.drop());
      const session = await core.connect(identity, { ...how, connectionId: peer.connectionId, onEnd }, gate.deliver);
      return {
        ...lineOf(core, session, gate),
        sessionId: session.id,
        said: (participantId) => core.transcript(session, { participantId }, { include: 'messages', limit: 1000 }),
        recall: (commandId) => core.recall(session, commandId),
        replay: (what) => session.replay(what),
        end: (away) => session.end(away),
      };
    };
  return (peer) => entrance.meet(peer, connectFor(peer));
}

/** Lets peers in through one namespace. */
function door<User>(core: Core, entrance: Entrance<User>): (peer: Peer) => void {
  const allowances = createSharedAllowances(entrance.rate);

  async function letIn(peer: Peer): Promise<void> {
    const early = collectEarly(peer, entrance);
    const admission = await entrance.admit(peer);
    if (peer.isGone()) return;
    if (admission === undefined) return dismiss(peer, 'UNAUTHENTICATED');
    const gate = createGate(() => peer.drop());
    const onEnd = (reason: DisconnectReason): void => dismiss(peer, reason);
    const session = await core.connect(
      admission.identity,
      { ...admission.how, connectionId: peer.connectionId, onEnd },
      gate.deliver,
    );
    const allowance = allowances.enter(admission.identity.externalId);
    const ownAllowance = createAllowance(entrance.socketRate);
    let guest: Guest | undefined;
    peer.onGone(() => {
      allowance.leave();
      guest?.leave();
      void session.end();
    });
    if (peer.isGone()) return;
    guest = await entrance.enter({ peer, user: admission.user, line: lineOf(core, session, gate) });
    if (guest === undefined) return peer.drop();
    if (peer.isGone()) return guest.leave();
    const { receive } = guest;
    const hear = (event: Inbound): void => {
      call(receive, event).catch((error: unknown) => fail(peer, error, 'an event was lost'));
    };
    const isAllowed = (now: number): boolean => ownAllowance(now) && allowance.allow(now);
    serve(peer, early, hear, () => isAllowed(core.clock.monotonic()));
  }

  function fail(peer: Peer, error: unknown, message: string): void {
    core.log.error({ socketId: peer.id, namespace: entrance.namespace, error: String(error) }, message);
  }

  function dismiss(peer: Peer, reason: DisconnectReason): void {
    peer.receive(() => undefined);
    entrance.dismiss(peer, reason);
  }

  return (peer) => {
    letIn(peer).catch((error: unknown) => {
      if (peer.isGone()) return;
      fail(peer, error, 'a client was dropped');
      peer.drop();
    });
  };
}

/** A throw is a rejection too. */
async function call(receive: Guest['receive'], event: Inbound): Promise<void> {
  await receive(event);
}

/** Keeps what a peer says before it may be heard; what is beyond the limits is lost. */
function collectEarly<User>(peer: Peer, entrance: Entrance<User>): readonly Inbound[] {
  const early: Inbound[] = [];
  const before = peer.receivedUnits();
  peer.receive((event) => {
    const isFull = early.length >= earlyLimits.events || peer.receivedUnits() - before > earlyLimits.units;
    if (!entrance.answerEarly(event) && !isFull) early.push(event);
  });
  return early;
}

function serve(peer: Peer, early: readonly Inbound[], hear: (event: Inbound) => void, isAllowed: () => boolean): void {
  early.forEach(hear);
  peer.receive((event) => {
    if (isAllowed()) hear(event);
  });
}

/** Holds deliveries back until somebody listens. */
interface Gate {
  readonly deliver: (delivery: Delivery) => void;
  readonly open: Line['listen'];
}

/** `onOverflow` is called when more comes than is kept: whoever listens now would miss something. */
function createGate(onOverflow: () => void): Gate {
  let kept: Delivery[] = [];
  let listener: ((delivery: Delivery) => void) | undefined;
  return {
    deliver(delivery) {
      if (listener !== undefined) listener(delivery);
      else if (kept.length < maxKeptDeliveries) kept.push(delivery);
      else onOverflow();
    },
    open(deliver, isKnown) {
      const waiting = kept;
      kept = [];
      listener = deliver;
      for (const delivery of waiting) if (!isKnown(delivery)) deliver(delivery);
    },
  };
}

function lineOf(core: Core, session: Session, gate: Gate): Line {
  return {
    participant: session.participant,
    dispatch: (command) =>
      core.dispatch(session, command).catch((error: unknown) => {
        core.log.error({ sessionId: session.id, command: command.type, error: String(error) }, 'a command failed');
        return { ok: false, rejection: reject('BUSY') };
      }),
    find: (what) => core.find(session, what),
    transcript: (chatId, page) => core.transcript(session, { chatId }, page),
    lobby: () => core.lobby(session),
    canAccept: (wishes) => core.canAccept(session, wishes),
    written: (chatId, version) => session.written(chatId, version),
    listen: gate.open,
  };
}
