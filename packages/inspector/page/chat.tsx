import { Answer } from './answer.js';
import type { Timeline, TimelineLine } from './answers.js';
import { plain, Time } from './words.js';

export function OneChat({ id }: { readonly id: string }) {
  return (
    <Answer<Timeline> path={`chats/${encodeURIComponent(id)}`}>
      {({ chat, lines, hasMore }) => (
        <>
          <h2>{chat.customer || 'A chat'}</h2>
          <p class="about">
            <span class={`status ${chat.status}`}>{chat.status}</span> {chat.spaces.join(', ')}, operator{' '}
            {chat.operator ?? 'none'}
            {chat.closeReason && `, closed by ${chat.closeReason}`}
          </p>
          <p class="about">
            <code>{chat.id}</code>
          </p>
          {hasMore && <p class="count">Only the newest {lines.length} lines.</p>}
          <ol class="timeline">
            {lines.map((line) => (
              <Line key={line.version} line={line} />
            ))}
          </ol>
        </>
      )}
    </Answer>
  );
}

/** A message, with how far it came, or a step in the life of the chat. */
function Line({ line: { at, type, by, message, facts } }: { readonly line: TimelineLine }) {
  if (message === null) {
    return (
      <li class="step">
        <Time at={at} />
        <span>
          {plain(type)} {facts} {by && <small>by {by}</small>}
        </span>
      </li>
    );
  }
  return (
    <li class={`said ${message.role}`}>
      <Time at={at} />
      <div>
        <small>
          {by ?? 'system'} ({message.role}){message.visibility !== 'all' && `, for ${message.visibility} only`}
        </small>
        <p>{message.text}</p>
        <a href={`#messages/${encodeURIComponent(message.id)}`}>
          {message.receipt?.state ?? 'sent'}: where is it?
          <span class="unseen"> {message.text}</span>
        </a>
      </div>
    </li>
  );
}
