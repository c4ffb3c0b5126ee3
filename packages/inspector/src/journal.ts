import type { ChatEvent, ChatId, Message, MessageId, Sighting } from '@dragoman/core';

/** One step of a message on its way. */
export interface Hop {
  /** Ms since epoch. */
  readonly at: number;
  readonly what: 'asked' | 'handed';
  readonly space: string;
  readonly participantId: string;
  readonly role: string;
  /** How long the command took, ms; null: it was none. */
  readonly tookMs: number | null;
  /** Handed over after the client came back. */
  readonly isReplay: boolean;
}

/** What kind of client was seen, and how often. */
export interface ClientSeen {
  readonly space: string;
  /** As its wire tells; empty where it does not. */
  readonly client: string;
  readonly transport: string;
  readonly seen: number;
  readonly open: number;
  readonly lastAt: number;
}

/** What an adapter's clients asked for. */
export interface Asked {
  readonly commands: number;
  /** By code. */
  readonly refused: ReadonlyMap<string, number>;
}

/** What is kept of what happens, in memory, since the start: the store keeps the rest. */
export interface Journal {
  readonly observe: (sighting: Sighting) => void;
  /** In order. */
  hopsOf(messageId: MessageId): readonly Hop[];
  /** The latest message that a client called so; undefined: none since the start. */
  namedBy(clientId: string): MessageId | undefined;
  readonly clients: readonly ClientSeen[];
  askedOf(space: string): Asked;
}

/** The oldest messages are forgotten first. */
const maxMessages = 5000;
const maxHops = 100;
/** Further kinds of clients of one gateway are not told apart. */
const maxClients = 500;

interface Client {
  space: string;
  client: string;
  transport: string;
  seen: number;
  open: number;
  lastAt: number;
}

const messagesOf = (events: readonly { readonly type: string }[]): readonly MessagePosted[] =>
  events.filter((event): event is MessagePosted => event.type === 'MessagePosted' && 'message' in event);

type MessagePosted = Extract<ChatEvent, { type: 'MessagePosted' }> & { readonly chatId: ChatId };

export function createJournal(): Journal {
  const hops = new Map<MessageId, Hop[]>();
  const named = new Map<string, MessageId>();
  const clients = new Map<string, Client>();
  const connections = new Map<string, Client>();
  const asked = new Map<string, { commands: number; refused: Map<string, number> }>();

  function add({ id, clientId }: Message, hop: Hop): void {
    const known = hops.get(id) ?? [];
    if (known.length < maxHops) known.push(hop);
    hops.set(id, known);
    if (clientId !== null) named.set(String(clientId.value), id);
    for (const all of [hops, named]) {
      const [oldest] = all.size > maxMessages ? all.keys() : [];
      if (oldest !== undefined) all.delete(oldest);
    }
  }

  function clientOf(space: string, transport: string, client: string): Client {
    const key = JSON.stringify(clients.size < maxClients ? [space, transport, client] : [space]);
    const known = clients.get(key) ?? { space, client, transport, seen: 0, open: 0, lastAt: 0 };
    clients.set(key, known);
    return known;
  }

  function connected(seen: Extract<Sighting, { type: 'connection-opened' }>): void {
    const client = clientOf(seen.space, seen.transport, seen.client ?? '');
    client.seen += 1;
    client.open += 1;
    client.lastAt = seen.at;
    connections.set(`${seen.space} ${seen.connectionId}`, client);
  }

  function disconnected(seen: Extract<Sighting, { type: 'connection-closed' }>): void {
    const key = `${seen.space} ${seen.connectionId}`;
    const client = connections.get(key);
    if (client !== undefined) client.open -= 1;
    connections.delete(key);
  }

  function answered(seen: Extract<Sighting, { type: 'command' }>): void {
    const { at, space, participantId, role, tookMs, outcome } = seen;
    const told = asked.get(space) ?? { commands: 0, refused: new Map<string, number>() };
    asked.set(space, told);
    told.commands += 1;
    if (!outcome.ok) {
      const { code } = outcome.rejection;
      told.refused.set(code, (told.refused.get(code) ?? 0) + 1);
      return;
    }
    const hop = { at: at - tookMs, what: 'asked', space, participantId, role, tookMs, isReplay: false } as const;
    for (const { message } of messagesOf(outcome.events)) add(message, hop);
  }

  function handed({ at, space, participantId, role, event, isReplay }: Extract<Sighting, { type: 'delivery' }>): void {
    if (role === 'monitor') return;
    const hop = { at, what: 'handed', space, participantId, role, tookMs: null, isReplay } as const;
    for (const { message } of messagesOf([event])) add(message, hop);
  }

  return {
    observe(sighting) {
      if (sighting.type === 'connection-opened') connected(sighting);
      else if (sighting.type === 'connection-closed') disconnected(sighting);
      else if (sighting.type === 'command') answered(sighting);
      else if (sighting.type === 'delivery') handed(sighting);
    },
    hopsOf: (messageId) => (hops.get(messageId) ?? []).toSorted((one, other) => one.at - other.at),
    namedBy: (clientId) => named.get(clientId),
    get clients() {
      return [...clients.values()];
    },
    askedOf: (space) => asked.get(space) ?? { commands: 0, refused: new Map() },
  };
}
