import type { ChatCommand, FilteredMessage, SystemCommand } from '../command.js';
import type { ChatFact } from '../event.js';
import type { Rejection } from '../outcome.js';

/** What of a chat is decided here: everything but what is never recorded. */
export type ChatDecision =
  Exclude<ChatCommand, { type: 'PostMessage' | 'SetTyping' | 'ReportQueue' }> | FilteredMessage | SystemCommand;

/** The facts a command makes, none when it changes nothing; or why it is refused. */
export type Verdict = readonly ChatFact[] | Rejection;

export function isRejection(verdict: Verdict): verdict is Rejection {
  return !Array.isArray(verdict);
}
