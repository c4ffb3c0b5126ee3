import type { Seat, Standing } from './seat.js';

const words: Readonly<Record<Standing, string>> = {
  away: 'not connected',
  connecting: 'connecting …',
  here: 'connected',
  refused: 'not served',
};

/** How the client stands, and the cable to pull. */
export function Plug({ seat, name }: { readonly seat: Seat; readonly name: string }) {
  const isPlugged = seat.cable.isPlugged.value;
  const standing = isPlugged ? words[seat.standing.value] : 'unplugged';
  return (
    <div class="plug" data-standing={isPlugged ? seat.standing.value : 'unplugged'}>
      <p role="status">{standing}</p>
      <button type="button" onClick={() => (isPlugged ? seat.cable.unplug() : seat.cable.plug())}>
        {isPlugged ? 'Drop the connection' : 'Connect again'}
        <span class="unseen"> of {name}</span>
      </button>
    </div>
  );
}
