import type { ChatSummary, Outcome, Participant } from '@dragoman/core';
import type { Seat } from '../dialect.js';
import { refuse, type Answer, type Refusal } from './answers.js';
import type { Desk } from './desk.js';
import { alreadyAccepted, toRefusal } from './translate.js';
import { ownerId, type WhoIs } from './ticket.js';

/** Who makes a call. */
export interface Caller {
  readonly seat: Seat;
  readonly desk: Desk;
  /** The program of an outside user; `''` for everybody else. */
  readonly programId: string;
}

type Refused = { readonly refusal: Refusal };

export function me({ seat }: Caller): Participant {
  return seat.participant;
}

/** Own tickets go by the name their client gave them, those of other dialects by the core's id [TKD lifecycle]. */
export async function findTicket({ seat }: Caller, ticketId: string): Promise<ChatSummary | undefined> {
  const key = ticketId.toLowerCase();
  return (await seat.find({ key })) ?? (await seat.find({ chatId: key }));
}

/** Everybody an operator can know by name; an owner knows himself. */
export function whoKnows(caller: Caller): WhoIs {
  const { seat } = caller;
  const { id, role } = me(caller);
  if (role === 'customer') return (asked) => (asked === id ? seat.participant : undefined);
  return (asked) => (asked === id ? seat.participant : seat.lobby().person(asked));
}

/** The id of a ticket's owner, also of one that was closed before we were started. */
export async function ownerIdOf(caller: Caller, chat: ChatSummary): Promise<string> {
  const { seat, desk } = caller;
  const known = whoKnows(caller)(chat.customerId);
  const owner = known ?? (await seat.transcript(chat.id, { include: 'everything', limit: 1 })).people[chat.customerId];
  return ownerId(chat, () => owner, desk.settings.space);
}

/** The program of an outside user has to stand in each object, and to be his [TK "Mandatory if external client"]. */
export function programProblem({ programId }: Caller, said: string | undefined): Refused | undefined {
  if (programId === '') return undefined;
  if (said === undefined) return refuse('program_required');
  return said === programId ? undefined : refuse('program_mismatch');
}

/** What a refused command is answered with; who was faster is told by name. */
export function refused(caller: Caller, { rejection }: Extract<Outcome, { ok: false }>): Answer {
  const { code, assigneeId } = rejection;
  if (code === 'ALREADY_ASSIGNED' && assigneeId !== undefined) return accepted(caller, assigneeId);
  return toRefusal(rejection);
}

export function accepted(caller: Caller, assigneeId: string): Answer {
  return alreadyAccepted(assigneeId, whoKnows(caller), caller.desk.settings.space);
}
