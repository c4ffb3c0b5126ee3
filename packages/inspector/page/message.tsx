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

type Hop = Trace['hops'][number];

interface Step {
  readonly at: number | null;
  readonly what: string;
  readonly result: string;
  readonly frame: Hop['frame'];
}

/** Not every protocol has a word for it. */
const confirmed = (what: string, at: number | null): Step => ({
  ...{ at, what, frame: null },
  result: at === null ? 'not confirmed' : 'confirmed',
});

function stepOf({ at, what, space, role, name, tookMs, isReplay, frame }: Hop): Step {
  const who = `${name} (${role})`;
  switch (what) {
    case 'asked':
      return { at, what: `${who} says it on ${space}`, result: `accepted after ${tookMs?.toFixed(1)} ms`, frame };
    case 'handed':
      return { at, what: `handed to ${space} for ${who}`, result: isReplay ? 'after coming back' : 'at once', frame };
    case 'framed':
      return { at, what: `a frame of ${space} goes out to ${who}`, result: 'sent', frame };
    case 'written':
      return { at, what: `${space} has written it for ${who}`, result: 'not to be handed over again', frame };
  }
}

/** Within one tick of the clock. */
const order = ['handed', 'framed', 'written'];

function stepsOf({ storedAt, hops, line: { message } }: Trace): readonly Step[] {
  const receipt = message?.receipt;
  const stored = { at: storedAt, what: 'decided by the core', result: 'on disk before anybody was told', frame: null };
  const heard = hops
    .filter(({ what }) => what !== 'asked')
    .toSorted((one, other) => one.at - other.at || order.indexOf(one.what) - order.indexOf(other.what));
  const later = [
    ...heard.map(stepOf),
    confirmed('delivered to the other side', receipt?.deliveredAt ?? null),
    confirmed('read by the other side', receipt?.readAt ?? null),
  ];
  return [
    ...hops.filter(({ what }) => what === 'asked').map(stepOf),
    stored,
    ...later.toSorted((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity)),
  ];
}

function Bytes({ frame }: { readonly frame: NonNullable<Hop['frame']> }) {
  return (
    <details>
      <summary>the frame</summary>
      <pre tabIndex={0}>
        {frame.text}
        {frame.isCut && ' …'}
      </pre>
    </details>
  );
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
          <table class="hops">
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
                  <th scope="row">
                    <span>{step.what}</span>
                  </th>
                  <td data-label="Result">
                    {step.result}
                    {step.frame && <Bytes frame={step.frame} />}
                  </td>
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
