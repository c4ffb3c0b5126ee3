import type { ConfigureRouting, NotifyParticipant, SetAvailability, UpdateParticipant } from '../command.js';
import type { OperatorRecord, RoutingFact } from '../event.js';
import type { Rejection } from '../outcome.js';
import { reject } from '../outcome.js';
import type { ParticipantId } from '../participant.js';
import type { Shard } from '../routing/shard.js';
import { defaultCapacity, defaultGroup, newOperator } from '../routing/shard.js';
import { signedIn } from '../person.js';
import type { Change } from './change.js';
import { preparePerson } from './chat-tasks.js';
import type { Work } from './task.js';
import type { Seated } from './sessions.js';
import type { Workspace } from './workspace.js';

/** Longest profile as JSON, and longest notification; locales of one operator, beyond which new ones are ignored. */
const limits = { profileUnits: 4_096, nameUnits: 200, notificationUnits: 8_192, locales: 100 } as const;

/** A command on routing, decided by the operator it is about. */
function routingWork(
  workspace: Workspace,
  session: Seated,
  decideBy: (shard: Shard) => readonly RoutingFact[] | Rejection,
): Work {
  return {
    prepare: () => preparePerson(workspace, session),
    decide() {
      if (workspace.heads.person(session.participant.id) === undefined) return 'unprepared';
      const facts = decideBy(workspace.heads.shard);
      if ('code' in facts) return facts;
      return facts.length === 0 ? {} : { routing: facts, people: [{ id: session.participant.id, facts: [] }] };
    },
  };
}

export function availabilityWork(workspace: Workspace, session: Seated, command: SetAvailability): Work {
  return routingWork(workspace, session, (shard) => {
    const operatorId = command.operatorId ?? session.participant.id;
    const { isSupervisor, isDesk } = session.participant;
    if (operatorId !== session.participant.id && !isSupervisor && !isDesk) return reject('NOT_ALLOWED');
    const record = shard.seats.get(operatorId)?.record;
    if (record === undefined) return reject('UNKNOWN_PARTICIPANT');
    return changed(record, { ...record, ...availability(record, command, shard) });
  });
}

function availability(record: OperatorRecord, command: SetAvailability, shard: Shard): Partial<OperatorRecord> {
  const isNewStatus = command.status !== undefined && command.status !== record.status;
  const groups = new Set(record.groups);
  for (const [id, isMember] of Object.entries(command.groups ?? {})) {
    if (!shard.groups.some((group) => group.id === id)) continue;
    if (isMember) groups.add(id);
    else groups.delete(id);
  }
  return {
    status: command.status ?? record.status,
    isRequesting: command.isRequesting ?? (isNewStatus ? false : record.isRequesting),
    groups: [...groups],
    locales: localesAfter(record, command),
  };
}

/** Locales have whatever names operators give them, some of which every object knows already. */
function localesAfter(record: OperatorRecord, command: SetAvailability): OperatorRecord['locales'] {
  const locales = new Map(Object.entries(record.locales));
  const put = (locale: string, membership: Partial<OperatorRecord['locales'][string]>): void => {
    const known = locales.get(locale);
    if (known === undefined && locales.size >= limits.locales) return;
    locales.set(locale, { capacity: defaultCapacity, isActive: true, ...known, ...membership });
  };
  for (const [locale, capacity] of Object.entries(command.capacity ?? {})) put(locale, { capacity });
  for (const [locale, isActive] of Object.entries(command.locales ?? {})) put(locale, { isActive });
  return Object.fromEntries(locales);
}

function changed(before: OperatorRecord, after: OperatorRecord): readonly RoutingFact[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ type: 'OperatorChanged', operator: after }];
}

/** An operator's first working session began, or his last one ended. */
export function onlineWork(workspace: Workspace, session: Seated, isOnline: boolean): Work {
  const { id, groups } = session.participant;
  return routingWork(workspace, session, (shard) => {
    const mode = session.options.mode ?? 'auto';
    const known = shard.seats.get(id)?.record;
    const record = known ?? {
      ...newOperator(id, mode, shard),
      groups: groups.length === 0 ? [defaultGroup.id] : groups,
    };
    const offline = { isOnline: false, status: 'unavailable', isRequesting: false };
    const facts = changed(record, { ...record, mode, ...(isOnline ? { isOnline: true } : offline) });
    workspace.heads.operators.set(id, session.participant);
    return facts;
  });
}

/** An operator nobody has a session of any more. */
export function offlineWork(workspace: Workspace, operatorId: ParticipantId): Work {
  return {
    prepare: async () => {},
    decide() {
      const record = workspace.heads.shard.seats.get(operatorId)?.record;
      if (record === undefined) return {};
      return { routing: changed(record, { ...record, isOnline: false, status: 'unavailable', isRequesting: false }) };
    },
  };
}

export function routingConfigWork(workspace: Workspace, session: Seated, command: ConfigureRouting): Work {
  return routingWork(workspace, session, (shard) => {
    const { role, isSupervisor, isDesk } = session.participant;
    const { type: _, isAccepting, ...rest } = command;
    const isMore = Object.values(rest).some((value) => value !== undefined && typeof value === 'object');
    if (role === 'customer' || role === 'monitor' || (isMore && !isSupervisor && !isDesk && role !== 'bot'))
      return reject('NOT_ALLOWED');
    return [...configured(shard, command, isAccepting ?? shard.isAccepting), ...membersChanged(shard, command)];
  });
}

function configured(shard: Shard, command: ConfigureRouting, isAccepting: boolean): readonly RoutingFact[] {
  const removed = new Set((command.removeGroups ?? []).filter((id) => id !== defaultGroup.id));
  const added = command.addGroups ?? [];
  const kept = shard.groups.filter((group) => !removed.has(group.id) && !added.some((other) => other.id === group.id));
  const groups = [...kept, ...added];
  const locales = command.locales ?? shard.locales;
  const before = JSON.stringify([shard.isAccepting, shard.groups, shard.locales]);
  if (JSON.stringify([isAccepting, groups, locales]) === before) return [];
  return [{ type: 'RoutingConfigured', isAccepting, groups, locales }];
}

function membersChanged(shard: Shard, { members = [] }: ConfigureRouting): readonly RoutingFact[] {
  return members.flatMap(({ groupId, operatorId, isMember }) => {
    const record = shard.seats.get(operatorId)?.record;
    if (record === undefined) return [];
    const others = record.groups.filter((id) => id !== groupId);
    return changed(record, { ...record, groups: isMember ? [...others, groupId] : others });
  });
}

export function participantWork(workspace: Workspace, session: Seated, command: UpdateParticipant): Work {
  return {
    prepare: () => preparePerson(workspace, session),
    decide(): Change | Rejection | 'unprepared' {
      const person = workspace.heads.person(session.participant.id);
      if (person === undefined || person === null) return 'unprepared';
      if ((command.participantId ?? session.participant.id) !== session.participant.id) return reject('NOT_ALLOWED');
      const isTooLarge =
        JSON.stringify(command.profile ?? {}).length > limits.profileUnits ||
        (command.name ?? '').length > limits.nameUnits;
      if (isTooLarge) return reject('TOO_LARGE', { what: 'data' });
      const { name = person.participant.name, profile = person.participant.profile } = command;
      const locale = command.locale ?? person.participant.locale;
      const told = signedIn(person, { ...session.identity, name, profile, ...(locale !== null && { locale }) });
      workspace.heads.setPerson(told);
      return told.isSaved ? {} : { people: [{ id: session.participant.id, facts: [] }] };
    },
  };
}

export function notifyWork(workspace: Workspace, session: Seated, command: NotifyParticipant): Work {
  const { participantId, kind, content, data } = command;
  return {
    async prepare() {
      await workspace.heads.loadPerson(participantId);
    },
    decide() {
      const person = workspace.heads.person(participantId);
      if (person === undefined) return 'unprepared';
      if (session.participant.role === 'customer' || session.participant.role === 'monitor')
        return reject('NOT_ALLOWED');
      if (person === null) return reject('UNKNOWN_PARTICIPANT');
      if (JSON.stringify({ content, data }).length > limits.notificationUnits)
        return reject('TOO_LARGE', { what: 'data' });
      return {
        people: [{ id: participantId, facts: [{ type: 'ParticipantNotified', participantId, kind, content, data }] }],
      };
    },
  };
}
