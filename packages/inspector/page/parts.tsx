import { useSignal, type Signal } from '@preact/signals';

/** From which one on a list is shown. */
export const useFirst = (): Signal<number> => useSignal(0);

interface PartsProps {
  readonly first: Signal<number>;
  readonly shown: number;
  readonly total: number;
}

const counted = new Intl.NumberFormat('en');

/** Which part of a long list is shown, and the ways to the others; nothing where all of it is. */
export function Parts({ first, shown, total }: PartsProps) {
  const from = first.value;
  if (from === 0 && shown >= total) return null;
  const size = 100;
  const go = (to: number): void => {
    first.value = Math.max(0, to);
    scrollTo(0, 0);
  };
  return (
    <nav class="parts" aria-label="Parts of the list">
      <button type="button" disabled={from === 0} onClick={() => go(from - size)}>
        Before
      </button>
      <span role="status">
        {shown === 0 ? 'none' : `${counted.format(from + 1)} to ${counted.format(from + shown)}`} of{' '}
        {counted.format(total)}
      </span>
      <button type="button" disabled={from + shown >= total} onClick={() => go(from + size)}>
        After
      </button>
    </nav>
  );
}
