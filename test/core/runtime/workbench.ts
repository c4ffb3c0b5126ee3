import { createCore, createMemoryStore } from '@dragoman/core';
import type {
  Away,
  ChatEvent,
  Command,
  Core,
  CoreOptions,
  Delivery,
  Identity,
  Outcome,
  PostMessage,
  Session,
  SessionOptions,
  Store,
} from '@dragoman/core';
import { createCollectingLog, createCountingIds, createFixedClock } from '@dragoman/core/testing';
import type { CollectingLog, FixedClock } from '@dragoman/core/testing';

/** Somebody connected, and everything he has heard. */
export interface Seat {
  readonly session: Session;
  readonly heard: Delivery[];
  /** Kinds of what was heard, with the words of messages. */
  lines(): string[];
  /** Texts of messages heard. */
  texts(): string[];
  do(command: Command): Promise<Outcome>;
  say(text: string, to: string, more?: Partial<PostMessage>): Promise<Outcome>;
  ended: string | undefined;
}

/** A core with a clock that stands still. */
export interface Workbench {
  readonly core: Core & { stop(): Promise<void> };
  readonly clock: FixedClock;
  readonly store: Store;
  readonly log: CollectingLog;
  customer(name: string, how?: Partial<SessionOptions>, who?: Partial<Identity>): Promise<Seat>;
  operator(name: string, how?: Partial<SessionOptions>, who?: Partial<Identity>): Promise<Seat>;
  bot(name: string): Promise<Seat>;
  /** The same store and clock under a new core, as after a kill. */
  restarted(options?: CoreOptions): Promise<Workbench>;
  /** Moves the clock and waits until what fell due has been done. */
  advance(ms: number): Promise<void>;
}

/** How far the clock moves at once, ms. */
const step = 1_000;

export const hurried: Away = { leavesDesk: true, noticeMs: 10_000, closeMs: 90_000 };

export async function workbench(
  options: CoreOptions = {},
  shared?: Pick<Workbench, 'clock' | 'store'>,
): Promise<Workbench> {
  const clock = shared?.clock ?? createFixedClock();
  const ids = createCountingIds();
  const store = options.store ?? shared?.store ?? createMemoryStore({ clock, ids });
  const log = createCollectingLog();
  const core = await createCore({ clock, store, log, ...options });
  const seat = (identity: Partial<Identity>, how: Partial<SessionOptions>): Promise<Seat> =>
    seated(core, identity, how);
  return {
    core,
    clock,
    store,
    log,
    customer: (name, how = {}, who = {}) =>
      seat({ side: 'customer', role: 'customer', externalId: name, name, ...who }, { away: hurried, ...how }),
    operator: async (name, how = {}, who = {}) => {
      const operator = await seat(
        { side: 'operator', role: 'operator', externalId: name, name, space: 'desk', ...who },
        { scope: 'lobby', mode: 'auto', ...how },
      );
      return operator;
    },
    bot: (name) => seat({ side: 'bot', role: 'bot', externalId: name, name, space: 'bots' }, { scope: 'all' }),
    restarted: (more = {}) => workbench({ ...options, ...more }, { clock, store }),
    async advance(ms) {
      // In steps, because what falls due goes on through promises, which a clock that jumps would leave behind.
      for (let left = ms; left >= 0; left -= step) {
        clock.advance(Math.min(left, step));
        await settled();
        clock.advance(0);
        await settled();
        if (left === 0) break;
      }
    },
  };
}

/** Lets every promise that can go on go on: nothing here waits for anything but promises. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 200; round++) await Promise.resolve();
}

async function seated(core: Core, identity: Partial<Identity>, how: Partial<SessionOptions>): Promise<Seat> {
  const heard: Delivery[] = [];
  const who: Identity = {
    workspaceId: 'default',
    space: 'web',
    side: 'customer',
    realm: '',
    externalId: '',
    idType: 'string',
    role: 'customer',
    name: '',
    ...identity,
  };
  const seat: { ended: string | undefined } = { ended: undefined };
  const session = await core.connect(
    who,
    { scope: 'own', echo: 'all', away: null, chats: 'mine', onEnd: (reason) => (seat.ended = reason), ...how },
    (delivery) => heard.push(delivery),
  );
  const act = (command: Command): Promise<Outcome> => core.dispatch(session, command);
  return Object.assign(seat, {
    session,
    heard,
    lines: () => heard.map(({ event }) => (event.type === 'MessagePosted' ? `says ${textOf(event)}` : event.type)),
    texts: () => heard.flatMap(({ event }) => (event.type === 'MessagePosted' ? textOf(event) : [])),
    do: act,
    say: (text: string, to: string, more: Partial<PostMessage> = {}) =>
      act({
        type: 'PostMessage',
        to: who.role === 'customer' ? { key: to } : { chatId: to },
        body: { kind: 'text', text },
        ifClosed: who.role === 'customer' ? 'reopen' : 'refuse',
        ...more,
      }),
  });
}

export function textOf(event: ChatEvent): string {
  return event.type === 'MessagePosted' && event.message.body.kind === 'text' ? event.message.body.text : '';
}

/** The chat an accepted command left behind. */
export function chatOf(outcome: Outcome): NonNullable<Extract<Outcome, { ok: true }>['chat']> {
  if (!outcome.ok || outcome.chat === undefined) throw new Error(`no chat: ${JSON.stringify(outcome)}`);
  return outcome.chat;
}

export function codeOf(outcome: Outcome): string {
  return outcome.ok ? 'accepted' : outcome.rejection.code;
}
