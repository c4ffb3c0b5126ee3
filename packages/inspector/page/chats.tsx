import { signal, useSignal } from '@preact/signals';
import { Answer } from './answer.js';
import type { ChatRow, Chats } from './answers.js';
import { Parts, useFirst } from './parts.js';
import { Time } from './words.js';

/** Kept while one looks at a chat and comes back. */
const filter = signal({ status: '', space: '', text: '' });
type Filter = typeof filter.value;

export function ChatList() {
  const spaces = useSignal<readonly string[]>([]);
  const statuses = useSignal<readonly string[]>([]);
  const first = useFirst();
  const query = new URLSearchParams({ ...filter.value, first: `${first.value}` }).toString();

  function narrow(more: Partial<Filter>): void {
    filter.value = { ...filter.value, ...more };
    first.value = 0;
  }

  return (
    <>
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          Status
          <select value={filter.value.status} onChange={({ currentTarget }) => narrow({ status: currentTarget.value })}>
            <option value="">any</option>
            {statuses.value.map((status) => (
              <option key={status}>{status}</option>
            ))}
          </select>
        </label>
        <label>
          Protocol
          <select value={filter.value.space} onChange={({ currentTarget }) => narrow({ space: currentTarget.value })}>
            <option value="">any</option>
            {spaces.value.map((space) => (
              <option key={space}>{space}</option>
            ))}
          </select>
        </label>
        <label>
          Name, subject or id
          <input
            type="search"
            value={filter.value.text}
            onInput={({ currentTarget }) => narrow({ text: currentTarget.value })}
          />
        </label>
      </form>
      <Answer<Chats> path={`chats?${query}`}>
        {({ chats, total, statuses: all }) => {
          if (statuses.value.length === 0) queueMicrotask(() => (statuses.value = ['open', ...all]));
          const known = [...new Set([...spaces.value, ...chats.flatMap((chat) => chat.spaces)])].toSorted();
          if (known.length > spaces.value.length) queueMicrotask(() => (spaces.value = known));
          return (
            <>
              <ChatTable chats={chats} total={total} />
              <Parts first={first} shown={chats.length} total={total} />
            </>
          );
        }}
      </Answer>
    </>
  );
}

function ChatTable({ chats, total }: Omit<Chats, 'statuses'>) {
  if (total === 0) return <p class="empty">No chat is like this.</p>;
  return (
    <>
      <p class="count" role="status">
        {total === 1 ? 'One chat' : `${total} chats`}
      </p>
      <table>
        <thead>
          <tr>
            <th>Customer</th>
            <th>Status</th>
            <th>Operator</th>
            <th>Protocol</th>
            <th class="number">Messages</th>
            <th class="number">Changed</th>
          </tr>
        </thead>
        <tbody>
          {chats.map((chat) => (
            <ChatLine key={chat.id} chat={chat} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function ChatLine({ chat }: { readonly chat: ChatRow }) {
  return (
    <tr>
      <th scope="row">
        <a href={`#chats/${chat.id}`}>{chat.customer || chat.id}</a>
        {chat.subject && <small>{chat.subject}</small>}
      </th>
      <td data-label="Status">
        <span class={`status ${chat.status}`}>{chat.status}</span>
      </td>
      <td data-label="Operator">{chat.operator ?? '–'}</td>
      <td data-label="Protocol">{chat.spaces.join(', ')}</td>
      <td data-label="Messages" class="number">
        {chat.messages}
        {chat.unread > 0 && <small>, {chat.unread} unread</small>}
      </td>
      <td data-label="Changed" class="number">
        <Time at={chat.changedAt} />
      </td>
    </tr>
  );
}
