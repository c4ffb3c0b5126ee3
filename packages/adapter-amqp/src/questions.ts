import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { problemOf } from './link.js';
import type { SermoSetup } from './sermo/options.js';
import { queuesOf, topologyOf } from './sermo/places.js';

/** What a user of a broker may do with a name: make it, send to it, or take from it. [RABBITMQ access control] */
export type BrokerRight = 'configure' | 'write' | 'read';

/** Names with which a user may not do what the gateway must do with them. */
export interface LackingRight {
  readonly right: BrokerRight;
  readonly names: readonly string[];
}

/** An exchange or a queue that is not as the gateway needs it. */
export type BrokerThing =
  /** It is not there, and `declare` does not let the gateway make it. */
  | { readonly kind: 'missing'; readonly what: 'exchange' | 'queue'; readonly name: string }
  /** It is there with other arguments; `problem` has the broker's words. */
  | {
      readonly kind: 'different';
      readonly what: 'exchange' | 'queue';
      readonly name: string;
      readonly problem: string;
    };

/** Each question is answered in this time, or not at all, ms. */
const patienceMs = 3_000;

type Question = (channel: ConfirmChannel) => Promise<unknown>;

interface Refusal {
  readonly code: number;
  readonly problem: string;
}

const [forbidden, notFound, otherwise] = [403, 404, 406];

/** Asks in a channel of its own, which a refusal closes; undefined: the broker agreed. Rejects when it says nothing. */
async function refusalTo(model: ChannelModel, question: Question): Promise<Refusal | undefined> {
  const channel = await inTime(model.createConfirmChannel());
  let refusal: Refusal | undefined;
  const closed = new Promise<void>((resolve) => void channel.once('close', resolve));
  channel.on('error', (error: Error) => {
    refusal = { code: 'code' in error ? Number(error.code) : 0, problem: problemOf(error) };
  });
  try {
    await inTime(question(channel));
    await inTime(channel.close());
  } catch {
    await inTime(closed);
  }
  return refusal;
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the broker says nothing')), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

// A broker looks at the right before it looks at the rest. So what it must refuse in any case tells whether we may, and
// changes nothing: a queue of a size below zero, a letter that expires never, a reader of the rank "none".
// [RABBITMQ access control]
const impossible = {
  exchange: { durable: true, arguments: { 'alternate-exchange': 0 } },
  queue: { durable: true, arguments: { 'x-max-length-bytes': -1 } },
  letter: { expiration: 'never' },
  reader: { arguments: { 'x-priority': 'none' } },
} as const;

const toSend =
  (exchange: string): Question =>
  async (channel) => {
    channel.publish(exchange, 'dragoman-doctor', Buffer.alloc(0), impossible.letter);
    await channel.waitForConfirms();
  };

const toRead =
  (queue: string): Question =>
  (channel) =>
    channel.consume(queue, () => undefined, impossible.reader);

/** Nothing is bound by this key, so that nothing is unbound. */
const toBind =
  (queue: string, exchange: string): Question =>
  (channel) =>
    channel.unbindQueue(queue, exchange, 'dragoman-doctor');

interface Needed {
  readonly right: BrokerRight;
  readonly name: string;
  readonly question: Question;
}

/** What every gateway does: it sends, puts aside by the name of a queue, and takes. */
function rightsToServe(setup: SermoSetup): readonly Needed[] {
  const { names, mode, customers, desks } = setup;
  const exchanges = [customers.length === 0 ? [] : names.outbound, desks.length === 0 ? [] : names.inbound].flat();
  const read = Object.values(queuesOf(setup)).flatMap((name) => name ?? []);
  return [
    ...['', ...(mode === 'queue' ? [] : exchanges)].map((name): Needed => {
      return { right: 'write', name: name === '' ? 'amq.default' : name, question: toSend(name) };
    }),
    ...read.map((name): Needed => ({ right: 'read', name, question: toRead(name) })),
  ];
}

/** What is needed beside by a gateway that makes what is missing. */
function rightsToMake(setup: SermoSetup): readonly Needed[] {
  const { exchanges, queues } = topologyOf(setup);
  const isKept = setup.declare === 'active';
  const ends = queues.map(({ arguments: args }) => (isKept ? String(args['x-dead-letter-exchange'] ?? '') : ''));
  const deadEnds = [...new Set(ends)];
  return [
    ...exchanges.map(({ name, type }): Needed => {
      return {
        right: 'configure',
        name,
        question: (channel) => channel.assertExchange(name, type, impossible.exchange),
      };
    }),
    ...queues.map(({ name }): Needed => {
      return { right: 'configure', name, question: (channel) => channel.assertQueue(name, impossible.queue) };
    }),
    ...deadEnds.filter(Boolean).map((name): Needed => ({ right: 'write', name, question: toSend(name) })),
    ...queues.flatMap(({ name, boundTo }): readonly Needed[] =>
      boundTo === undefined ? [] : [{ right: 'write', name, question: toBind(name, boundTo.exchange) }],
    ),
  ];
}

/** What whoever plays the other side needs beside: to say what we hear, and to hear what we say on a queue of its own. */
function rightsToPlay({ names, mode, customers, desks }: SermoSetup): readonly Needed[] {
  const customerSide = { says: names.inbound, hears: names.outbound };
  const deskSide = { says: names.outbound, hears: names.inbound };
  const sides = [customers.length === 0 ? [] : customerSide, desks.length === 0 ? [] : deskSide].flat();
  return sides.flatMap(({ says, hears }): readonly Needed[] => {
    if (mode === 'queue') return [{ right: 'read', name: hears, question: toRead(hears) }];
    const own = `${hears}.own`;
    return [
      { right: 'write', name: says, question: toSend(says) },
      { right: 'configure', name: own, question: (channel) => channel.assertQueue(own, impossible.queue) },
      { right: 'write', name: own, question: toBind(own, hears) },
      { right: 'read', name: own, question: toRead(own) },
    ];
  });
}

/** To bind is to write to a queue and to read from an exchange: the broker names the one that is closed. */
function closedOf({ right, name }: Needed, { problem }: Refusal): readonly [BrokerRight, string] {
  const [, kind, told = name] = /access to (exchange|queue) '([^']*)'/.exec(problem) ?? [];
  return told === name || kind === undefined ? [right, name] : ['read', told];
}

/** The rights that a user lacks, each with every name that it lacks for. */
export async function missingRights(model: ChannelModel, setup: SermoSetup): Promise<readonly LackingRight[]> {
  const { declare } = setup;
  const needed = [
    ...rightsToServe(setup),
    ...(declare === 'active' || declare === 'fleeting' ? rightsToMake(setup) : []),
    ...(declare === 'fleeting' ? rightsToPlay(setup) : []),
  ];
  const closed: (readonly [BrokerRight, string])[] = [];
  for (const one of needed) {
    const refusal = await refusalTo(model, one.question);
    if (refusal?.code === forbidden) closed.push(closedOf(one, refusal));
  }
  return (['configure', 'write', 'read'] as const).flatMap((right) => {
    const names = new Set(closed.filter(([lacking]) => lacking === right).map(([, name]) => name));
    return names.size === 0 ? [] : [{ right, names: [...names] }];
  });
}

interface Thing {
  readonly what: 'exchange' | 'queue';
  readonly name: string;
  readonly look: Question;
  /** Changes nothing where the thing is there: the broker compares. */
  readonly compare: Question;
}

function thingsOf(setup: SermoSetup): readonly Thing[] {
  const { exchanges, queues } = topologyOf(setup);
  return [
    ...exchanges.map(({ name, type }): Thing => ({
      what: 'exchange',
      name,
      look: (channel) => channel.checkExchange(name),
      compare: (channel) => channel.assertExchange(name, type, { durable: true }),
    })),
    ...queues.map(({ name, arguments: args }): Thing => ({
      what: 'queue',
      name,
      look: (channel) => channel.checkQueue(name),
      compare: (channel) => channel.assertQueue(name, { durable: true, arguments: args }),
    })),
  ];
}

/** What is missing where the gateway may make nothing, and what is there in another shape; fleeting things are made anew. */
export async function missingThings(model: ChannelModel, setup: SermoSetup): Promise<readonly BrokerThing[]> {
  if (setup.declare === 'fleeting') return [];
  const found: BrokerThing[] = [];
  for (const { what, name, look, compare } of thingsOf(setup)) {
    const absent = await refusalTo(model, look);
    if (absent?.code === notFound && setup.declare !== 'active') found.push({ kind: 'missing', what, name });
    if (absent !== undefined || setup.declare !== 'active') continue;
    const refusal = await refusalTo(model, compare);
    if (refusal?.code === otherwise) found.push({ kind: 'different', what, name, problem: refusal.problem });
  }
  return found;
}
