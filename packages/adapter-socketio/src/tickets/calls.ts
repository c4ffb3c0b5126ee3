import type { VerifiedIdentity } from '@dragoman/core';
import type { Seat } from '../dialect.js';
import { refuse, type Answer } from './answers.js';
import type { Caller } from './caller.js';
import type { Desk } from './desk.js';
import {
  isRefused,
  parseAccept,
  parseAssign,
  parseCreate,
  parseMessage,
  parseReceipt,
  parseStatus,
  parseTyping,
  type Parsed,
} from './frames.js';
import { typing, updateMessage } from './message-calls.js';
import { updateMessageStatus } from './receipt-calls.js';
import { isProgram } from './seating.js';
import { acceptTicket, assignTicket, createTicket, updateTicketStatus } from './ticket-calls.js';

/** One call of the protocol [TK emit event types]. */
interface Call {
  /** Absent: for everybody. */
  readonly side?: 'customer' | 'operator';
  perform(caller: Caller, args: readonly unknown[]): Promise<Answer>;
}

const calls: ReadonlyMap<string, Call> = new Map([
  ['createTicket', call(parseCreate, createTicket, 'customer')],
  ['updateMessage', call(parseMessage, updateMessage)],
  ['acceptTicket', call(parseAccept, acceptTicket, 'operator')],
  ['updateTicketStatus', call(parseStatus, updateTicketStatus, 'operator')],
  ['updateMessageStatus', call(parseReceipt, updateMessageStatus)],
  ['typing', call(parseTyping, typing)],
  ['assignTicket', call(parseAssign, assignTicket, 'operator')],
]);

function call<Frame extends object>(
  parse: (args: readonly unknown[]) => Parsed<Frame>,
  answer: (caller: Caller, frame: Frame) => Promise<Answer>,
  side?: Call['side'],
): Call {
  return {
    ...(side !== undefined && { side }),
    async perform(caller, args) {
      const parsed = parse(args);
      return isRefused<Frame>(parsed) ? parsed : answer(caller, parsed);
    },
  };
}

/** Answers one call of somebody who is signed in. */
export async function answerCall(
  { name, args }: { readonly name: string; readonly args: readonly unknown[] },
  who: { readonly identity: VerifiedIdentity; readonly seat: Seat | undefined; readonly desk: Desk },
): Promise<Answer> {
  const wanted = calls.get(name);
  if (wanted === undefined) return refuse('unknown_event');
  const { identity, seat, desk } = who;
  if (wanted.side !== undefined && wanted.side !== identity.role) return refuse('forbidden');
  if (seat === undefined) return refuse('not_subscribed');
  const programId = isProgram(identity) ? (identity.realm ?? '') : '';
  return wanted.perform({ seat, desk, programId }, args);
}
