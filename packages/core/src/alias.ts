import type { AliasFact } from './event.js';
import type { ParticipantId } from './participant.js';

/** Whom the words of one dialect mean where they alone do not make him who he is: one subject has many names. */
export interface Alias {
  readonly version: number;
  /** Null: nobody but whom the words make. */
  readonly participantId: ParticipantId | null;
}

export const noAlias: Alias = { version: 0, participantId: null };

export function evolveAlias({ version }: Alias, { participantId }: AliasFact): Alias {
  return { version: version + 1, participantId };
}
