import type { ChatRef, ChatSummary, Command, Lobby, Outcome } from '@dragoman/core';
import type { Line } from '../dialect.js';

type NamedChat = ChatRef & ({ readonly key: string } | { readonly chatId: string });

/**
 * Chats of other dialects go by the core's id here, our own by the name their customer brought. Which it is shows in the
 * lobby, while the chat is open.
 */
export function refOf(lobby: Lobby, id: string): NamedChat {
  return lobby.chats.has(id) ? { chatId: id } : { key: id };
}

/** Dispatches, and where nothing goes by that name of ours asks for a chat of another dialect that is over. */
export async function dispatched({ dispatch }: Pick<Line, 'dispatch'>, command: Command): Promise<Outcome> {
  const outcome = await dispatch(command);
  const isUnknown = !outcome.ok && outcome.rejection.code === 'UNKNOWN_CHAT';
  if (!isUnknown || !('to' in command) || typeof command.to === 'string' || !('key' in command.to)) return outcome;
  return dispatch({ ...command, to: { chatId: command.to.key } });
}

/** Undefined: there is no such chat, open or over. */
export async function chatBy(line: Line, id: string): Promise<ChatSummary | undefined> {
  const ref = refOf(line.lobby(), id);
  return (await line.find(ref)) ?? ('key' in ref ? line.find({ chatId: id }) : undefined);
}
