import { byteCount, dumpOf } from './bytes.js';
import type { LadderRung } from './ladder.js';

interface RungProps {
  readonly rung: LadderRung;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

const timeOf = (at: number): string => new Date(at).toISOString().slice(14, 23);

/** From where to where, for those who do not see the arrow. */
function courseOf(rung: LadderRung): string {
  if (rung.kind !== 'frame') return 'core';
  const who = rung.side === 'customer' ? 'customer' : 'operator';
  return rung.way === 'in' ? `${who} to core` : `core to ${who}`;
}

function remarkOf(rung: LadderRung): string {
  switch (rung.kind) {
    case 'frame':
      return `${byteCount(rung.data)} B`;
    case 'command':
      return rung.outcome === 'OK' ? ms(rung.tookMs) : rung.outcome;
    case 'event':
      return rung.isReplay ? 'handed over' : rung.storedMs === null ? '' : `stored ${ms(rung.storedMs)}`;
  }
}

/** One step of the ladder; opens to all that is in it. */
export function RungItem({ rung, isOpen, toggle }: RungProps) {
  const side = 'side' in rung ? rung.side : 'core';
  const way = rung.kind === 'frame' ? rung.way : '';
  return (
    <li class={`rung ${rung.kind} ${side} ${way}`}>
      <button type="button" aria-expanded={isOpen} onClick={toggle}>
        <time>{rung.sinceMs === null ? timeOf(rung.at) : `+${rung.sinceMs} ms`}</time>
        <span class="course">
          <span class="unseen">{courseOf(rung)}: </span>
          <span class="label">{rung.label}</span> <small>{remarkOf(rung)}</small>
        </span>
      </button>
      {isOpen && <Inside rung={rung} />}
    </li>
  );
}

function Inside({ rung }: { readonly rung: LadderRung }) {
  if (rung.kind !== 'frame') return <pre tabIndex={0}>{JSON.stringify(rung.detail, null, 2)}</pre>;
  return (
    <>
      <p>
        {rung.space}, {courseOf(rung)}, {byteCount(rung.data)} bytes
      </p>
      <pre tabIndex={0} class="text">
        {rung.data}
      </pre>
      <pre tabIndex={0}>{dumpOf(rung.data)}</pre>
    </>
  );
}
