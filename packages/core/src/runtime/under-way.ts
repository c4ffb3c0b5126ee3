import type { Outcome } from '../outcome.js';
import type { CommandContext } from '../command.js';
import type { CommandId, ParticipantId } from '../participant.js';
import type { Task } from './ledger.js';

/** A command that is asked and not answered yet. */
export interface Asked {
  readonly context: Omit<CommandContext, 'at'>;
  /** Absent: it brought no id of its own, and cannot be repeated. */
  readonly remember: Task['remember'];
  readonly outcome: Promise<Outcome>;
}

/** Everything that is asked and not answered yet: by its id, and by who asked. */
export class UnderWay {
  readonly #byId = new Map<CommandId, Asked>();
  readonly #byParticipant = new Map<ParticipantId, Set<Asked>>();

  get(id: CommandId): Asked | undefined {
    return this.#byId.get(id);
  }

  add(asked: Asked): void {
    const { commandId, by } = asked.context;
    if (asked.remember !== undefined) this.#byId.set(commandId, asked);
    if (by.participantId === null) return;
    const own = this.#byParticipant.get(by.participantId);
    if (own === undefined) this.#byParticipant.set(by.participantId, new Set([asked]));
    else own.add(asked);
  }

  remove(asked: Asked): void {
    const { commandId, by } = asked.context;
    if (asked.remember !== undefined) this.#byId.delete(commandId);
    if (by.participantId === null) return;
    const own = this.#byParticipant.get(by.participantId);
    own?.delete(asked);
    if (own?.size === 0) this.#byParticipant.delete(by.participantId);
  }

  /** Resolves when everything is answered that this participant has asked so far. */
  async answered(id: ParticipantId): Promise<void> {
    await Promise.all([...(this.#byParticipant.get(id) ?? [])].map(({ outcome }) => outcome));
  }
}
