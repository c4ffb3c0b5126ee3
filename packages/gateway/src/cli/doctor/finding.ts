import type { Config } from '../../config/schema.js';
import type { Environment } from '../../config/secrets.js';
import type { Machine } from './machine.js';

/** What was looked at, and what was found. A fault keeps people from being served; a hint is worth a thought. */
export interface Finding {
  /** What was looked at, in one word. */
  readonly check: string;
  readonly level: 'fault' | 'hint' | 'fine';
  readonly what: string;
  /** What to do about it; absent where it is fine. */
  readonly remedy?: string;
}

/** What can be looked at. */
export interface Patient {
  readonly config: Config;
  readonly env: Environment;
  /** Files that hold secrets. */
  readonly secretFiles: readonly string[];
  readonly machine: Machine;
}

/** One thing to look at. It never throws: what it cannot do is a finding. */
export type Check = (patient: Patient) => Promise<readonly Finding[]>;

/** The findings of one check. */
export function findings(check: string) {
  return {
    fault: (what: string, remedy: string): Finding => ({ check, level: 'fault', what, remedy }),
    hint: (what: string, remedy: string): Finding => ({ check, level: 'hint', what, remedy }),
    fine: (what: string): Finding => ({ check, level: 'fine', what }),
  };
}

/** The name of what went wrong, as the operating system has it. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return codeOf(cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
