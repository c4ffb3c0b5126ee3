import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Desk } from './desk.js';
import type { Place } from './places.js';
import { Plug } from './plug.js';
import { Widget } from './widget.js';

interface SideProps {
  readonly side: 'customer' | 'desk';
  readonly title: string;
  readonly places: readonly Place[];
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

/**
 * One side of the conversation: a tab for each protocol. Whoever was opened stays connected behind the others; of the
 * operators only the one in sight is given new chats.
 */
export function Side({ side, title, places }: SideProps) {
  const chosen = useSignal(places[0]);
  const tabs = useRef<HTMLDivElement>(null);
  const place = chosen.value;

  useEffect(() => {
    place?.seat.connect();
    return () => place?.seat.rest?.();
  }, [place]);

  function walk(event: KeyboardEvent): void {
    const step = steps[event.key];
    if (step === undefined || place === undefined) return;
    event.preventDefault();
    const next = (places.indexOf(place) + step + places.length) % places.length;
    chosen.value = places[next];
    tabs.current?.querySelectorAll('button')[next]?.focus();
  }

  return (
    <section class={`side ${side}`} aria-label={title}>
      <h2>{title}</h2>
      <div class="tabs" role="tablist" aria-label={`${title}: protocol`} ref={tabs} onKeyDown={walk}>
        {places.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            id={`${side}-tab-${one.id}`}
            aria-selected={one === place}
            aria-controls={`${side}-panel`}
            tabIndex={one === place ? 0 : -1}
            onClick={() => (chosen.value = one)}
          >
            {one.name} <small>{one.over}</small>
          </button>
        ))}
      </div>
      {place && (
        <div
          class="panel"
          role="tabpanel"
          id={`${side}-panel`}
          aria-labelledby={`${side}-tab-${place.id}`}
          key={place.id}
        >
          <Plug seat={place.seat} name={place.name} />
          {side === 'customer' ? <Widget seat={place.seat} /> : <Desk seat={place.seat} />}
        </div>
      )}
    </section>
  );
}
