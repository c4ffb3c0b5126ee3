import type { Core, Session } from '@dragoman/core';

/**
 * The number after which a receiver is told what happens: where it began, which is kept, so that a start that ends at once
 * skips nothing.
 */
export async function beginningOf(
  name: string,
  from: 'now' | 'beginning',
  { core, session }: { readonly core: Core; readonly session: Session },
): Promise<number> {
  const kept = (await session.notes()).get(`${name}/began`);
  if (typeof kept === 'number') return kept;
  const head = from === 'beginning' ? 0 : await core.head(session);
  await session.note(`${name}/began`, head);
  return head;
}
