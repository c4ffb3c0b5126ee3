import type { RunningCore } from '@dragoman/core';
import type { Config } from './config/schema.js';
import { coreLimits } from './core-limits.js';
import type { AdjustableLog } from './log.js';

/** What came of a config that was read again: paths of the keys that changed. */
export interface Reload {
  /** In force now. */
  readonly taken: readonly string[];
  /** Changed in the file, and in force after the next start. */
  readonly waiting: readonly string[];
}

/** What can change while everybody stays connected. */
const live: readonly RegExp[] = [
  /^log\.level$/,
  /^(drainMs|noticeMs)$/,
  /^limits\.(customer|operator)(\.|$)/,
  /^limits\.(sessionsPerParticipant|waitingCommands|unsentPicturesMs)$/,
  /^workspaces\[\d+\]\.(groups|locales)(\.|\[|$)/,
];

/** Takes over what can be taken over; a workspace's groups and locales as far as the file changed them. */
export async function takeOver(
  before: Config,
  after: Config,
  { core, log }: { readonly core: RunningCore; readonly log: Partial<AdjustableLog> },
): Promise<Reload> {
  const changed = changedPaths(before, after);
  const taken = changed.filter((path) => live.some((pattern) => pattern.test(path)));
  log.setLevel?.(after.log?.level ?? 'info');
  core.adjust(coreLimits(after));
  for (const [index, workspace] of after.workspaces.entries()) {
    const old = before.workspaces[index];
    const hasChanged = taken.some((path) => path.startsWith(`workspaces[${index}].`));
    if (hasChanged && old?.id === workspace.id) await configure(core, old, workspace);
  }
  return { taken, waiting: changed.filter((path) => !taken.includes(path)) };
}

/** As a supervisor would say it: everybody at work hears of it. */
async function configure(
  core: RunningCore,
  before: Config['workspaces'][number],
  { id: workspaceId, groups = [], locales }: Config['workspaces'][number],
): Promise<void> {
  const who = { workspaceId, space: 'gateway', side: 'operator', realm: '', idType: 'string' } as const;
  const session = await core.connect(
    { ...who, externalId: 'config', role: 'operator', name: '', isSupervisor: true },
    { scope: 'lobby', echo: 'all', away: null, chats: 'mine' },
    () => undefined,
  );
  const kept = new Set(groups.map((group) => group.id));
  const known = new Set((before.groups ?? []).map((group) => JSON.stringify(group)));
  const outcome = await core.dispatch(session, {
    type: 'ConfigureRouting',
    addGroups: groups.filter((group) => !known.has(JSON.stringify(group))),
    removeGroups: (before.groups ?? []).map((group) => group.id).filter((group) => !kept.has(group)),
    ...(locales !== undefined && { locales }),
  });
  await session.end();
  if (!outcome.ok) core.log.error({ workspaceId, code: outcome.rejection.code }, 'groups were not taken over');
}

/** Paths of what differs, as deep as both sides have the same shape. */
export function changedPaths(from: unknown, to: unknown, path = ''): readonly string[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const [before, after] = [from ?? emptyLike(to), to ?? emptyLike(from)];
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const below = Array.isArray(before) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return changedPaths(Reflect.get(before, key), Reflect.get(after, key), below);
  });
}

const emptyLike = (value: unknown): unknown => (isObject(value) && !Array.isArray(value) ? {} : undefined);
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
