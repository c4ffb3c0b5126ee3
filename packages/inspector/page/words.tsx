/** A time as people read it, and as machines do. */
export function Time({ at }: { readonly at: number }) {
  const iso = new Date(at).toISOString();
  const isToday = iso.slice(0, 10) === new Date().toISOString().slice(0, 10);
  return (
    <time dateTime={iso} title={iso}>
      {isToday ? iso.slice(11, 19) : iso.slice(0, 16).replace('T', ' ')}
    </time>
  );
}

/** To the millisecond, for what follows closely. */
export function ExactTime({ at }: { readonly at: number }) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {iso.slice(11, 23)}
    </time>
  );
}

/** How long since then, in one unit. */
export function since(at: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

/** The name of an event in plain words: `ChatAssigned` is `chat assigned`. */
export const plain = (type: string): string => type.replaceAll(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
