import type { Fields } from '@dragoman/core';
import type { Dialect, Entrance, Guest, Visit } from '../../dialect.js';
import type { Inbound } from '../../transport.js';
import { isRecord, parseCustomer, parseOperator } from '../frames.js';
import { toNewChat } from '../people.js';
import type { LibraryAction } from './actions.js';
import type { Bridge } from './bridge.js';
import type { Logs } from './logs.js';

/** What the library does at the doors: it notices who comes and goes, and lets middlewares answer for transcripts. */
export interface Doorway {
  readonly bridge: Bridge;
  readonly logs: Logs;
}

/** The dialect, with everybody who enters noticed. */
export function noticing(dialect: Dialect<Fields>, doorway: Doorway): Dialect<Fields> {
  const present = new Map<string, number>();
  return {
    ...dialect,
    open(line, around) {
      const { entrances, close } = dialect.open(line, around);
      return { entrances: entrances.map((one) => ('meet' in one ? one : watched(one, doorway, present))), close };
    },
  };
}

/** `present`: how many connections each chat's customers have. */
function watched(entrance: Entrance<Fields>, doorway: Doorway, present: Map<string, number>): Entrance<Fields> {
  switch (entrance.namespace) {
    case '/customer':
      return { ...entrance, enter: (visit) => enterAsCustomer(visit, entrance.enter, doorway, present) };
    case '/operator':
      return { ...entrance, enter: (visit) => enterAsOperator(visit, entrance.enter, doorway) };
    default:
      return { ...entrance, enter: (visit) => enterAsAgent(visit, entrance.enter, doorway) };
  }
}

type Enter = Entrance<Fields>['enter'];

async function enterAsCustomer(
  visit: Visit<Fields>,
  enter: Enter,
  { bridge, logs }: Doorway,
  present: Map<string, number>,
): Promise<Guest | undefined> {
  const { peer, user } = visit;
  const chatId = String(user['session_id']);
  const chat = toNewChat(user, chatId);
  const guest = await enter({ ...visit, peer: logs.watched(peer, { role: 'customer', chatId }) });
  if (guest === undefined || peer.isGone()) return guest;
  present.set(chatId, (present.get(chatId) ?? 0) + 1);
  bridge.tell({ type: 'CUSTOMER_JOIN', socket: peer.socket, chat, user });
  peer.onGone(() => {
    const others = (present.get(chatId) ?? 1) - 1;
    if (others > 0) return void present.set(chatId, others);
    present.delete(chatId);
    bridge.tell({ type: 'CUSTOMER_DISCONNECT', chat, user });
  });
  return answering(guest, (event) => {
    const frame = parseCustomer(event.name, event.args);
    if (frame?.kind !== 'transcript') return undefined;
    return {
      action: { type: 'CUSTOMER_CHAT_TRANSCRIPT_REQUEST', chat, chat_id: chatId, timestamp: frame.before },
      bridge,
    };
  });
}

async function enterAsOperator(
  visit: Visit<Fields>,
  enter: Enter,
  { bridge, logs }: Doorway,
): Promise<Guest | undefined> {
  const { peer, user } = visit;
  const guest = await enter({ ...visit, peer: logs.watched(peer, { role: 'operator' }) });
  if (guest === undefined || peer.isGone()) return guest;
  bridge.tell({ type: 'OPERATOR_READY', user, socket: peer.socket });
  peer.onGone(() => void bridge.tell({ type: 'REMOVE_USER_SOCKET', user, socket: peer.socket }));
  const answered = answering(guest, (event) => {
    const frame = parseOperator(event.name, event.args);
    if (frame?.kind !== 'transcript') return undefined;
    const { chatId, before } = frame;
    const chat = { id: chatId };
    return {
      action: { type: 'OPERATOR_CHAT_TRANSCRIPT_REQUEST', user, chat, chat_id: chatId, timestamp: before },
      bridge,
    };
  });
  return carrying(answered, user, bridge);
}

/** What an operator dispatches from afar passes through the middlewares, under his own name [HCS remote actions]. */
function carrying(guest: Guest, user: Fields, bridge: Bridge): Guest {
  return {
    ...guest,
    receive(event) {
      const [action] = event.args;
      const frame = parseOperator(event.name, event.args);
      if (frame?.kind !== 'dispatch' || frame.action === undefined || !isRecord(action)) return guest.receive(event);
      const named = { ...action, type: String(action['type']), __remote_user: user };
      return bridge.carry(named, async () => guest.receive(event));
    },
  };
}

async function enterAsAgent(visit: Visit<Fields>, enter: Enter, { bridge }: Doorway): Promise<Guest | undefined> {
  const guest = await enter(visit);
  if (guest === undefined) return undefined;
  return {
    ...guest,
    receive(event) {
      if (event.name === 'system.info') bridge.tell({ type: 'AGENT_SYSTEM_INFO', socket: visit.peer.socket });
      return guest.receive(event);
    },
  };
}

/** A request for a transcript that a middleware answers with a promise is answered so; every other goes on [HCS transcript]. */
function answering(
  guest: Guest,
  requestIn: (event: Inbound) => { readonly action: LibraryAction; readonly bridge: Bridge } | undefined,
): Guest {
  return {
    ...guest,
    receive(event) {
      const request = requestIn(event);
      const answer = request?.bridge.tell(request.action);
      if (!isPromise(answer)) return guest.receive(event);
      return answer.then(
        (result) => event.ack?.(null, result),
        (error: unknown) =>
          event.ack?.(isRecord(error) && typeof error['message'] === 'string' ? error['message'] : String(error), null),
      );
    },
  };
}

function isPromise(answer: unknown): answer is Promise<unknown> {
  return typeof answer === 'object' && answer !== null && typeof Reflect.get(answer, 'then') === 'function';
}
