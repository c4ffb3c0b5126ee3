import type { ChatId, ChatSummary, Core, Happening, People, Session } from '@dragoman/core';

/** A chat that is over, and the names of its people. */
export interface ClosedChat {
  readonly chat: ChatSummary;
  readonly people: People;
}

/** The latest chats that are over: the lobby holds the others. */
export interface ClosedChats {
  readonly all: ReadonlyMap<ChatId, ClosedChat>;
  hear(event: Happening): void;
}

const maxChats = 1000;

/** How far back the log is read at the start, in events. */
const lookBack = 5000;
const pageSize = 1000;

export function createClosedChats(): ClosedChats {
  const all = new Map<ChatId, ClosedChat>();
  return {
    all,
    hear(event) {
      if (!('version' in event) || !('chatId' in event)) return;
      all.delete(event.chatId);
      if (event.chat.status !== 'closed') return;
      all.set(event.chatId, { chat: event.chat, people: event.people });
      const [oldest] = all.size > maxChats ? all.keys() : [];
      if (oldest !== undefined) all.delete(oldest);
    },
  };
}

/** Tells what happened not long before the start. */
export async function recall(core: Core, session: Session, hear: ClosedChats['hear']): Promise<void> {
  const head = await core.head(session);
  let afterNumber = Math.max(0, head - lookBack);
  for (;;) {
    const page = await core.events(session, { afterNumber, limit: pageSize });
    page.events.forEach(hear);
    if (page.lastNumber === afterNumber || page.lastNumber >= head) return;
    afterNumber = page.lastNumber;
  }
}
