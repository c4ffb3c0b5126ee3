import type {
  Actor,
  AppendRequest,
  Bookmark,
  ChatPassed,
  Fact,
  Ids,
  Note,
  Snapshot,
  StoredEvent,
} from '@dragoman/core';
import { noteText, StoreError } from '@dragoman/core';
import type { AppendText, BookmarksText, EventRow, NotesText, PassedText, SnapshotText } from './calls.js';

/** Longest fact as JSON, in UTF-16 units. */
const maxFactUnits = 1_048_576;

/** A name as it lies in a column: JSON's escapes without the quotes, since the library ends texts at NUL. */
export function toText(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

export function fromText(text: unknown): string {
  return String(JSON.parse(`"${String(text)}"`));
}

/** Throws TooLarge. */
export function appendText(request: AppendRequest, ids: Ids, now: number): AppendText {
  const { context, writes, setTimers, clearTimers, remember } = request;
  return {
    kind: 'append',
    workspace: toText(context.workspaceId),
    commandId: toText(context.commandId),
    actor: JSON.stringify(context.by),
    at: context.at,
    writes: writes.map(({ stream, expectedVersion, facts }) => ({
      stream: toText(stream),
      expectedVersion,
      events: facts.map((fact) => ({ id: ids.event(), data: factText(fact) })),
    })),
    timers: setTimers.map((timer) => ({ key: toText(timer.key), dueAt: timer.dueAt, data: JSON.stringify(timer) })),
    clearedTimers: clearTimers.map(toText),
    remember: remember === undefined ? null : { digest: toText(remember.digest), expiresAt: now + remember.keepMs },
  };
}

/** Throws TooLarge. */
export function factText(fact: Fact): string {
  const text = JSON.stringify(fact);
  if (text.length > maxFactUnits) throw new StoreError('TooLarge', `an event of ${text.length} units`);
  return text;
}

/** About how many bytes an append is, for limits. */
export function unitsOf({ writes }: AppendText): number {
  let units = 500;
  for (const { events } of writes) for (const { data } of events) units += data.length + 200;
  return units;
}

/** The events of an append that was accepted at this position. */
export function eventsOf({ context, writes }: AppendRequest, text: AppendText, first: number): StoredEvent[] {
  const { workspaceId, commandId, by, at } = context;
  const events: StoredEvent[] = [];
  for (const [w, { stream, expectedVersion, facts }] of writes.entries()) {
    for (const [f, fact] of facts.entries()) {
      const eventId = text.writes[w]?.events[f]?.id ?? '';
      const version = expectedVersion + f + 1;
      const position = first + events.length;
      events.push({ eventId, stream, version, position, workspaceId, commandId, by, at, fact });
    }
  }
  return events;
}

/** Throws Corrupt. */
export function eventOf(row: EventRow): StoredEvent {
  const [eventId, stream, version, position, workspaceId, commandId, actor, at, data] = row;
  try {
    const by: Actor = JSON.parse(String(actor));
    const fact: Fact = JSON.parse(String(data));
    return {
      eventId: String(eventId),
      stream: fromText(stream),
      version: Number(version),
      position: Number(position),
      workspaceId: fromText(workspaceId),
      commandId: fromText(commandId),
      by,
      at: Number(at),
      fact,
    };
  } catch (cause) {
    throw new StoreError('Corrupt', `event ${String(position)} cannot be read`, { cause });
  }
}

export function bookmarksText(bookmarks: readonly Bookmark[]): BookmarksText {
  const rows = bookmarks.map(({ workspaceId, space, participantId, chatId, version }) => ({
    workspace: toText(workspaceId),
    space: toText(space),
    participant: toText(participantId),
    chat: toText(chatId),
    version,
  }));
  return { kind: 'bookmarks', rows };
}

export function passedText(passed: readonly ChatPassed[]): PassedText {
  const rows = passed.map(({ workspaceId, chatId, version }) => ({
    workspace: toText(workspaceId),
    chat: toText(chatId),
    version,
  }));
  return { kind: 'passed', rows };
}

/** Throws TooLarge. */
export function notesText(notes: readonly Note[]): NotesText {
  const rows = notes.map((note) => ({
    workspace: toText(note.workspaceId),
    space: toText(note.space),
    key: toText(note.key),
    value: noteText(note),
  }));
  return { kind: 'notes', rows };
}

export function snapshotText({ stream, position, schema, state }: Snapshot): SnapshotText {
  return { kind: 'snapshot', stream: toText(stream), position, schema, state: JSON.stringify(state) };
}
