import { outsideId, type ChatSummary, type Fields, type Lobby, type ParticipantId } from '@dragoman/core';
import { toChat, toPerson, type WhoIs } from './chat.js';
import { operatorLimits, type Call } from './frames.js';

/** Who looks at the lobby, and in which space. */
export interface Viewer {
  readonly id: ParticipantId;
  readonly space: string;
}

/** A page of the chats that are not closed, newest first [OP calls]. */
export function toChatList(lobby: Lobby, by: Viewer, call: Extract<Call, { call: 'chats.list' }>): Fields {
  const { before, limit } = call;
  const found = [...lobby.chats.values()].filter((chat) => {
    const isFurther = before === undefined || chat.id < before;
    return isFurther && isIn(call.scope, chat, by);
  });
  // Ids grow with time.
  found.sort((a, b) => (a.id < b.id ? 1 : -1));
  const whoIs: WhoIs = (id) => lobby.person(id);
  return { chats: found.slice(0, limit).map((chat) => toChat(chat, whoIs, by.space)), has_more: found.length > limit };
}

function isIn(scope: Extract<Call, { call: 'chats.list' }>['scope'], chat: ChatSummary, { id }: Viewer): boolean {
  if (scope === 'mine') return chat.assigneeId === id || chat.memberIds.includes(id);
  return scope === 'all' || chat.status === 'pending' || chat.status === 'missed';
}

/** Everybody who has ever worked here, as far as one answer reaches. */
export function toOperatorList(lobby: Lobby, { space }: Viewer): Fields {
  const operators = [...lobby.operators.values()].slice(0, operatorLimits.page).map(({ id, status, isOnline }) => ({
    ...toPerson(id, 'operator', (one) => lobby.person(one), space),
    status,
    is_online: isOnline,
  }));
  return { operators };
}

/** Whom an operator's id on this wire names; undefined: nobody. */
export function colleagueIn(lobby: Lobby, wireId: string, { space }: Viewer): ParticipantId | undefined {
  return [...lobby.operators.keys()].find((id) => {
    const who = lobby.person(id);
    return id === wireId || (who !== undefined && String(outsideId(who, space, 'operator')) === wireId);
  });
}
