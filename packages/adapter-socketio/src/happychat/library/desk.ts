import type { Command, Core, Fields, Identity, Lobby, Outcome, ParticipantId, Session, Side } from '@dragoman/core';
import { idText, isRecord } from '../frames.js';
import { wireId } from '../people.js';

/** Under whose names the library acts on the core. */
export interface Desk {
  readonly space: string;
  /** How long a closed chat goes on when its customer writes again, ms. */
  readonly reuseMs: number;
  lobby(): Lobby;
  /** As the library itself, which may configure and speak for operators. */
  asLibrary(command: Command): Promise<Outcome>;
  /** As somebody known or not, who is not present for it: a session as short as the command. */
  as(who: Identity, command: Command | undefined): Promise<Outcome | undefined>;
  /** Null: nobody known by that id. */
  operatorId(wireId: string | undefined): ParticipantId | null;
  operator(user: unknown): Identity | undefined;
  customer(chat: unknown): Identity | undefined;
  agent(agent: unknown): Identity;
}

/** Where the library is at home. */
export interface Place {
  readonly core: Core;
  /** A bot that supervises and hears everything. */
  readonly session: Session;
  readonly reuseMs: number;
}

/** Who the library is to the core. */
export function libraryIdentity(workspaceId: string, space: string): Identity {
  return { ...identity({ workspaceId, space }, 'bot', 'library'), isSupervisor: true };
}

export function createDesk({ core, session, reuseMs }: Place): Desk {
  const home = { workspaceId: session.workspaceId, space: session.space };
  const lobby = (): Lobby => core.lobby(session);

  function operatorId(id: string | undefined): ParticipantId | null {
    for (const known of lobby().operators.keys()) {
      const who = lobby().person(known);
      if (who !== undefined && String(wireId(who, home.space)) === id) return known;
    }
    return null;
  }

  return {
    space: home.space,
    reuseMs,
    lobby,
    operatorId,
    asLibrary: (command) => core.dispatch(session, command),
    async as(who, command) {
      if (command === undefined) return undefined;
      const visit = await core.connect(who, { scope: 'own', echo: 'all', away: null, chats: 'mine' }, () => {});
      try {
        return await core.dispatch(visit, command);
      } finally {
        await visit.end();
      }
    },
    operator(user) {
      const id = isRecord(user) ? user['id'] : undefined;
      // Of somebody who has signed in himself more is known than an action tells.
      const facts = operatorId(idText(id)) === null && isRecord(user) ? user : undefined;
      return identityOf(home, 'operator', id, facts);
    },
    customer(chat) {
      if (!isRecord(chat)) return undefined;
      const key = idText(chat['id']);
      const known = [...lobby().chats.values()].find(({ addresses }) => addresses[home.space] === key);
      const id = chat['user_id'] ?? (known && customerOf(known.customerId)) ?? chat['id'];
      return identityOf(home, 'customer', id, known === undefined ? asUser(chat, id) : undefined);
    },
    agent: (agent) =>
      identityOf(home, 'bot', isRecord(agent) ? agent['id'] : undefined, undefined) ?? identity(home, 'bot', 'agent'),
  };

  function customerOf(id: ParticipantId): string | number | undefined {
    const who = lobby().person(id);
    return who && wireId(who, home.space);
  }
}

type Home = Pick<Identity, 'workspaceId' | 'space'>;

function identityOf(home: Home, side: Side, id: unknown, facts: Fields | undefined): Identity | undefined {
  const externalId = idText(id);
  if (externalId === undefined) return undefined;
  const { locale, groups } = facts ?? {};
  return {
    ...identity(home, side, externalId),
    idType: typeof id === 'number' ? 'number' : 'string',
    ...(facts !== undefined && { name: nameOf(facts), profile: facts }),
    ...(typeof locale === 'string' && { locale }),
    ...(side === 'customer' &&
      Array.isArray(groups) && { groups: groups.filter((group) => typeof group === 'string') }),
  };
}

function identity(home: Home, side: Side, externalId: string): Identity {
  return { ...home, side, realm: '', externalId, idType: 'string', role: side, name: '' };
}

function nameOf({ displayName, name, username }: Fields): string {
  const known = [displayName, name, username].find((word) => typeof word === 'string') ?? '';
  return known.slice(0, 200);
}

/** A chat names its customer: under its own id, and by another word [HCS message]. */
function asUser({ name, id, user_id: _, ...rest }: Fields, userId: unknown): Fields {
  return { ...rest, id: userId, session_id: id, ...(name !== undefined && { displayName: name }) };
}
