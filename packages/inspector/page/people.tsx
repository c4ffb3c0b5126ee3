import { Answer } from './answer.js';
import type { Operators, Queue } from './answers.js';
import { Parts, useFirst } from './parts.js';
import { since } from './words.js';

export function QueueList() {
  const first = useFirst();
  return (
    <Answer<Queue> path={`queue?first=${first.value}`}>
      {({ queue, total }) => (
        <>
          {total === 0 ? <p class="empty">Nobody waits.</p> : <QueueTable queue={queue} first={first.value} />}
          <Parts first={first} shown={queue.length} total={total} />
        </>
      )}
    </Answer>
  );
}

function QueueTable({ queue, first }: Pick<Queue, 'queue'> & { readonly first: number }) {
  return (
    <table>
      <thead>
        <tr>
          <th class="number">Place</th>
          <th>Customer</th>
          <th class="number">Waits</th>
          <th>Groups</th>
          <th>Remark</th>
        </tr>
      </thead>
      <tbody>
        {queue.map(({ chatId, customer, queuedAt, groups, priority, isMissed }, index) => (
          <tr key={chatId}>
            <td data-label="Place" class="number">
              {first + index + 1}
            </td>
            <th scope="row">
              <a href={`#chats/${chatId}`}>{customer || chatId}</a>
            </th>
            <td data-label="Waits" class="number">
              {since(queuedAt)}
            </td>
            <td data-label="Groups">{groups.join(', ')}</td>
            <td data-label="Remark">{isMissed ? 'missed' : priority > 0 ? 'came back' : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function OperatorList() {
  const first = useFirst();
  return (
    <Answer<Operators> path={`operators?first=${first.value}`}>
      {({ operators, total, isAccepting }) => (
        <>
          {!isAccepting && <p role="status">The workspace accepts no new chats.</p>}
          {total === 0 ? (
            <p class="empty">No operator has ever been here.</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th>Operator</th>
                  <th>Status</th>
                  <th>Protocol</th>
                  <th>Load</th>
                </tr>
              </thead>
              <tbody>
                {operators.map(({ id, name, spaces, mode, status, isOnline, loads }) => (
                  <tr key={id}>
                    <th scope="row">{name}</th>
                    <td data-label="Status">
                      <span class={isOnline ? 'status assigned' : 'status'}>{isOnline ? status : 'away'}</span>
                      {mode !== 'auto' && <small> {mode}</small>}
                    </td>
                    <td data-label="Protocol">{spaces.join(', ')}</td>
                    <td data-label="Load">
                      {loads.map(({ locale, load, capacity }) => (
                        <Load key={locale} locale={locale} load={load} capacity={capacity} />
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <Parts first={first} shown={operators.length} total={total} />
        </>
      )}
    </Answer>
  );
}

function Load({ locale, load, capacity }: Operators['operators'][number]['loads'][number]) {
  return (
    <span class="load">
      {capacity !== null && <meter min={0} max={Math.max(capacity, 1)} value={load} aria-hidden="true" />}
      {load} of {capacity ?? 'any number'} <small>{locale}</small>
    </span>
  );
}
