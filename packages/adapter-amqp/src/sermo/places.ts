import { Fault } from '@dragoman/core';
import type { QueuePlan, Topology } from '../topology.js';
import type { SermoSetup } from './options.js';

const gib = 1024 ** 3;
/** Quorum queues count deliveries; the limit is the last net below our own parking. [RABBITMQ quorum queues] */
const deliveryLimit = 20;
/** Who looks at what was put aside must not wear it out: from 4.0 on the broker's default is 20. [RABBITMQ quorum queues] */
const reviewLimit = 1_000_000;

/** What of a setup cannot work together. Throws CONFIG_INVALID. */
export function checkSetup(setup: SermoSetup): void {
  const { mode, externalBot, customers, desks, urls } = setup;
  const problem =
    urls.length === 0
      ? 'sermo needs the address of a broker'
      : customers.length + desks.length === 0
        ? 'sermo needs at least one platform'
        : [...customers, ...desks].some((name) => !/^[A-Za-z0-9_-]{1,64}$/.test(name))
          ? 'a platform of sermo is named by 1 to 64 letters, digits, _ and -'
          : mode === 'queue' && externalBot
            ? 'sermo: a queue that a bot reads too cannot be one of two literal queues'
            : mode === 'queue' && customers.length > 0 && desks.length > 0
              ? 'sermo: with two literal queues one gateway can stand on one side only'
              : trustProblem(setup);
  if (problem !== undefined) throw new Fault('CONFIG_INVALID', problem);
}

function trustProblem({ tls, urls }: SermoSetup): string | undefined {
  if (tls === undefined) return undefined;
  if (!urls.every((url) => url.startsWith('amqps:'))) return 'sermo: tls is for amqps addresses alone';
  if ((tls.cert === undefined) !== (tls.key === undefined)) return 'sermo: a certificate and its key go together';
  return tls.external === true && tls.cert === undefined ? 'sermo: external needs a certificate to show' : undefined;
}

/** The queue we consume for each purpose; undefined: nothing. */
export function queuesOf({ mode, names, customers, desks, externalBot }: SermoSetup) {
  const isLiteral = mode === 'queue';
  return {
    customer: customers.length === 0 ? undefined : isLiteral ? names.inbound : names.customerQueue,
    desk: desks.length === 0 ? undefined : isLiteral ? names.outbound : names.deskQueue,
    bot: customers.length === 0 || !externalBot ? undefined : names.botQueue,
  };
}

/** Everything that must be on the broker. */
export function topologyOf(setup: SermoSetup): Topology {
  const { names, mode } = setup;
  const queues = queuesOf(setup);
  const aside = asideOf(setup);
  if (mode === 'queue') {
    const literal = [names.inbound, names.outbound].map((name) => ({ name, arguments: {} }));
    return { exchanges: aside.exchanges, queues: [...literal, ...aside.queues] };
  }
  const bound = (name: string | undefined, exchange: string, platforms: readonly string[]): QueuePlan[] =>
    name === undefined
      ? []
      : [{ name, boundTo: { exchange, patterns: platforms.map((id) => `${id}.#`) }, arguments: own(setup) }];
  return {
    exchanges: [{ name: names.inbound, type: 'topic' }, { name: names.outbound, type: 'topic' }, ...aside.exchanges],
    queues: [
      ...aside.queues,
      ...bound(queues.customer, names.inbound, setup.customers),
      ...bound(queues.desk, names.outbound, setup.desks),
      ...bound(queues.bot, names.outbound, setup.customers),
    ],
  };
}

/** Where what cannot be obeyed is kept for people to look at; what is fleeting keeps nothing. */
function asideOf(setup: SermoSetup): Topology {
  const { parked, deadExchange, deadQueue } = setup.names;
  if (setup.declare === 'fleeting') return { exchanges: [], queues: [] };
  return {
    exchanges: [{ name: deadExchange, type: 'fanout' }],
    queues: [
      { name: parked, arguments: kept(setup, 2 * gib) },
      { name: deadQueue, boundTo: { exchange: deadExchange, patterns: [''] }, arguments: kept(setup, gib) },
    ],
  };
}

/** One active consumer whatever the number of gateways, so that order holds. [RABBITMQ single active consumer] */
function own({ queueType, names }: SermoSetup): Readonly<Record<string, unknown>> {
  const common = {
    'x-queue-type': queueType,
    'x-single-active-consumer': true,
    'x-dead-letter-exchange': names.deadExchange,
    'x-overflow': 'reject-publish',
    'x-max-length-bytes': gib,
  };
  if (queueType === 'classic') return common;
  return { ...common, 'x-delivery-limit': deliveryLimit, 'x-dead-letter-strategy': 'at-least-once' };
}

function kept({ queueType }: SermoSetup, bytes: number): Readonly<Record<string, unknown>> {
  const common = { 'x-queue-type': queueType, 'x-overflow': 'reject-publish', 'x-max-length-bytes': bytes };
  return queueType === 'classic' ? common : { ...common, 'x-delivery-limit': reviewLimit };
}
