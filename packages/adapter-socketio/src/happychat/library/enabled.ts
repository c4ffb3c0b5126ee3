import { isRecord } from '../frames.js';
import { at, type LibraryState } from './state.js';

/** Every locale and group in which somebody would take a new chat now, as `fr-__default` [HCS accept]. */
export function enabledWishes(state: LibraryState): readonly string[] {
  if (!state.operators.system.acceptsCustomers) return [];
  return state.locales.supported.flatMap((locale) =>
    Object.values(state.groups).flatMap(({ id }) => (takesChats(state, locale, id) ? [`${locale}-${id}`] : [])),
  );
}

function takesChats({ operators, locales, groups }: LibraryState, locale: string, groupId: string): boolean {
  const members = at(groups, groupId)?.members ?? {};
  return Object.entries(at(locales.memberships, locale) ?? {}).some(([id, { active, capacity, load }]) => {
    const operator = at(operators.identities, id);
    if (!active || !isRecord(operator) || operator['online'] !== true || !Object.hasOwn(members, id)) return false;
    const isWorking = operator['status'] === 'available' || operator['status'] === 'reserve';
    return isWorking && (operator['requestingChat'] === true || capacity > load);
  });
}
