import type { ChatFact, ParticipantId, Policies } from '@dragoman/core';
import { duesOf, isRejection } from '@dragoman/core/domain';
import type { Chat, ChatDecision, Speaker } from '@dragoman/core/domain';
import { defaultPolicies } from '@dragoman/core';
import { given } from '@dragoman/core/testing';
import type { Decided, opened } from '@dragoman/core/testing';

/** What a row of a table asks: which command, by whom, and under which circumstances. */
export interface Asked {
  readonly when: ChatDecision | ((chat: Chat) => ChatDecision);
  readonly by: Speaker;
  /** What the chat was opened with beside the usual. */
  readonly opening?: Parameters<typeof opened>[1];
  /** Facts after those that make the column. */
  readonly since?: (chat: Chat) => readonly ChatFact[];
  /** Over the operators of the column. */
  readonly operators?: Circumstances['operators'];
  /** Over the policies of the table. */
  readonly policies?: Partial<Policies>;
  /** The desk that would be given the chat. Default: none. */
  readonly nearestDesk?: ParticipantId;
  /** When, after the last fact, ms. */
  readonly afterMs?: number;
  /** Who has the chat after it, wherever an assignment came of it. */
  readonly holder?: ParticipantId;
  /** The desk that has the chat after it, wherever anything came of it. */
  readonly deskId?: ParticipantId | null;
}

/** One column: a chat, by its facts. */
export interface Circumstances {
  readonly facts: readonly ChatFact[];
  readonly operators: Readonly<Record<ParticipantId, { readonly isOnline?: boolean; readonly status?: string }>>;
}

/** One row of a table: what its cells say, by column. */
export interface Row {
  readonly name: string;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Reads a table that is written out. A row that begins with `…` is a variant of the last that does not, and its empty
 * cells are the same as there.
 */
export function rowsOf(table: string): Row[] {
  const [head = [], ...lines] = table
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^[\s|-]+$/.test(line))
    .map((line) => line.split('|').slice(1, -1).map(trimmed));
  let full: readonly string[] = [];
  return lines.map((line) => {
    const [label = ''] = line;
    const isVariant = label.startsWith('…');
    if (!isVariant) full = line;
    if (line.length !== head.length) throw new Error(`${label} has ${line.length} cells`);
    const cells = head.slice(1).map((column, at) => [column, line[at + 1] || full[at + 1]]);
    return { name: isVariant ? `${full[0]} ${label}` : label, cells: Object.fromEntries(cells) };
  });
}

function trimmed(cell: string): string {
  return cell.trim();
}

const letters: Readonly<Record<Chat['status'], string>> = {
  new: 'N',
  'with-bot': 'B',
  pending: 'Q',
  assigned: 'A',
  missed: 'M',
  abandoned: 'X',
  'customer-disconnected': 'D',
  released: 'R',
  closed: 'C',
};

/** Decides what a row asks in a column. */
export function ask(asked: Asked, column: Circumstances, policies: Partial<Policies>): Decided {
  const [first, ...others] = column.facts;
  const facts = first?.type === 'ChatOpened' ? [{ ...first, ...asked.opening }, ...others] : column.facts;
  const setting = given(...facts, ...(asked.since?.(given(...facts).chat) ?? [])).within({
    policies: { ...policies, ...asked.policies },
    operators: { ...column.operators, ...asked.operators },
    nextPlace: 7,
    ...(asked.nearestDesk !== undefined && { deskId: asked.nearestDesk }),
  });
  const command = typeof asked.when === 'function' ? asked.when(setting.chat) : asked.when;
  return setting.when(command, asked.by, asked.afterMs);
}

/**
 * What came of it, in the words of the tables: a code; `∅` for nothing; `=` for facts that leave the status; else `-> ` the
 * status with the cause of the last step. Then every timer that was set or moved, and every one that was cancelled.
 */
export function wordsOf(decided: Decided, policies: Partial<Policies>): string {
  const { before, chat: after, verdict } = decided;
  if (isRejection(verdict)) return verdict.code;
  if (verdict.length === 0) return '∅';
  const [had, has] = [before, after].map((chat) => duesOf(chat, { ...defaultPolicies, ...policies }));
  const set = Object.entries(has ?? {})
    .filter(([name, due]) => had?.[name]?.dueAt !== due.dueAt || had[name].token !== due.token)
    .map(([name]) => `+${name}`);
  const cancelled = Object.keys(had ?? {})
    .filter((name) => has?.[name] === undefined)
    .map((name) => `-${name}`);
  return [stepOf(before, after, verdict), ...set.toSorted(), ...cancelled.toSorted()].join(' ');
}

function stepOf(before: Chat, after: Chat, facts: readonly ChatFact[]): string {
  const step = facts.findLast((fact) => causeOf(fact) !== undefined);
  if (step === undefined) return after.status === before.status ? '=' : `-> ${letters[after.status]}`;
  const cause = causeOf(step);
  return `-> ${letters[after.status]}${cause === '' ? '' : `(${cause})`}`;
}

/** Why a fact took the chat where it is; empty when its type says it all, undefined when it takes the chat nowhere. */
function causeOf(fact: ChatFact): string | undefined {
  switch (fact.type) {
    case 'ChatQueued':
    case 'ChatAssigned':
    case 'ChatMissed':
      return fact.cause;
    case 'ChatClosed':
      return fact.reason;
    case 'ChatAbandoned':
    case 'ChatHandedOver':
      return '';
    default:
      return undefined;
  }
}
