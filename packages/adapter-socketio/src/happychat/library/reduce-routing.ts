import { idIn, numberIn, textIn, type LibraryAction } from './actions.js';
import {
  at,
  defaultGroupId,
  mapped,
  put,
  withDefault,
  without,
  type LibraryGroup,
  type LibraryMembership,
  type LibraryState,
} from './state.js';

type Groups = LibraryState['groups'];
type Locales = LibraryState['locales'];

/** What a membership starts with [HCS locales]. */
const freshMembership: LibraryMembership = { capacity: 3, load: 0, active: true };

const groupSteps = new Map<string, (groups: Groups, action: LibraryAction) => Groups>([
  ['ADD_GROUP', addGroup],
  ['REMOVE_GROUP', (groups, action) => (action['id'] === defaultGroupId ? groups : without(groups, action['id']))],
  ['ADD_GROUP_MEMBER', (groups, action) => membership(groups, action, textIn(action, 'operator_id'), true)],
  ['REMOVE_GROUP_MEMBER', (groups, action) => membership(groups, action, textIn(action, 'operator_id'), false)],
  [
    'UPDATE_OPERATOR_MEMBERSHIP',
    (groups, action) => membership(groups, action, idIn(action, '__remote_user'), action['isMember'] === true),
  ],
  ['DESERIALIZE', (groups) => mapped(groups, (group) => (group.id ? group : undefined))],
]);

/** Groups and who is in them [HCS groups]. */
export function reduceGroups(groups: Groups, action: LibraryAction): Groups {
  return groupSteps.get(action.type)?.(groups, action) ?? groups;
}

/** A group that is added again begins anew, without members. */
function addGroup(groups: Groups, action: LibraryAction): Groups {
  const id = textIn(action, 'id');
  if (id === undefined) return groups;
  const name = textIn(action, 'name');
  return put(groups, id, {
    id,
    ...(name !== undefined && { name }),
    ...(action['exclusive'] === true && { exclusive: true }),
  });
}

function membership(groups: Groups, action: LibraryAction, operatorId: string | undefined, isMember: boolean): Groups {
  const group = at(groups, textIn(action, 'group_id'));
  if (group === undefined || operatorId === undefined) return groups;
  const members = group.members ?? {};
  const next: LibraryGroup = {
    ...group,
    members: isMember ? put<true>(members, operatorId, true) : without(members, operatorId),
  };
  return put(groups, group.id, next);
}

const localeSteps = new Map<string, (locales: Locales, action: LibraryAction) => Locales>([
  ['CONFIGURE_LOCALES', configure],
  [
    'ADD_USER_LOCALE',
    (locales, action) => withMember(locales, action, textIn(action, 'operator_id'), { active: true }),
  ],
  ['JOIN_LOCALE', (locales, action) => withMember(locales, action, idIn(action, '__remote_user'), { active: true })],
  ['LEAVE_LOCALE', (locales, action) => withMember(locales, action, idIn(action, '__remote_user'), { active: false })],
  ['SET_OPERATOR_CAPACITY', setCapacity],
]);

/** Locales, and how much everybody can do in each [HCS locales]. */
export function reduceLocales(locales: Locales, action: LibraryAction): Locales {
  return localeSteps.get(action.type)?.(locales, action) ?? locales;
}

/** An empty default keeps the old one [HCS locales]. */
function configure(locales: Locales, action: LibraryAction): Locales {
  const defaultLocale = textIn(action, 'defaultLocale') || locales.defaultLocale;
  const named: readonly unknown[] = Array.isArray(action['supported']) ? action['supported'] : [];
  const supported = named.filter((locale) => typeof locale === 'string');
  return { ...locales, defaultLocale, supported: withDefault(defaultLocale, supported) };
}

function setCapacity(locales: Locales, action: LibraryAction): Locales {
  const capacity = numberIn(action, 'capacity');
  return capacity === undefined ? locales : withMember(locales, action, idIn(action, '__remote_user'), { capacity });
}

function withMember(
  locales: Locales,
  action: LibraryAction,
  operatorId: string | undefined,
  facts: Partial<LibraryMembership>,
): Locales {
  const locale = textIn(action, 'locale');
  if (locale === undefined || operatorId === undefined) return locales;
  const members = at(locales.memberships, locale) ?? {};
  const member = { ...freshMembership, ...at(members, operatorId), ...facts };
  return { ...locales, memberships: put(locales.memberships, locale, put(members, operatorId, member)) };
}
