import type { Wire } from '@dragoman/core';
import type { Socket as Connection } from 'engine.io';

/** An Engine.IO packet as far as it matters here. */
interface Packet {
  readonly type: string;
  readonly data?: unknown;
}

/** What each connection is called by those who look at it. */
const looked = new WeakMap<Connection, Map<Wire, string>>();

/**
 * Shows the messages of a connection, from here on, to whoever looks at the wire of their namespace. Handshakes,
 * heartbeats and upgrades of Engine.IO belong to no namespace and are not shown.
 */
export function watchWire(connection: Connection, wires: ReadonlyMap<string, Wire>): void {
  if (wires.size === 0 || looked.has(connection)) return;
  const ids = new Map<Wire, string>();
  looked.set(connection, ids);

  function meet(wire: Wire): string {
    const { transport, protocol } = connection;
    const id = ids.get(wire) ?? wire.opened({ transport: transport.name, client: `Engine.IO ${protocol}` });
    ids.set(wire, id);
    return id;
  }

  const shower = (way: 'in' | 'out') => {
    let current: Wire | undefined;
    return ({ type, data }: Packet): void => {
      if (type !== 'message') return;
      // Bytes follow the text that announces them.
      if (typeof data === 'string') current = wires.get(namespaceOf(data));
      if (current === undefined) return;
      const id = meet(current);
      if (typeof data === 'string') current[way](id, `4${data}`);
      else if (data instanceof Uint8Array) current[way](id, data);
    };
  };

  connection.on('packet', shower('in'));
  connection.on('packetCreate', shower('out'));
  connection.on('close', () => {
    for (const [wire, id] of ids) wire.closed(id);
  });
}

/** Undefined: nobody looks. */
export function connectionIdOf(connection: Connection, wire: Wire | undefined): string | undefined {
  return wire && looked.get(connection)?.get(wire);
}

/** Of a Socket.IO packet: its type, how many attachments, then the namespace unless it is the main one. [SIO5 packet] */
function namespaceOf(packet: string): string {
  return /^\d(?:\d*-)?(\/[^,?]*)/.exec(packet)?.[1] ?? '/';
}
