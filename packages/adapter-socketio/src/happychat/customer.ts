import type { ChatSummary, Delivery, Fields, Outcome, PostMessage } from '@dragoman/core';
import type { Guest, Surroundings, Visit } from '../dialect.js';
import type { Frame, Inbound } from '../transport.js';
import { parseCustomer, type CustomerFrame, type HappychatWishes } from './frames.js';
import { customerLog, transcriptBefore } from './history.js';
import type { Surface } from './messages.js';
import { hearsAdvice, statusForCustomer } from './status.js';
import { createThrottle } from './throttle.js';
import { customerCommand, toFrames, toRefusal } from './translate.js';

/** How often typing of one socket goes on, ms [HC customer/typing]. */
const typingEveryMs = 100;

/** What a customer's visit needs of the dialect's options. */
export interface CustomerDesk extends Surface {
  /** How long a closed chat of the same `session_id` is taken up again, ms. */
  readonly reuseMs: number;
}

/** Receives a customer: says where his chat stands, and joins what he says to what others say [HC 2.1]. */
export async function receiveCustomer(
  visit: Visit<Fields>,
  desk: CustomerDesk,
  around: Surroundings,
): Promise<Guest | undefined> {
  const { peer, user, line } = visit;
  const key = String(user['session_id']);
  const first = peer.reserve();
  const opened = await openChat(visit, key);
  if (!opened.ok) return undefined;
  let chat = current(opened.chat ?? null, around.clock.now(), desk.reuseMs);
  let wishes = openingOf(user);

  const joinedAt = chat?.version ?? 0;
  line.listen(hear, ({ event }) => !('version' in event) || event.version <= joinedAt);
  first(await greet(visit, chat, wishes, desk));

  function hear({ event, view }: Delivery): void {
    if (event.type === 'AcceptingChanged') {
      if (!hearsAdvice(chat)) return;
    } else {
      // Other chats of the same person are other sessions of the site.
      if (!('chat' in event) || event.chat.addresses[desk.space] !== key) return;
      chat = event.chat;
    }
    for (const outgoing of toFrames(event, view, desk)) if ('frame' in outgoing) peer.send(outgoing.frame);
  }

  function command(frame: CustomerFrame): Promise<Outcome> | undefined {
    const asked = customerCommand(frame, { space: desk.space, key, reuseMs: desk.reuseMs, opening: wishes });
    return asked && line.dispatch(asked);
  }

  const typing = createThrottle<CustomerFrame>(typingEveryMs, around.clock, (frame) => void command(frame));

  function receive({ name, args, ack }: Inbound): void {
    const frame = parseCustomer(name, args);
    switch (frame?.kind) {
      case undefined:
        return;
      case 'typing':
        return typing.push(frame);
      case 'transcript':
        if (ack !== undefined) void answerTranscript(visit, chat, frame.before, desk, ack);
        return;
      case 'preferences':
        wishes = { ...wishes, ...frame.wishes };
        if (chat !== null) void command(frame);
        return;
      case 'setFields':
        wishes = { ...wishes, fields: { ...wishes.fields, ...frame.fields } };
        if (chat !== null) void command(frame);
        return;
      case 'message':
        typing.drop();
        void command(frame);
    }
  }

  return { receive, leave: () => typing.stop() };
}

type Opening = NonNullable<PostMessage['opening']>;

/** Finds the chat of the session, which several users may share: whoever knows its id is one of its customers [HC 3]. */
async function openChat({ line }: Visit<Fields>, key: string): Promise<Outcome> {
  const opened = await line.dispatch({ type: 'OpenChat', key });
  if (opened.ok || opened.rejection.code !== 'ID_CONFLICT') return opened;
  return line.dispatch({ type: 'JoinChat', to: { key } });
}

/** Null for what is as good as never opened: nothing said yet, or closed so long ago that it starts anew. */
function current(chat: ChatSummary | null, now: number, reuseMs: number): ChatSummary | null {
  if (chat === null || chat.version === 0) return null;
  return chat.closedAt !== null && chat.status === 'closed' && now - chat.closedAt >= reuseMs ? null : chat;
}

function openingOf(user: Fields): Opening {
  const { locale, groups } = user;
  const displayName = user['displayName'] ?? user['name'];
  return {
    ...(typeof displayName === 'string' && { displayName: displayName.slice(0, 200) }),
    ...(typeof locale === 'string' && { locale }),
    ...(Array.isArray(groups) && { groups: groups.filter((group) => typeof group === 'string') }),
  };
}

/** `init`, `accept`, `status`, `log`, in this order, to the new socket alone [HC 2.1 order on join]. */
async function greet(
  { user, line }: Visit<Fields>,
  chat: ChatSummary | null,
  wishes: HappychatWishes,
  desk: CustomerDesk,
): Promise<readonly Frame[]> {
  const isAccepted = !hearsAdviceOnJoin(chat) || line.canAccept(wishes);
  const log = chat === null ? [] : await customerLog(line, chat.id, chat.version, desk);
  return [
    { name: 'init', args: [user] },
    { name: 'accept', args: [isAccepted] },
    { name: 'status', args: [statusForCustomer(chat?.status ?? 'new')] },
    { name: 'log', args: [log] },
  ];
}

/** A chat under way joins with `true`: it is no new chat, and `false` would lock its composer [HC 2.4 accept]. */
function hearsAdviceOnJoin(chat: ChatSummary | null): boolean {
  const status = statusForCustomer(chat?.status ?? 'new');
  return status === 'new' || status === 'closed';
}

async function answerTranscript(
  { line }: Visit<Fields>,
  chat: ChatSummary | null,
  before: number | null,
  desk: CustomerDesk,
  ack: NonNullable<Inbound['ack']>,
): Promise<void> {
  try {
    const messages =
      chat === null ? [] : await transcriptBefore(line, { chatId: chat.id, before, side: 'customer' }, desk);
    ack(null, { timestamp: before, messages });
  } catch {
    ack(toRefusal('BUSY'), null);
  }
}
