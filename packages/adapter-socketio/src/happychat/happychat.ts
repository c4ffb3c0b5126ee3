import type { Capabilities, Clock, DisconnectReason, Fields, Identity, SessionOptions } from '@dragoman/core';
import type { Admission, Dialect, Entrance, Surroundings } from '../dialect.js';
import type { RateLimit } from '../rate.js';
import type { Inbound, Peer } from '../transport.js';
import { receiveAgent } from './agent.js';
import { authenticate, type Authenticated, type Authenticator, type HappychatRole } from './authenticate.js';
import { createBoard } from './board.js';
import { createBroadcast, type Broadcast } from './broadcast.js';
import { createClosedChats, type ClosedChats } from './closed.js';
import { receiveCustomer } from './customer.js';
import { idText } from './frames.js';
import { translateOnce } from './once.js';
import { receiveOperator } from './operator.js';
import { createRooms } from './rooms.js';

export interface HappychatOptions {
  readonly workspaceId: string;
  /** Who comes from which namespace; required, since the protocol has no identity of its own [HCS authenticators]. */
  readonly authenticators: Readonly<Record<HappychatRole, Authenticator>>;
  /** The adapter's name, and the space of its ids. Default `happychat`. */
  readonly space?: string;
  /** How long a client may take to prove who it is, ms; default 30 000 [HCD 1]. */
  readonly authMs?: number;
  /** After how long an absent customer has left, ms; default 10 000 [HCS presence]. */
  readonly customerLeftMs?: number;
  /** After how long the chat of an absent customer is closed, ms; default 90 000 [HCS presence]. */
  readonly autocloseMs?: number;
  /** How long a closed chat goes on when its customer writes again, ms; default 4 h [HCS transitions]. */
  readonly reuseMs?: number;
  /** What stands for chats and users in what operators hear of typing, closing and logs; default `objects` [HCD 20]. */
  readonly operatorArgs?: 'objects' | 'ids';
  /** Which lines about the life of a chat customers read; default `none`: clients stumble over them [HCD 14]. */
  readonly customerEvents?: 'none' | 'all';
  /** The part of an identity's rate that one of its sockets may use; default 1/2. */
  readonly socketShare?: number;
  /** Events of one identity over all its sockets; what is beyond is ignored. Default 20/s, burst 100. */
  readonly customerRate?: RateLimit;
  /** The same for operators and agents. Default 500/s, burst 5000. */
  readonly staffRate?: RateLimit;
}

type Settings = Required<HappychatOptions>;

const defaults = {
  space: 'happychat',
  authMs: 30_000,
  customerLeftMs: 10_000,
  autocloseMs: 90_000,
  reuseMs: 4 * 60 * 60 * 1000,
  operatorArgs: 'objects',
  customerEvents: 'none',
  socketShare: 1 / 2,
  customerRate: { perSecond: 20, burst: 100 },
  staffRate: { perSecond: 500, burst: 5000 },
} as const;

/** How long a refused client has to leave by itself, ms [HCD 3]. */
const dismissalMs = 5000;

/** Facts about a person beyond this are kept for `init` alone. */
const maxProfileUnits = 4096;

const shownKeys = ['id', 'username', 'name', 'displayName', 'picture', 'avatarURL', 'session_id', 'locale', 'groups'];

const speech = {
  text: { maxUnits: 65_536 },
  custom: { names: ['customer-info', 'customer-event', 'log'] },
} as const;

/** What customers and operators can say and hear. */
export const happychatCapabilities: Capabilities = {
  customer: {
    says: { ...speech, 'typing-preview': {}, history: {} },
    hears: { ...speech, typing: {}, lifecycle: {}, notice: {}, history: { pushed: 20 } },
  },
  operator: {
    says: { text: speech.text, typing: {}, presence: {}, lifecycle: {}, transfer: {}, close: {}, history: {} },
    hears: { ...speech, 'typing-preview': {}, lifecycle: {}, presence: {}, history: { pushed: 20 } },
  },
};

/** The three namespaces of a Happychat service. */
export function happychatDialect(options: HappychatOptions): Dialect<Fields> {
  const settings: Settings = { ...defaults, ...options };
  const { space, workspaceId } = settings;
  return {
    name: space,
    capabilities: happychatCapabilities,
    watch: {
      identity: {
        workspaceId,
        space,
        side: 'bot',
        realm: '',
        externalId: 'broadcast',
        idType: 'string',
        role: 'monitor',
        name: 'broadcast',
      },
      how: { scope: 'lobby', echo: 'all', away: null, chats: 'mine' },
    },
    open(line, around) {
      const broadcast = createBroadcast(createBoard(line.lobby(), space), () => line.lobby(), around);
      const closed = createClosedChats(settings.reuseMs, around.clock, space);
      line.listen(
        ({ event }) => {
          broadcast.note(event);
          closed.note(event);
        },
        () => true,
      );
      return { entrances: entrancesOf(settings, { broadcast, closed }, around), close: () => broadcast.stop() };
    },
  };
}

/** What is known of all chats, for everybody who comes. */
interface Common {
  readonly broadcast: Broadcast;
  readonly closed: ClosedChats;
}

function entrancesOf(
  settings: Settings,
  { broadcast, closed }: Common,
  around: Surroundings,
): readonly Entrance<Fields>[] {
  const surface = { space: settings.space, link: around.link, customersHearEvents: settings.customerEvents === 'all' };
  const stage = { ...surface, sayings: translateOnce(surface) };
  const rooms = createRooms();
  const desks = {
    customer: { ...stage, rooms, reuseMs: settings.reuseMs },
    operator: { ...stage, broadcast, hasPlainIds: settings.operatorArgs === 'ids' },
    agent: { ...stage, agents: new Set<Peer>(), rooms, closed, now: () => around.clock.now() },
  };
  return [
    entrance('customer', settings, around, (visit) => receiveCustomer(visit, desks.customer, around)),
    entrance('operator', settings, around, (visit) => receiveOperator(visit, desks.operator)),
    entrance('agent', settings, around, async (visit) => receiveAgent(visit, desks.agent)),
  ];
}

function entrance(
  role: HappychatRole,
  settings: Settings,
  around: Surroundings,
  enter: Entrance<Fields>['enter'],
): Entrance<Fields> {
  const rate = role === 'customer' ? settings.customerRate : settings.staffRate;
  const share = settings.socketShare;
  return {
    namespace: `/${role}`,
    rate,
    socketRate: { perSecond: rate.perSecond * share, burst: rate.burst * share },
    async admit(peer) {
      const how = { role, authenticator: settings.authenticators[role], withinMs: settings.authMs };
      const known = await authenticate(peer, how, around);
      return known && toAdmission(role, known, settings);
    },
    dismiss: (peer, reason) => dismiss(peer, reason, around.clock),
    answerEarly: (event) => role === 'operator' && refuseDispatch(event),
    enter,
  };
}

/** Connections are closed, so that clients come back; only who must not come back is refused [SIO5 disconnect]. */
function dismiss(peer: Peer, reason: DisconnectReason, clock: Clock): void {
  switch (reason) {
    case 'UNAUTHENTICATED':
      peer.send({ name: 'unauthorized', args: [] });
      clock.after(dismissalMs, () => peer.refuse());
      return;
    case 'REPLACED':
    case 'TOO_MANY_BAD_FRAMES':
      return peer.refuse();
    case 'SHUTDOWN':
    case 'SLOW':
    case 'STALE':
      return peer.drop();
  }
}

/** The one event that is answered before its sender is known [HCD 2]. */
function refuseDispatch({ name, ack }: Inbound): boolean {
  if (name !== 'broadcast.dispatch') return false;
  ack?.('socket not authorized');
  return true;
}

function toAdmission(
  role: HappychatRole,
  { user, more }: Authenticated,
  settings: Settings,
): Admission<Fields> | undefined {
  const { id } = user;
  const externalId = idText(id) ?? (role === 'agent' ? 'agent' : undefined);
  if (externalId === undefined || (role === 'customer' && idText(user['session_id']) === undefined)) return undefined;
  const side = role === 'agent' ? 'bot' : role;
  const identity: Identity = {
    workspaceId: settings.workspaceId,
    space: settings.space,
    side,
    realm: '',
    externalId,
    idType: typeof id === 'number' ? 'number' : 'string',
    role: side,
    name: nameOf(user),
    profile: boundedProfile(user),
    ...(typeof user['locale'] === 'string' && { locale: user['locale'] }),
    ...(role === 'customer' && Array.isArray(user['groups']) && { groups: user['groups'].filter(isText) }),
    ...(more.expiresAt !== undefined && { expiresAt: more.expiresAt }),
    ...(more.isSupervisor !== undefined && { isSupervisor: more.isSupervisor }),
    ...(more.subject !== undefined && { subject: more.subject }),
  };
  return { user, identity, how: sessionOptions(role, settings) };
}

/** A profile the core can keep: all of it, or what this wire shows of it. */
function boundedProfile(user: Fields): Fields {
  if (JSON.stringify(user).length <= maxProfileUnits) return user;
  return Object.fromEntries(shownKeys.flatMap((key) => (user[key] === undefined ? [] : [[key, user[key]] as const])));
}

/** Everybody hears his own words, and nobody has a word for what he received [HC customer/message]. */
const telling = { echo: 'all', chats: 'mine', saysDelivered: false } as const;

function sessionOptions(role: HappychatRole, settings: Settings): Omit<SessionOptions, 'onEnd'> {
  const { customerLeftMs, autocloseMs } = settings;
  switch (role) {
    case 'customer': {
      const away = { leavesDesk: true, noticeMs: customerLeftMs, closeMs: autocloseMs };
      return { scope: 'own', ...telling, away };
    }
    case 'operator':
      return { scope: 'lobby', ...telling, echoesTyping: true, away: null, mode: 'auto' };
    case 'agent':
      return { scope: 'all', ...telling, away: null };
  }
}

function nameOf(user: Fields): string {
  const name = [user['displayName'], user['name'], user['username']].find(isText) ?? '';
  return name.slice(0, 200);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
