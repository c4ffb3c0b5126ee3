import { addressIn, type ChatEvent, type Clock, type Happening, type Lobby } from '@dragoman/core';
import { createBoard } from '../board.js';
import { isRecord } from '../frames.js';
import { toAgentMessage, toCustomerLines, toDeskLines, toMessage, type Surface } from '../messages.js';
import { statusForOperators } from '../status.js';
import { toChat, toFullUser } from '../people.js';
import { stateChanged } from './actions.js';
import type { Bridge } from './bridge.js';
import { enabledWishes } from './enabled.js';
import type { Logs } from './logs.js';
import {
  at,
  STATUS_ASSIGNED,
  STATUS_ASSIGNING,
  STATUS_CLOSED,
  STATUS_NEW,
  STATUS_PENDING,
  type LibraryState,
} from './state.js';

/** Wraps what is worth measuring, under a label. */
export type Measure = (
  label: string,
) => <Args extends readonly unknown[], Result>(run: (...args: Args) => Result) => (...args: Args) => Result;

/** What the mirror has to know. */
export interface MirrorPlace extends Surface {
  readonly lobby: () => Lobby;
  readonly clock: Clock;
  readonly bridge: Bridge;
  readonly logs: Logs;
  readonly measure: Measure;
}

/** Makes state and notices of everything that happens in the core. */
export interface Mirror {
  hear(event: Happening): void;
  /** What operators share now, on top of what the library knows by itself. */
  state(over: LibraryState): LibraryState;
}

export function createMirror(place: MirrorPlace): Mirror {
  const { bridge, space } = place;
  const board = createBoard(place.lobby(), space);
  const settle = place.measure('changes')(() => board.settle(place.lobby()));
  /** The state shows at once where several events lead; statuses are told step by step. Chats under way alone. */
  const told = new Map<string, string>();
  let enabled = '';

  function update(): void {
    const change = settle();
    if (change === undefined) return;
    bridge.tell(stateChanged(change, place.clock.now()));
    const now = enabledWishes(bridge.truth());
    if (now.join('\n') === enabled) return;
    enabled = now.join('\n');
    bridge.tell({ type: 'NOTIFY_SYSTEM_STATUS_CHANGE', enabled: now });
  }

  return {
    hear(event) {
      board.note(event);
      if (event.type === 'MessagePosted') return tellMessage(event, place);
      if (!('chat' in event) || !('chatId' in event)) return update();
      if (event.type === 'TypingChanged' || event.type === 'QueueMoved') return;
      const id = addressIn(event.chat, space);
      const lastStatus = told.get(id) ?? statusOf(bridge.truth(), id);
      update();
      tellStatus(event, id, lastStatus);
      tellLines(event, place);
    },
    state(over) {
      const shared = board.state();
      return isShared(shared) ? merged(over, shared) : over;
    },
  };

  /** Out of the queue a chat passes through a word of its own [HCS transitions]. */
  function tellStatus(event: ChatEvent, id: string, lastStatus: unknown): void {
    const status = statusForOperators(event.chat.status);
    if (status === STATUS_CLOSED) told.delete(id);
    else told.set(id, status);
    if (status === lastStatus) return;
    const steps =
      lastStatus === STATUS_PENDING && status === STATUS_ASSIGNED
        ? [lastStatus, STATUS_ASSIGNING, status]
        : [lastStatus, status];
    steps.slice(1).forEach((step, index) => {
      bridge.tell({ type: 'NOTIFY_CHAT_STATUS_CHANGED', chat_id: id, status: step, lastStatus: steps[index] });
    });
  }
}

function statusOf(state: LibraryState, id: string): unknown {
  return at(state.chatlist, id)?.[0] ?? STATUS_NEW;
}

/** A message before the filters, for whoever keeps messages; then as each side sees it [HCS notices]. */
function tellMessage(event: Extract<ChatEvent, { type: 'MessagePosted' }>, place: MirrorPlace): void {
  const { bridge, space } = place;
  const raw = toMessage({ ...event, message: { ...event.message, variants: {} } }, 'all', place);
  if (raw === undefined) return;
  const id = addressIn(event.chat, space);
  const author = event.message.authorId === null ? undefined : event.people[event.message.authorId];
  bridge.tell({
    type: 'RECEIVE_CHAT_MESSAGE',
    origin: raw.source,
    chat: raw.source === 'customer' ? { ...toChat(event.chat, author, space) } : { id },
    message: raw,
    ...(raw.source === 'operator' && { user: toFullUser(author, space) }),
  });
  const shown = { customer: toMessage(event, 'customer', place), operator: toMessage(event, 'desk', place) };
  tellSides({ ...shown, agent: toAgentMessage(event, place) }, id, place);
}

/** Lines about the life of a chat are for operators and other systems [HCD 14]. */
function tellLines(event: ChatEvent, place: MirrorPlace): void {
  const id = addressIn(event.chat, place.space);
  if (event.type === 'CustomerBlocked') place.bridge.tell({ type: 'CUSTOMER_BLOCK', chat_id: id });
  for (const line of toDeskLines(event, place)) {
    place.bridge.tell({ type: 'RECEIVE_CHAT_MESSAGE', origin: 'operator', chat: { id }, message: line });
    tellSides({ operator: line, agent: { ...line, author_type: 'operator' } }, id, place);
  }
  for (const line of toCustomerLines(event, place)) tellSides({ customer: line }, id, place);
}

function tellSides(
  shown: {
    readonly customer?: object | undefined;
    readonly operator?: object | undefined;
    readonly agent?: object | undefined;
  },
  id: string,
  { bridge, logs }: MirrorPlace,
): void {
  if (shown.agent !== undefined) bridge.tell({ type: 'AGENT_RECEIVE_MESSAGE', message: shown.agent });
  for (const kind of ['operator', 'customer'] as const) {
    const message = shown[kind];
    if (message === undefined) continue;
    bridge.tell({ type: `${kind.toUpperCase()}_RECEIVE_MESSAGE`, id, message });
    logs.keep(kind, id, { ...message });
  }
}

type Shared = Pick<LibraryState, 'chatlist' | 'groups' | 'locales'> & {
  readonly operators: Pick<LibraryState['operators'], 'identities' | 'system'>;
};

function isShared(state: unknown): state is Shared {
  return isRecord(state) && ['operators', 'chatlist', 'groups', 'locales'].every((part) => isRecord(state[part]));
}

/** Chats that are not shared, new and closed ones, are the library's own. */
function merged(over: LibraryState, { operators, chatlist, groups, locales }: Shared): LibraryState {
  return {
    operators: { ...over.operators, ...operators },
    chatlist: { ...over.chatlist, ...chatlist },
    groups,
    locales,
  };
}

/** Without a profiler. */
export const unmeasured: Measure = () => (run) => run;
