import { useSignal } from '@preact/signals';
import { Answer } from './answer.js';
import type { Adapters, DeadLetters } from './answers.js';
import { ask } from './api.js';
import { Parts, useFirst } from './parts.js';
import { plain, Time } from './words.js';

export function AdapterList() {
  return (
    <Answer<Adapters> path="adapters">
      {({ adapters }) => adapters.map((adapter) => <OneAdapter key={adapter.name} adapter={adapter} />)}
    </Answer>
  );
}

function OneAdapter({ adapter }: { readonly adapter: Adapters['adapters'][number] }) {
  const { name, problems, waiting, lagMs, commands, refused, clients } = adapter;
  const open = clients.reduce((sum, client) => sum + client.open, 0);
  return (
    <section class="adapter">
      <h2>
        {name}{' '}
        <span class={problems.length === 0 ? 'status assigned' : 'status missed'}>
          {problems.length === 0 ? 'well' : 'ill'}
        </span>
      </h2>
      {problems.map((problem) => (
        <p key={problem} role="alert">
          {problem}
        </p>
      ))}
      <p class="about">
        {open} connected, {commands} commands since the start
        {refused.length > 0 && `, refused: ${refused.map(({ code, count }) => `${code} ${count}`).join(', ')}`}
        {waiting > 0 && `, ${waiting} events wait, the oldest for ${lagMs} ms`}
      </p>
      {clients.length > 0 && (
        <table>
          <caption class="unseen">Clients seen on {name}</caption>
          <thead>
            <tr>
              <th>Client</th>
              <th>Transport</th>
              <th class="number">Connected</th>
              <th class="number">Seen</th>
              <th class="number">Last</th>
            </tr>
          </thead>
          <tbody>
            {clients.map((client) => (
              <tr key={`${client.client} ${client.transport}`}>
                <th scope="row">{client.client || 'does not say'}</th>
                <td data-label="Transport">{client.transport}</td>
                <td data-label="Connected" class="number">
                  {client.open}
                </td>
                <td data-label="Seen" class="number">
                  {client.seen}
                </td>
                <td data-label="Last" class="number">
                  <Time at={client.lastAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** What was set aside, to be tried again. */
export function DeadLetterList() {
  const told = useSignal('');
  const first = useFirst();

  async function redrive(adapter: string, id: string): Promise<void> {
    told.value = 'Once more …';
    await ask(`dead-letters/${encodeURIComponent(adapter)}/${encodeURIComponent(id)}/redrive`, { method: 'POST' }).then(
      () => (told.value = 'It was tried once more. What is not taken now stays here, or comes back.'),
      (error: unknown) => (told.value = String(error)),
    );
  }

  return (
    <Answer<DeadLetters> path={`dead-letters?first=${first.value}`} everyMs={10_000}>
      {({ deadLetters, total, unread }, again) => (
        <>
          <p role="status">{told.value}</p>
          {unread.map((name) => (
            <p key={name} role="alert">
              What {name} has set aside cannot be read now.
            </p>
          ))}
          {total === 0 && unread.length === 0 ? (
            <p class="empty">Everything was taken.</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th>Event</th>
                  <th>For, or from</th>
                  <th>Reason</th>
                  <th class="number">Attempts</th>
                  <th class="number">Set aside</th>
                  <th>
                    <span class="unseen">What to do</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {deadLetters.map(({ adapter, id, to, way, event, chatId, reason, attempts, at }) => (
                  <tr key={`${adapter} ${id}`}>
                    <th scope="row">
                      {chatId === null ? plain(event) : <a href={`#chats/${chatId}`}>{plain(event)}</a>}
                    </th>
                    <td data-label={way === 'out' ? 'For' : 'From'}>
                      {to} <small>{adapter}</small>
                    </td>
                    <td data-label="Reason">{reason}</td>
                    <td data-label="Attempts" class="number">
                      {attempts}
                    </td>
                    <td data-label="Set aside" class="number">
                      {at === null ? '–' : <Time at={at} />}
                    </td>
                    <td>
                      <button
                        type="button"
                        onClick={() =>
                          void redrive(adapter, id)
                            .then(again)
                            .then(() => setTimeout(again, 1000))
                        }
                      >
                        {way === 'out' ? 'Send again' : 'Take again'}
                        <span class="unseen">
                          {' '}
                          {plain(event)} {way === 'out' ? 'to' : 'from'} {to}
                        </span>
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <Parts first={first} shown={deadLetters.length} total={total} />
        </>
      )}
    </Answer>
  );
}
