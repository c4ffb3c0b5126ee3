import { attachmentIdOf } from './attachment-id.js';
import type { ParticipantId } from '../participant.js';
import type { Attachments } from '../ports.js';
import { attachmentsIn } from '../redaction.js';
import { StoreError, type Note } from '../store.js';
import { wholeLog } from './person-chats.js';
import type { Workspace } from './workspace.js';

/** A picture that no message shows yet, or perhaps none any more. */
export interface Unshown {
  readonly attachmentId: string;
  /** Whose it is; null: nobody has said. */
  readonly ownerId: ParticipantId | null;
  /** Ms since epoch; 0: whoever shows it has done so already. */
  readonly since: number;
}

const prefix = 'unshown/';

function noteOf(
  { id: workspaceId }: Workspace,
  { attachmentId, ownerId }: Omit<Unshown, 'since'>,
  since: number | null,
) {
  return { workspaceId, space: '', key: `${prefix}${attachmentId}/${ownerId ?? ''}`, value: since } satisfies Note;
}

/** Puts down that these may be shown by nothing, before that comes true: what is not put down is never found again. */
export async function putDown(workspace: Workspace, pictures: readonly Unshown[]): Promise<void> {
  await workspace.ports.store.saveNotes(pictures.map((one) => noteOf(workspace, one, one.since)));
}

/** A message shows them now. */
export function shown(workspace: Workspace, ids: readonly string[], authorId: ParticipantId | null): void {
  const { store, log } = workspace.ports;
  const notes = ids.flatMap((attachmentId) =>
    [...new Set([authorId, null])].map((ownerId) => noteOf(workspace, { attachmentId, ownerId }, null)),
  );
  // One that stays is looked for in the log when its time has come, and found.
  store.saveNotes(notes).catch((error: unknown) => log.warn({ error }, 'pictures that are shown are not noted so'));
}

export async function unshown({ id, ports }: Workspace): Promise<readonly Unshown[]> {
  const notes = await ports.store.loadNotes(id, '');
  return notes.flatMap(({ key, value }) => {
    if (!key.startsWith(prefix)) return [];
    const [attachmentId = '', ownerId = ''] = key.slice(prefix.length).split('/');
    return [{ attachmentId, ownerId: ownerId === '' ? null : ownerId, since: Number(value) }];
  });
}

/**
 * Takes away those of the pictures that nothing shows and nobody else may be about to: one file may be two people's. Reads
 * the whole log. Resolves with how many went.
 */
export async function removeUnshown(workspace: Workspace, isMeant: (one: Unshown) => boolean): Promise<number> {
  const { id: workspaceId, ports } = workspace;
  const asked = new Set((await unshown(workspace)).filter(isMeant).map(({ attachmentId }) => attachmentId));
  if (asked.size === 0) return 0;
  const unused = new Set(asked);
  for await (const { fact } of wholeLog(workspace)) for (const id of attachmentsIn(fact)) unused.delete(id);
  // Meanwhile somebody may have shown one of them, or stored it again.
  const now = await unshown(workspace);
  const meant = new Set(now.filter(isMeant).map(({ attachmentId }) => attachmentId));
  for (const { attachmentId } of now.filter((one) => !isMeant(one))) meant.delete(attachmentId);
  for (const id of unused) if (!meant.has(id)) unused.delete(id);
  for (const id of unused) await ports.attachments.remove(workspaceId, id);
  const settled = now.filter((one) => asked.has(one.attachmentId) && isMeant(one));
  await ports.store.saveNotes(settled.map((one) => noteOf(workspace, one, null)));
  return unused.size;
}

/** Pictures that are put down before they are stored. `workspaceOf` is undefined for a workspace nobody knows. */
export function attended(
  attachments: Attachments,
  workspaceOf: (workspaceId: string) => Workspace | undefined,
): Attachments {
  return {
    async put(workspaceId, bytes, mime, ownerId) {
      const workspace = workspaceOf(workspaceId);
      if (workspace === undefined) throw new TypeError(`there is no workspace ${workspaceId}`);
      const since = workspace.ports.clock.now();
      await putDown(workspace, [{ attachmentId: await attachmentIdOf(bytes), ownerId: ownerId ?? null, since }]);
      return attachments.put(workspaceId, bytes, mime, ownerId).catch((error: unknown) => {
        workspace.ports.log.error({ error }, 'a picture cannot be kept');
        throw new StoreError('Unavailable', 'a picture cannot be kept', { cause: error });
      });
    },
    get: (workspaceId, id) => attachments.get(workspaceId, id),
    remove: (workspaceId, id) => attachments.remove(workspaceId, id),
    link: (workspaceId, id) => attachments.link(workspaceId, id),
  };
}
