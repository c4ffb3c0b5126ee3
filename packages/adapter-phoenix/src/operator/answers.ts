import type { Core, Fields, Outcome, Session } from '@dragoman/core';
import type { PushAnswer } from '../channels/index.js';
import { markSaid } from '../own-words.js';
import { colleagueIn, toChatList, toOperatorList, type Viewer } from './board.js';
import { toEntry, type Surface } from './chat.js';
import type { Call } from './frames.js';
import { toCommand, toRefusal, type Order } from './translate.js';

/** Who calls, and what is asked for him. */
export interface Caller {
  readonly core: Core;
  readonly on: Surface;
  readonly session: Session;
  /** Resolves when the page has been handed over what it missed: no mark may pass over that. */
  readonly resumed: Promise<void>;
}

/** Shows what was asked for, or has it done [OP calls]. */
export async function answer(call: Call, caller: Caller): Promise<PushAnswer> {
  const { core, session, on } = caller;
  const viewer: Viewer = { id: session.participant.id, space: on.space };
  switch (call.call) {
    case 'chats.list':
      return { ok: true, response: toChatList(core.lobby(session), viewer, call) };
    case 'operators.list':
      return { ok: true, response: toOperatorList(core.lobby(session), viewer) };
    case 'chat.history':
      return history(call, caller);
    default:
      return obey(call, viewer, caller);
  }
}

async function obey(order: Order, viewer: Viewer, { core, session, resumed }: Caller): Promise<PushAnswer> {
  const lobby = core.lobby(session);
  const { isSupervisor } = session.participant;
  const command = toCommand(order, { ...viewer, isSupervisor, colleague: (id) => colleagueIn(lobby, id, viewer) });
  if (command === undefined) return { ok: false, reason: 'unknown operator' };
  const outcome = await core.dispatch(session, command);
  if (!outcome.ok) {
    return { ok: false, ...toRefusal(outcome.rejection, (id) => core.lobby(session).person(id), viewer.space) };
  }
  const written = (): void => void resumed.then(() => markSaid(outcome, session));
  return { ok: true, response: toResult(outcome), written };
}

async function history(
  call: Extract<Call, { call: 'chat.history' }>,
  { core, session, on }: Caller,
): Promise<PushAnswer> {
  const { chatId, before, limit } = call;
  const chat = await core.find(session, { chatId });
  if (chat === undefined) return { ok: false, reason: 'unknown chat' };
  const page = { limit, ...(before !== undefined && { beforeNumber: before }) };
  const { entries, hasMore, people } = await core.transcript(session, { chatId }, page);
  const messages = entries.flatMap((entry) => toEntry(entry, (id) => people[id], on) ?? []);
  return { ok: true, response: { chat_id: chatId, version: chat.version, messages, has_more: hasMore } };
}

/** What an order came to: where the chat stands now, and what was said [OP calls]. */
function toResult({ chat, events }: Extract<Outcome, { ok: true }>): Fields {
  const said = events.find((event) => event.type === 'MessagePosted');
  const stands = chat === undefined ? {} : { version: chat.version, status: chat.status };
  if (said?.type !== 'MessagePosted') return stands;
  const { id, seq, at } = said.message;
  return { ...stands, message: { id, seq, number: said.number, at } };
}
