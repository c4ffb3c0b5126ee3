import { rename, rm, writeFile } from 'node:fs/promises';

/** A file that is to be written. */
export interface Draft {
  readonly path: string;
  readonly text: string;
  /** Its rights, also where another file was there before. */
  readonly mode: number;
}

const draftOf = ({ path }: Draft): string => `${path}.${process.pid}.draft`;

/** Writes files beside their places, then moves all of them: a full disk or an early end leaves what was there before. */
export async function writeTogether(drafts: readonly Draft[]): Promise<void> {
  try {
    for (const draft of drafts) await writeFile(draftOf(draft), draft.text, { mode: draft.mode, flag: 'wx' });
    for (const draft of drafts) await rename(draftOf(draft), draft.path);
  } finally {
    for (const draft of drafts) await rm(draftOf(draft), { force: true });
  }
}
