import { attachmentIdOf } from './runtime/attachment-id.js';
import type { Attachments } from './ports.js';

/** Attachments in memory, for tests and for a core alone. Holds 100 MiB, then forgets the oldest. */
export function memoryAttachments(limitBytes = 104_857_600): Attachments {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly mime: string }>();
  let held = 0;
  return {
    async put(workspaceId, bytes, mime) {
      const id = await attachmentIdOf(bytes);
      const key = `${workspaceId}/${id}`;
      if (!files.has(key)) held += bytes.length;
      files.set(key, { bytes, mime });
      for (const [oldest, file] of files) {
        if (held <= limitBytes) break;
        files.delete(oldest);
        held -= file.bytes.length;
      }
      return id;
    },
    async remove(workspaceId, id) {
      const key = `${workspaceId}/${id}`;
      held -= files.get(key)?.bytes.length ?? 0;
      files.delete(key);
    },
    get: async (workspaceId, id) => files.get(`${workspaceId}/${id}`),
    link: () => null,
  };
}
