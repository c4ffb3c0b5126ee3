import { useSignal } from '@preact/signals';
import type { Chat } from './book.js';
import type { Seat } from './seat.js';
import { Composer, Lines } from './talk.js';

/** The console of an operator: his chats, and the one that is open. The newest opens by itself while none was chosen. */
export function Desk({ seat }: { readonly seat: Seat }) {
  const chosen = useSignal('');
  const chats = seat.chats.value;
  const chat = chats.find(({ id }) => id === chosen.value) ?? chats.at(-1);
  return (
    <div class="window desk-window">
      {chats.length > 1 && (
        <ul class="chats" aria-label="Chats">
          {chats.toReversed().map(({ id, title, status }) => (
            <li key={id}>
              <button type="button" aria-pressed={id === chat?.id} onClick={() => (chosen.value = id)}>
                {title} <small>{status}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chat === undefined ? (
        <p class="empty">{seat.remark.value || 'On duty. No chat yet: write something as the customer.'}</p>
      ) : (
        <OpenChat seat={seat} chat={chat} />
      )}
    </div>
  );
}

function OpenChat({ seat, chat }: { readonly seat: Seat; readonly chat: Chat }) {
  return (
    <>
      <div class="chat-head">
        <h3>{chat.title}</h3>
        <p class="remark">{chat.status}</p>
        {chat.canTake && (
          <button type="button" onClick={() => seat.take?.(chat.id)}>
            Take it
          </button>
        )}
        {chat.canFinish && (
          <button type="button" onClick={() => seat.finish?.(chat.id)}>
            Close<span class="unseen"> the chat with {chat.title}</span>
          </button>
        )}
      </div>
      <Lines chat={chat} me="desk" />
      {chat.canSay && <Composer seat={seat} chatId={chat.id} label="Write as the operator" />}
    </>
  );
}
