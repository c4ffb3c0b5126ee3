/**
 * The id of a command that came with a key: the key's own, so that two keys cannot meet, and later who asked can be told
 * from the log of events.
 */
export function commandIdOf(space: string, keyId: string, id: string): string {
  return `${space}/${keyId}/${id}`;
}

/** The key that a command of this space came with; null: it came from elsewhere. */
export function keyIdIn(commandId: string, space: string): string | null {
  if (!commandId.startsWith(`${space}/`)) return null;
  const rest = commandId.slice(space.length + 1);
  const end = rest.indexOf('/');
  return end < 1 ? null : rest.slice(0, end);
}
