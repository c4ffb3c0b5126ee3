import type { Chat } from '../chat/chat.js';
import { isCustomer } from '../chat/chat.js';
import type { ChatDecision } from '../chat/verdict.js';
import { decide } from '../chat/decide.js';
import { isRejection } from '../chat/verdict.js';
import type { Doorway } from '../chat/opening.js';
import { enter, fold, openChat } from '../chat/opening.js';
import type { Entrance } from '../chat/opening.js';
import type { ChatRef, FilteredMessage, OpenChat, PostMessage } from '../command.js';
import type { ChatFact } from '../event.js';
import type { Rejection } from '../outcome.js';
import { reject } from '../outcome.js';
import type { OutsideIdentity, ParticipantId } from '../participant.js';
import { stranger } from '../person.js';
import { isAnyoneThere } from '../routing/eligible.js';
import { nextForNewcomer } from '../routing/run.js';
import { normalise } from '../routing/wishes.js';
import { streams } from '../store.js';
import type { Change } from './change.js';
import type { ChatHead } from './heads.js';
import type { Work } from './task.js';
import type { Seated } from './sessions.js';
import type { Workspace } from './workspace.js';
import { system } from './workspace.js';

/** A command on a chat that must exist. */
export function chatWork(workspace: Workspace, session: Seated, ref: ChatRef, command: ChatDecision): Work {
  return {
    prepare: () => prepare(workspace, session, ref),
    decide(at) {
      const before = headOf(workspace, session, ref);
      if (before === 'unprepared' || !isPrepared(workspace, session)) return 'unprepared';
      if (before === null) return reject('UNKNOWN_CHAT');
      const facts = decide(before.chat, command, workspace.scene(session.speaker, at));
      return isRejection(facts) ? facts : changeBy(session, before, facts);
    },
  };
}

/** Words for an outside name: they may open the chat they are said in. */
export function postWork(workspace: Workspace, session: Seated, key: string, command: FilteredMessage): Work {
  return {
    prepare: () => prepare(workspace, session, { key }),
    decide(at) {
      const current = headOf(workspace, session, { key });
      if (current === 'unprepared' || !isPrepared(workspace, session)) return 'unprepared';
      const mayOpen = session.participant.role !== 'operator' && session.participant.role !== 'monitor';
      if (current === null && !mayOpen) return reject('UNKNOWN_CHAT');
      const scene = workspace.scene(session.speaker, at);
      if (current !== null && goesOn(current.chat, command, at)) {
        const facts = decide(current.chat, command, scene);
        return isRejection(facts) ? facts : changeBy(session, current, facts);
      }
      const opening = command.opening ?? {};
      const entrance = enter(
        doorway(workspace, session, { key, customerId: session.participant.id, opening }),
        opening,
      );
      const facts = decide(fold(entrance, scene), command, scene);
      return isRejection(facts)
        ? facts
        : changeThrough(workspace, session, key, { ...entrance, facts: [...entrance.facts, ...facts] });
    },
  };
}

/** Whether the words are this chat's own affair, and do not begin the next one. */
function goesOn(chat: Chat, command: PostMessage, at: number): boolean {
  if (chat.status !== 'closed') return true;
  if (command.ifClosed === 'new') return false;
  const isTooLate = command.reopenWithinMs !== undefined && at - (chat.closedAt ?? at) > command.reopenWithinMs;
  return !(command.ifClosed === 'reopen' && isTooLate);
}

export function openWork(workspace: Workspace, session: Seated, command: OpenChat): Work {
  let customerId: ParticipantId | undefined = command.customer === undefined ? session.participant.id : undefined;
  return {
    async prepare() {
      await prepare(workspace, session, { key: command.key });
      if (command.customer !== undefined) customerId = await prepareStranger(workspace, command.customer);
    },
    decide(at) {
      if (customerId === undefined) return 'unprepared';
      const current = headOf(workspace, session, { key: command.key });
      const customer = workspace.heads.person(customerId);
      if (current === 'unprepared' || customer === undefined || !isPrepared(workspace, session)) return 'unprepared';
      if (session.participant.role === 'monitor') return reject('NOT_ALLOWED');
      const door = doorway(workspace, session, { key: command.key, customerId, opening: command });
      const entrance = openChat(door, command, workspace.scene(session.speaker, at));
      return 'code' in entrance ? entrance : changeThrough(workspace, session, command.key, entrance);
    },
  };
}

/** What everything about an outside name is decided by, as of now. */
function doorway(
  workspace: Workspace,
  session: Seated,
  what: { key: string; customerId: ParticipantId; opening: Partial<Pick<OpenChat, 'locale' | 'groups'>> },
): Doorway {
  const { heads, policies } = workspace;
  const { space, locale, groups } = session.identity;
  const current = headOf(workspace, session, { key: what.key });
  const openChats = [...heads.openChatsOf(what.customerId)]
    .map((id) => heads.open.get(id)?.chat)
    .filter((chat) => chat !== undefined);
  const isOwn = what.customerId === session.participant.id && session.participant.role === 'customer';
  const elsewhere = openChats.filter((chat) => !(space in chat.addresses)).toSorted((a, b) => b.openedAt - a.openedAt);
  const wishes = normalise(heads.shard, {
    locale: what.opening.locale ?? locale,
    groups: what.opening.groups ?? groups,
  });
  return {
    workspaceId: workspace.id,
    space,
    key: what.key,
    current: current === 'unprepared' ? undefined : current?.chat,
    elsewhere: isOwn && policies.joinOpenChat ? elsewhere[0] : undefined,
    openCount: openChats.length,
    customerId: what.customerId,
    away: session.options.away,
    fresh: () => ({ chatId: workspace.ports.ids.chat(), publicNumber: workspace.ports.ids.publicNumber() }),
    wishes,
    isAnyoneThere: isAnyoneThere(heads.shard, wishes),
    nextOperator: nextForNewcomer(heads.shard, wishes)?.id,
  };
}

/** The chat a reference leads this session to; null: none that it may know of. */
function headOf(workspace: Workspace, session: Seated, ref: ChatRef): ChatHead | null | 'unprepared' {
  if ('chatId' in ref) {
    const head = workspace.heads.chat(ref.chatId);
    if (head === undefined) return 'unprepared';
    return head !== null && isKnownTo(head.chat, session) ? head : null;
  }
  const address = workspace.heads.address(streams.address(workspace.id, session.identity.space, ref.key));
  if (address === undefined) return 'unprepared';
  if (address.chatId === null) return null;
  const head = workspace.heads.chat(address.chatId);
  return head === undefined ? 'unprepared' : head;
}

/** A customer knows his own chats and no others. */
export function isKnownTo(chat: Chat, session: Seated): boolean {
  return session.participant.role !== 'customer' || isCustomer(chat, session.participant.id);
}

function isPrepared(workspace: Workspace, session: Seated): boolean {
  return workspace.heads.person(session.participant.id) !== undefined;
}

async function prepare(workspace: Workspace, session: Seated, ref: ChatRef): Promise<void> {
  const { heads } = workspace;
  await preparePerson(workspace, session);
  if ('chatId' in ref) {
    await heads.loadChat(ref.chatId);
    return;
  }
  const address = await heads.loadAddress(streams.address(workspace.id, session.identity.space, ref.key));
  if (address.chatId !== null) await heads.loadChat(address.chatId);
}

/** The session's participant, who may not have been stored yet. */
export async function preparePerson(workspace: Workspace, session: Seated): Promise<void> {
  const known = await workspace.heads.loadPerson(session.participant.id);
  if (known === null)
    workspace.heads.setPerson({
      participant: session.participant,
      version: 0,
      chats: [],
      isSaved: false,
      isErased: false,
      aliases: [],
    });
}

/** A customer somebody else opens a chat for may never have been here. */
async function prepareStranger(workspace: Workspace, outside: OutsideIdentity): Promise<ParticipantId> {
  const { id, person } = await workspace.whoIsCalled(outside);
  const identity = { ...outside, workspaceId: workspace.id, role: 'customer', name: '' } as const;
  if (person === null) workspace.heads.setPerson(stranger(id, identity));
  return id;
}

/** A person's profile is stored with the first thing he does. */
function changeBy(session: Seated, before: ChatHead, facts: readonly ChatFact[]): Change {
  const chat = { before, facts };
  if (facts.length === 0) return { chat };
  const hasJoined = facts.some((fact) => fact.type === 'ParticipantJoined' && fact.role === 'customer');
  const listed = hasJoined ? ([{ type: 'ChatListed', chatId: before.chat.id }] as const) : [];
  return { chat, people: [{ id: session.participant.id, facts: listed }] };
}

function changeThrough(workspace: Workspace, session: Seated, key: string, entrance: Entrance): Change {
  const { chat, facts, isBound } = entrance;
  const before: ChatHead = workspace.heads.chat(chat.id) ?? {
    chat,
    people: {},
    stream: streams.chat(workspace.id, chat.id),
  };
  if (facts.length === 0) return chat.version === 0 ? {} : { chat: { before, facts } };
  const opened = facts.find((fact) => fact.type === 'ChatOpened');
  if (opened === undefined) {
    const change = changeBy(session, before, facts);
    return isBound ? { ...change, names: [streams.address(workspace.id, session.identity.space, key)] } : change;
  }
  const listed = { id: opened.customerId, facts: [{ type: 'ChatListed', chatId: chat.id } as const] };
  const isForHimself = opened.customerId === session.participant.id;
  return {
    chat: { before, facts },
    people: isForHimself ? [listed] : [listed, { id: session.participant.id, facts: [] }],
    names: [
      streams.address(workspace.id, session.identity.space, key),
      streams.publicNumber(workspace.id, opened.publicNumber),
    ],
  };
}

/** The system's own word in a chat: presence, timers. */
export function systemWork(workspace: Workspace, chatId: string, command: ChatDecision, fired?: string): Work {
  return {
    async prepare() {
      await workspace.heads.loadChat(chatId);
    },
    decide(at): Change | Rejection | 'unprepared' {
      const before = workspace.heads.chat(chatId);
      if (before === undefined) return 'unprepared';
      if (before === null) return reject('UNKNOWN_CHAT');
      const facts = decide(before.chat, command, workspace.scene(system, at));
      if (isRejection(facts)) return facts;
      return { chat: { before, facts }, ...(fired !== undefined && { fired }) };
    },
  };
}
