import type { CommandContext } from '../command.js';
import type { Outcome, Rejection } from '../outcome.js';
import type { AppendRequest } from '../store.js';
import type { Change } from './change.js';

/** How something is decided. */
export interface Work {
  /** Reads into the heads what `decide` needs. */
  prepare(): Promise<void>;
  /** Decides by the heads alone; `unprepared` when something is not in memory. */
  decide(at: number): Change | Rejection | 'unprepared';
}

/** Something to be decided in its turn. */
export interface Task {
  readonly work: Work;
  readonly context: Omit<CommandContext, 'at'>;
  readonly remember?: AppendRequest['remember'];
  /** Called once, and not before `submit` has returned. */
  settle(outcome: Outcome): void;
}
