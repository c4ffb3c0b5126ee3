import type { Sighting } from '@dragoman/core';

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

export interface ClientsSeen {
  readonly all: readonly ClientSeen[];
  opened(seen: Extract<Sighting, { type: 'connection-opened' }>): void;
  closed(seen: Extract<Sighting, { type: 'connection-closed' }>): void;
}

/** Further kinds of clients of one gateway are counted together, as `others` of their space. */
const maxClients = 500;

interface Client {
  space: string;
  client: string;
  transport: string;
  seen: number;
  open: number;
  lastAt: number;
}

/** Counts clients by their kind, since the start. */
export function createClientsSeen(): ClientsSeen {
  const clients = new Map<string, Client>();
  const connections = new Map<string, Client>();

  function clientOf(space: string, transport: string, client: string): Client {
    const known = clients.get(JSON.stringify([space, transport, client]));
    if (known !== undefined) return known;
    const kind = clients.size < maxClients ? { space, transport, client } : { space, transport: '', client: 'others' };
    const key = JSON.stringify([kind.space, kind.transport, kind.client]);
    const counted = clients.get(key) ?? { ...kind, seen: 0, open: 0, lastAt: 0 };
    clients.set(key, counted);
    return counted;
  }

  return {
    get all() {
      return [...clients.values()];
    },
    opened({ at, space, transport, client: told, connectionId }) {
      const client = clientOf(space, transport, told ?? '');
      client.seen += 1;
      client.open += 1;
      client.lastAt = at;
      connections.set(`${space} ${connectionId}`, client);
    },
    closed({ space, connectionId }) {
      const key = `${space} ${connectionId}`;
      const client = connections.get(key);
      if (client !== undefined) client.open -= 1;
      connections.delete(key);
    },
  };
}
