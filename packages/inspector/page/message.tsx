import { useSignal } from '@preact/signals';
import { Answer } from './answer.js';
import type { Trace } from './answers.js';
import { ExactTime } from './words.js';

/** Asks for the id of a message: one of ours, or the one its client gave it. */
export function FindMessage() {
  const id = useSignal('');
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = `messages/${encodeURIComponent(id.value.trim())}`;
      }}
    >
      <label>
        The id of a message
        <input
          type="search"
          required
          value={id.value}
          onInput={({ currentTarget }) => (id.value = currentTarget.value)}
        />
      </label>
      <button type="submit">Where is it?</button>
    </form>
  );
}

interface Step {
  readonly at: number | null;
  readonly what: string;
  readonly result: string;
}

/** Not every protocol has a word for it. */
const confirmed = (what: string, at: number | null): Step => ({
  at,
  what,
  result: at === null ? 'not confirmed' : 'confirmed',
});

function stepsOf({ storedAt, hops, line: { message } }: Trace): readonly Step[] {
  const receipt = message?.receipt;
  const steps: readonly Step[] = [
    ...hops.map(({ at, what, space, role, name, tookMs, isReplay }) =>
      what === 'asked'
        ? { at, what: `${name} (${role}) says it on ${space}`, result: `accepted after ${tookMs?.toFixed(1)} ms` }
        : { at, what: `handed to ${name} (${role}) on ${space}`, result: isReplay ? 'after coming back' : 'at once' },
    ),
    { at: storedAt, what: 'decided by the core', result: 'on disk before anybody was told' },
    confirmed('delivered to the other side', receipt?.deliveredAt ?? null),
    confirmed('read by the other side', receipt?.readAt ?? null),
  ];
  return steps.toSorted((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity));
}

/** Every hop of one message, with its time and its result. */
export function OneMessage({ id }: { readonly id: string }) {
  return (
    <Answer<Trace> path={`messages/${encodeURIComponent(id)}`}>
      {(trace) => (
        <>
          <h2>Where is it?</h2>
          <blockquote>{trace.line.message?.text}</blockquote>
          <p class="about">
            {trace.line.by ?? 'the system'}, in <a href={`#chats/${trace.chatId}`}>this chat</a>
          </p>
          <table>
            <thead>
              <tr>
                <th>When</th>
                <th>Hop</th>
                <th>Result</th>
              </tr>
            </thead>
            <tbody>
              {stepsOf(trace).map((step) => (
                <tr key={`${step.at} ${step.what}`}>
                  <td data-label="When">{step.at === null ? '–' : <ExactTime at={step.at} />}</td>
                  <th scope="row">{step.what}</th>
                  <td data-label="Result">{step.result}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {trace.hops.length === 0 && (
            <p class="about">It was said before the gateway was started: hops between the adapters are not kept.</p>
          )}
        </>
      )}
    </Answer>
  );
}
