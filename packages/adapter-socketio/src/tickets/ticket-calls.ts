import type { ChatSummary, Command, Outcome, ParticipantId } from '@dragoman/core';
import { refuse, type Answer } from './answers.js';
import { accepted, findTicket, me, ownerIdOf, programProblem, refused, whoKnows, type Caller } from './caller.js';
import type { AssignFrame, CreateFrame, StatusFrame, TicketStatus } from './frames.js';
import { operatorId, statusOf, ticketFields } from './ticket.js';
import { callMark, type Call } from './translate.js';

/** How long what a client's id did is remembered, ms: 30 days [TKD idempotency]. */
export const keepMs = 2_592_000_000;

/** Opens a ticket; the same id again is the same ticket, whatever became of it [TK createTicket]. */
export async function createTicket(caller: Caller, frame: CreateFrame): Promise<Answer> {
  const problem = programProblem(caller, frame.programId);
  if (problem !== undefined) return problem;
  const { ticketId } = frame;
  // Also where the ticket is known: only what was dispatched is answered when it is durable.
  const outcome = await caller.seat.dispatch(opening(caller, frame));
  if (outcome.ok && outcome.events.length > 0 && !outcome.isRepeat) return { result: { ticketId, statusId: 100 } };
  const known = await caller.seat.find({ key: ticketId.toLowerCase() });
  if (known !== undefined) return { result: { ticketId, statusId: statusOf(known), duplicate: true } };
  return outcome.ok ? refuse('unavailable') : refused(caller, outcome);
}

function opening({ desk }: Caller, frame: CreateFrame): Command {
  const { ticketId, displayNm, ticketNm, createdAt } = frame;
  const key = ticketId.toLowerCase();
  return {
    type: 'OpenChat',
    key,
    subject: ticketNm,
    displayName: displayNm,
    fields: {
      ...(ticketId !== key && { [ticketFields.id]: ticketId }),
      ...(createdAt !== undefined && { [ticketFields.createdAt]: createdAt }),
    },
    enqueue: true,
    joinOpen: false,
    ifClosed: 'refuse',
    maxOpen: desk.settings.maxOpenTickets,
  };
}

/** Takes a waiting ticket; the first one wins [TK acceptTicket]. */
export async function acceptTicket(caller: Caller, frame: StatusFrame): Promise<Answer> {
  const chat = await findTicket(caller, frame.ticketId);
  if (chat === undefined) return refuse('ticket_not_found');
  const problem = await contradiction(caller, frame, chat);
  if (problem !== undefined) return problem;
  const outcome = await caller.seat.dispatch({ type: 'AssignChat', to: { chatId: chat.id } });
  return answerStatus(caller, outcome, { ticketId: frame.ticketId, statusId: 200 });
}

/** Moves a ticket to another status, if it may go there and the caller may move it [TK updateTicketStatus]. */
export async function updateTicketStatus(caller: Caller, frame: StatusFrame): Promise<Answer> {
  const chat = await findTicket(caller, frame.ticketId);
  if (chat === undefined) return refuse('ticket_not_found');
  const problem = await contradiction(caller, frame, chat);
  if (problem !== undefined) return problem;
  const command = transition(caller, frame, chat);
  if (!('type' in command)) return command;
  const outcome = await caller.seat.dispatch({ ...command, commandId: marked(caller, 'status') });
  return answerStatus(caller, outcome, { statusId: frame.status });
}

/** What the object and the owner argument say against the ticket; nothing else of them is read [TKD lifecycle]. */
async function contradiction(caller: Caller, frame: StatusFrame, chat: ChatSummary): Promise<Answer | undefined> {
  const { claimed, status, ownerId: said } = frame;
  if (claimed !== undefined && claimed !== status && claimed !== statusOf(chat)) return refuse('invalid_status');
  return said === '' || said === (await ownerIdOf(caller, chat)) ? undefined : refuse('owner_mismatch');
}

/** The command that leads from where the ticket is to where it shall be. */
function transition(caller: Caller, { status }: StatusFrame, chat: ChatSummary): Command | Answer {
  const current = statusOf(chat);
  const isHeldByAnother = current === 200 && chat.assigneeId !== me(caller).id && !me(caller).isSupervisor;
  const require = me(caller).isSupervisor || current !== 200 ? 'none' : 'assignee';
  const to = { chatId: chat.id };
  switch (status) {
    case 200:
      if (current === 10000) return { type: 'ReopenChat', to, windowMs: caller.desk.settings.reopenMs };
      return { type: 'AssignChat', to };
    case 100:
      if (current === 10000) return refuse('invalid_transition');
      if (current === 100) return nothingMore(chat);
      return isHeldByAnother ? refuse('not_handler') : { type: 'HandOver', chat: to, to: 'queue', require };
    case 10000:
      return isHeldByAnother ? refuse('not_handler') : { type: 'CloseChat', to, reason: 'operator', require };
  }
}

/** To a colleague, or from a colleague to oneself [TK assignTicket]. */
export async function assignTicket(caller: Caller, { ticketId, handleById }: AssignFrame): Promise<Answer> {
  const chat = await findTicket(caller, ticketId);
  if (chat === undefined) return refuse('ticket_not_found');
  const toId = handleById === null ? me(caller).id : operatorBy(caller, handleById);
  if (toId === undefined) return refuse('operator_not_found');
  const { hijack } = caller.desk.settings;
  const isTaken = statusOf(chat) === 200 && chat.assigneeId !== me(caller).id;
  if (hijack === 'supervisor' && isTaken && !me(caller).isSupervisor) return refuse('forbidden');
  const isHis = statusOf(chat) === 200 && chat.assigneeId === toId;
  const transfer = { type: 'TransferChat', to: { chatId: chat.id }, toId, strict: true } as const;
  const command = isHis ? nothingMore(chat) : transfer;
  const outcome = await caller.seat.dispatch({ ...command, commandId: marked(caller, 'assign') });
  const isAnother = outcome.ok && outcome.chat?.assigneeId !== toId;
  return isAnother ? refuse('unavailable') : answerStatus(caller, outcome, { ticketId, statusId: 200 });
}

/** Asks for no change of a ticket that is where it shall be: the answer comes when that is durable, or was given up. */
function nothingMore({ id }: ChatSummary): Command {
  return { type: 'UpdateChat', to: { chatId: id } };
}

/** Everybody who was ever at work here, present or not. */
function operatorBy(caller: Caller, wireId: string): ParticipantId | undefined {
  const who = whoKnows(caller);
  const { space } = caller.desk.settings;
  return [...caller.seat.lobby().operators.keys()].find((id) => operatorId(id, who, space) === wireId);
}

function answerStatus(
  caller: Caller,
  outcome: Outcome,
  result: { readonly ticketId?: string; readonly statusId: TicketStatus },
): Answer {
  if (outcome.ok) {
    if (outcome.events.length > 0) return { result };
    const isSo = outcome.chat !== undefined && statusOf(outcome.chat) === result.statusId;
    return isSo ? { result: { ...result, duplicate: true } } : refuse('unavailable');
  }
  const { code, assigneeId } = outcome.rejection;
  return code === 'ALREADY_ASSIGNED' && assigneeId !== undefined
    ? accepted(caller, assigneeId)
    : refused(caller, outcome);
}

/** An id of our own that tells which call asked. */
function marked({ desk }: Caller, call: Call): string {
  return `${callMark(desk.settings.space, call)}${desk.around.ids.command()}`;
}
