import { randomUUID } from 'node:crypto';
import {
  defaultNames,
  queueModeNames,
  sermoAdapter,
  sermoPeer,
  unreadQueue,
  type PlatformRole,
  type SermoNames,
  type SermoOptions,
} from '@dragoman/adapter-amqp';
import { patiently } from './hello.js';
import type { Leg, LegCopy, OpenCopy, Side } from './legs.js';
import { probeWorkspace } from './meeting.js';
import type { Hear, Participant } from './participant.js';

/** The platform of the copy on which each side of the probe stands. */
const platforms = { customer: 'probe-front', operator: 'probe-desk' } as const;

/** Which side the probe plays where we stand on this one. */
const sideOf: Readonly<Record<PlatformRole, Side>> = { customer: 'customer', desk: 'operator' };

/**
 * The same broker, host and user, with exchanges and queues that nobody else knows, made for one meeting. Where nothing
 * may be made on the broker there is no copy.
 */
export function sermoLeg(options: SermoOptions & { readonly name: string }): Omit<Leg, 'name'> {
  const sides = sidesOf(options);
  const delegations = [{ desk: { space: options.name, externalId: platforms.operator } }];
  const copy: LegCopy = { sides, ...(sides.has('operator') && { delegations }), open: () => openCopy(options) };
  return {
    hello: () => patiently(unreadQueue(options), 'the broker does not answer'),
    copy: isCopied(options) ? copy : undefined,
  };
}

function openCopy(options: SermoOptions): OpenCopy {
  const copied = copyOf(options, randomUUID());
  return { adapter: sermoAdapter(copied), enter: (side, hear) => enter(copied, side, hear) };
}

/** Whether the probe may make what it needs on the broker. */
export const isCopied = ({ declare = 'active' }: SermoOptions): boolean => declare === 'active';

/** The options of the copy, with a mark behind each name. */
export function copyOf(options: SermoOptions, mark: string): SermoOptions {
  const { externalBot: _bot, openChatOn: _opening, ...kept } = options;
  const sides = sidesOf(options);
  return {
    ...kept,
    workspaceId: probeWorkspace,
    declare: 'fleeting',
    names: markedNames(options, `probe.${mark}`),
    platforms: {
      ...(sides.has('customer') && { [platforms.customer]: 'customer' }),
      ...(sides.has('operator') && { [platforms.operator]: 'desk' }),
    },
    times: { ...kept.times, stopMs: 500 },
  };
}

const sidesOf = ({ platforms: own }: SermoOptions): ReadonlySet<Side> =>
  new Set(Object.values(own).map((role) => sideOf[role]));

/** The configured names with a mark behind, so that rights which hold for their beginning hold for these. */
function markedNames({ mode, names }: SermoOptions, mark: string): SermoNames {
  const all = { ...(mode === 'queue' ? queueModeNames : defaultNames), ...names };
  const marked = (name: string): string => `${name}.${mark}`;
  return {
    inbound: marked(all.inbound),
    outbound: marked(all.outbound),
    deskQueue: marked(all.deskQueue),
    customerQueue: marked(all.customerQueue),
    botQueue: marked(all.botQueue),
    parked: marked(all.parked),
    deadExchange: marked(all.deadExchange),
    deadQueue: marked(all.deadQueue),
  };
}

/** A desk answers in the chat from which it was spoken to, a customer is one for each meeting. */
async function enter(options: SermoOptions, side: Side, hear: Hear): Promise<Participant> {
  const peer = await sermoPeer(options, platforms[side], (userId, text) =>
    hear(text, (answer) => peer.say(userId, answer)),
  );
  const self = randomUUID();
  return { say: (text) => peer.say(self, text), close: () => void peer.close().catch(() => undefined) };
}
