import { randomBytes } from 'node:crypto';
import type { Channel } from './channel.js';
import type { ChannelServer } from './channel-server.js';
import { encodeFrame } from './encoded-frame.js';
import type { Payload } from './frame.js';

/** Who somebody is, and what is told of him: once for each of his connections. */
export interface Present {
  /** The same for all his connections. Names that every object has, such as `constructor`, crash clients: prefix keys. */
  readonly key: string;
  readonly meta: Payload;
}

/** Who is there, on each topic, as the `Presence` of the clients shows it. [PHX presence] */
export interface Presence {
  /**
   * For a handler's `joined`: tells this channel who is there, himself included, and the others that he came. Without
   * `present` he only watches. Throws a TypeError for a key that would crash clients.
   */
  track(channel: Channel, present?: Present): void;
  /** Tells everybody what has changed of him. */
  update(channel: Channel, meta: Payload): void;
  /** For a handler's `ended`: tells the others that he has gone. Twice is fine. */
  untrack(channel: Channel): void;
}

interface Tracked extends Present {
  readonly ref: string;
}

type PresenceState = Readonly<Record<string, { readonly metas: readonly Payload[] }>>;

const newRef = (): string => randomBytes(9).toString('base64url');

/** Of one server; `nextRef` gives each meta a name that no other has. Default: random. */
export function createPresence(server: Pick<ChannelServer, 'broadcast'>, nextRef: () => string = newRef): Presence {
  const topics = new Map<string, Map<Channel, Tracked>>();

  function tell(topic: string, joins: PresenceState, leaves: PresenceState, except?: Channel): void {
    server.broadcast(encodeFrame({ topic, event: 'presence_diff', payload: { joins, leaves } }), except);
  }

  return {
    track(channel, present) {
      const { topic } = channel;
      const there = topics.get(topic) ?? new Map<Channel, Tracked>();
      if (present === undefined) return void channel.push('presence_state', stateOf(there.values()));
      if (present.key in Object.prototype) throw new TypeError(`this key would crash clients: ${present.key}`);
      const tracked = { ...present, ref: nextRef() };
      topics.set(topic, there.set(channel, tracked));
      channel.push('presence_state', stateOf(there.values()));
      // Clients of 1.3 would count themselves twice. [PHX presence]
      tell(topic, stateOf([tracked]), {}, channel);
    },
    update(channel, meta) {
      const there = topics.get(channel.topic);
      const before = there?.get(channel);
      if (there === undefined || before === undefined) return;
      const after = { key: before.key, meta, ref: nextRef() };
      there.set(channel, after);
      const joined = { ...metaOf(after), phx_ref_prev: before.ref };
      tell(channel.topic, { [after.key]: { metas: [joined] } }, stateOf([before]));
    },
    untrack(channel) {
      const there = topics.get(channel.topic);
      const before = there?.get(channel);
      if (there === undefined || before === undefined) return;
      there.delete(channel);
      if (there.size === 0) topics.delete(channel.topic);
      tell(channel.topic, {}, stateOf([before]), channel);
    },
  };
}

function metaOf({ meta, ref }: Tracked): Payload {
  return { ...meta, phx_ref: ref };
}

/** Under each key a meta for each connection. [PHX presence] */
function stateOf(all: Iterable<Tracked>): PresenceState {
  const metas = new Map<string, Payload[]>();
  for (const tracked of all) {
    const known = metas.get(tracked.key);
    if (known === undefined) metas.set(tracked.key, [metaOf(tracked)]);
    else known.push(metaOf(tracked));
  }
  return Object.fromEntries([...metas].map(([key, list]) => [key, { metas: list }]));
}
