import type { Seat } from './seat.js';
import { Composer, Lines } from './talk.js';

/** The chat window of a customer's page. */
export function Widget({ seat }: { readonly seat: Seat }) {
  const chat = seat.chats.value.at(-1);
  return (
    <div class="window">
      <p class="remark" role="status">
        {seat.remark.value || chat?.status || (chat === undefined ? 'your first words open a chat' : 'open')}
      </p>
      <Lines chat={chat} me="customer" />
      {seat.standing.value === 'refused' ? null : (
        <Composer seat={seat} chatId={chat?.id ?? ''} label="Write as the customer" />
      )}
    </div>
  );
}
