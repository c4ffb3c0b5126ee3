import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { ask, key, Refused, signIn, signOut, workspace } from './api.js';
import { OneChat } from './chat.js';
import { ChatList } from './chats.js';
import { AdapterList, DeadLetterList } from './machinery.js';
import { FindMessage, OneMessage } from './message.js';
import { OperatorList, QueueList } from './people.js';

const place = signal(location.hash.slice(1));
addEventListener('hashchange', () => (place.value = location.hash.slice(1)));

interface Room {
  readonly id: string;
  readonly name: string;
  /** The part of the address behind the slash; empty where there is none. */
  readonly show: (name: string) => ComponentChildren;
}

const rooms: readonly Room[] = [
  { id: 'chats', name: 'Chats', show: (id) => (id === '' ? <ChatList /> : <OneChat id={id} />) },
  { id: 'queue', name: 'Queue', show: () => <QueueList /> },
  { id: 'operators', name: 'Operators', show: () => <OperatorList /> },
  { id: 'adapters', name: 'Adapters', show: () => <AdapterList /> },
  { id: 'dead-letters', name: 'Dead letters', show: () => <DeadLetterList /> },
  { id: 'messages', name: 'Where is it?', show: (id) => (id === '' ? <FindMessage /> : <OneMessage id={id} />) },
];

export function App() {
  return key.value === '' ? <Door /> : <House />;
}

/** Asks for the key. */
function Door() {
  const [typed, problem] = [useSignal(''), useSignal('')];

  async function enter(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await ask('workspaces', { as: typed.value });
      signIn(typed.value);
    } catch (error) {
      problem.value = error instanceof Refused && error.status === 401 ? 'This is not the key.' : String(error);
    }
  }

  return (
    <main class="door">
      <h1>
        Dragoman <span>inspector</span>
      </h1>
      <form onSubmit={(event) => void enter(event)}>
        <label>
          The key of <code>admin.key</code>
          <input
            type="password"
            required
            autocomplete="off"
            value={typed.value}
            onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
          />
        </label>
        <button type="submit">Look inside</button>
        {problem.value && <p role="alert">{problem.value}</p>}
      </form>
    </main>
  );
}

function House() {
  const [id = '', name = ''] = place.value.split('/', 2);
  const room = rooms.find((one) => one.id === id) ?? rooms[0];
  useEffect(() => {
    document.title = `${room?.name} – Dragoman inspector`;
  }, [room]);
  return (
    <>
      <header class="masthead">
        <h1>
          Dragoman <span>inspector</span>
        </h1>
        <Workspaces />
        <button type="button" onClick={signOut}>
          Leave
        </button>
      </header>
      <nav aria-label="What to look at">
        {rooms.map((one) => (
          <a key={one.id} href={`#${one.id}`} aria-current={one === room ? 'page' : undefined}>
            {one.name}
          </a>
        ))}
      </nav>
      <main key={place.value}>
        {name === '' && <h2 class="unseen">{room?.name}</h2>}
        {room?.show(decodeURIComponent(name))}
      </main>
    </>
  );
}

/** Only where there is a choice. */
function Workspaces() {
  const all = useSignal<readonly string[]>([]);
  useEffect(() => {
    void ask<{ readonly workspaces: readonly string[] }>('workspaces').then(
      ({ workspaces }) => (all.value = workspaces),
      () => undefined,
    );
  }, []);
  if (all.value.length < 2) return null;
  return (
    <select
      aria-label="Workspace"
      value={workspace.value}
      onChange={({ currentTarget }) => (workspace.value = currentTarget.value)}
    >
      {all.value.map((id) => (
        <option key={id}>{id}</option>
      ))}
    </select>
  );
}
