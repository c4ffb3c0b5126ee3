import { useSignal } from '@preact/signals';
import type { Chat, Line } from './book.js';
import { useEnd } from './end.js';
import type { Seat } from './seat.js';

const marks = { sending: '…', sent: '✓', read: '✓✓', failed: '!' } as const;
const markWords = { sending: 'on its way', sent: 'sent', read: 'read', failed: 'not sent' } as const;

const speakers = { customer: 'Customer', desk: 'Operator', bot: 'Bot', note: '' } as const;

function LineItem({ line, me }: { readonly line: Line; readonly me: Line['from'] }) {
  const { from, name, text, mark } = line;
  return (
    <li class={from === me ? 'mine' : from}>
      {from !== 'note' && (
        <span class={from === me ? 'unseen' : 'name'}>{from === me ? 'You' : name || speakers[from]}: </span>
      )}
      <span class="words">{text}</span>
      {mark && from === me && (
        <span class="mark">
          <span aria-hidden="true" title={markWords[mark]}>
            {marks[mark]}
          </span>
          <span class="unseen">{markWords[mark]}</span>
        </span>
      )}
    </li>
  );
}

/** What was said in one chat, the newest in sight. */
export function Lines({ chat, me }: { readonly chat: Chat | undefined; readonly me: Line['from'] }) {
  const list = useEnd(true, [chat?.lines.at(-1)?.key, chat?.id]);
  return (
    <div
      class="talk"
      ref={list}
      role="log"
      aria-label={`What you and the ${me === 'desk' ? 'customer' : 'operator'} say`}
      tabIndex={0}
    >
      <ol class="lines">
        {chat?.lines.map((line) => (
          <LineItem key={line.key} line={line} me={me} />
        ))}
        {chat?.isTyping && <li class="typing">is typing …</li>}
      </ol>
    </div>
  );
}

/** What a browser says of a request that reached nobody tells nobody anything. */
function problemOf(error: unknown): string {
  if (error instanceof TypeError) return 'Not sent: the gateway is out of reach.';
  return error instanceof Error ? error.message : String(error);
}

/** Where one writes. Words that could not be sent come back. */
export function Composer({
  seat,
  chatId,
  label,
}: {
  readonly seat: Seat;
  readonly chatId: string;
  readonly label: string;
}) {
  const draft = useSignal('');
  const problem = useSignal('');

  function send(event: Event): void {
    event.preventDefault();
    const text = draft.value;
    if (text.trim() === '') return;
    draft.value = '';
    problem.value = '';
    seat.say(chatId, text).catch((error: unknown) => {
      draft.value ||= text;
      problem.value = problemOf(error);
    });
  }

  return (
    <form class="composer" onSubmit={send}>
      {problem.value && <p role="alert">{problem.value}</p>}
      <input
        type="text"
        aria-label={label}
        placeholder="Write …"
        autocomplete="off"
        maxLength={2000}
        value={draft.value}
        onInput={({ currentTarget }) => (draft.value = currentTarget.value)}
      />
      <button type="submit">
        Send<span class="unseen">: {label.toLowerCase()}</span>
      </button>
    </form>
  );
}
