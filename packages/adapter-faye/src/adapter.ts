import {
  wireOf,
  type Adapter,
  type Cancel,
  type Capabilities,
  type Core,
  type Goodbye,
  type Session,
} from '@dragoman/core';
import { Access } from './access.js';
import { Api } from './convead/api.js';
import { createCredentials, type Credentials } from './convead/credentials.js';
import { Conversations } from './conversations.js';
import { eventFrame } from './event-frame.js';
import {
  carrierOptions,
  conveadOptions,
  type CarrierOptions,
  type ConveadOptions,
  type ConveadSettings,
} from './options.js';
import { createOutbound } from './outbound.js';
import { People } from './people.js';
import type { BayeuxSession } from './sessions.js';
import { openCarrier, type Carrier } from './transport.js';

const text = { maxUnits: 4000 } as const;

/** What visitors and managers can say and hear in this protocol. */
export const conveadCapabilities: Capabilities = {
  customer: {
    says: { text, read: { form: 'exact' }, history: {} },
    hears: { text: {}, read: { form: 'exact' }, lifecycle: {}, notice: {}, history: {} },
  },
  operator: {
    says: { text, read: { form: 'exact' }, claim: {}, history: {} },
    hears: { text: {}, read: { form: 'exact' }, lifecycle: {}, history: {} },
  },
};

/**
 * Convead's chat server for unmodified clients: channels over Faye, and four HTTP endpoints beside them. Throws
 * CONFIG_INVALID when no token is configured and the open mode was not asked for.
 */
export function conveadAdapter(settings: ConveadSettings): Adapter {
  const options = conveadOptions(settings);
  const carrierSettings = carrierOptions(settings);
  const { auth, name } = options;
  const credentials = createCredentials(auth);
  let running: Promise<Running> | undefined;
  return {
    name,
    capabilities: conveadCapabilities,
    async start(core) {
      running ??= start(core, { options, carrierSettings, credentials });
      try {
        await running;
      } catch (error) {
        running = undefined;
        throw error;
      }
    },
    async stop(goodbye) {
      const stopping = running;
      running = undefined;
      await (await stopping?.catch(() => undefined))?.stop(goodbye);
    },
  };
}

/** A started adapter. */
interface Running {
  readonly stop: (goodbye: Goodbye | undefined) => Promise<void>;
}

/** What an adapter was made of. */
interface Given {
  readonly options: ConveadOptions;
  readonly carrierSettings: CarrierOptions;
  readonly credentials: Credentials;
}

type Closing = (goodbye: Goodbye | undefined) => unknown;

/** Opens everything, or nothing: a start that fails leaves nothing behind. */
async function start(core: Core, given: Given): Promise<Running> {
  const closings: Closing[] = [];
  const stop: Running['stop'] = async (goodbye) => {
    for (const close of closings.splice(0).reverse()) await close(goodbye);
  };
  try {
    await open(core, given, (close) => void closings.push(close));
    return { stop };
  } catch (error) {
    await stop(undefined);
    throw error;
  }
}

/** `atStop` takes what ends each part; what was opened last ends first. */
async function open(core: Core, given: Given, atStop: (close: Closing) => void): Promise<void> {
  const { options, carrierSettings, credentials } = given;
  const { workspaceId, space, listener } = options;
  const { clock, ids, log } = core;
  const wire = wireOf(core, space);
  const words = { space, linkOf: (id: string) => core.attachments.link(workspaceId, id) };
  const observers = new Set<BayeuxSession>();
  // The observer may hear something before anybody can connect.
  let carrier: Carrier | undefined;
  const sendAway = (session: BayeuxSession): void => carrier?.sendAway(session);
  const outbound = createOutbound({
    core,
    words,
    observers,
    showsReading: options.publishReadUpdates,
    publish: (frame) => carrier?.publish(frame),
    send: (session, frame) => carrier?.send(session, frame),
    awaits: (session, frame) => carrier?.awaits(session, frame) === true,
  });
  const people = new People(core, {
    workspaceId,
    space,
    lingerMs: carrierSettings.quietMs,
    deliver: (person, delivery) => outbound.toPerson(person, delivery),
    onEnd: (person) => person.listeners.forEach(sendAway),
  });
  const observer = await connectObserver(core, options, (delivery, session) => outbound.toObservers(session, delivery));
  atStop(() => observer.end());
  atStop(() => people.close());
  const publish = ({ channel, data }: { channel: string; data: object }): void =>
    carrier?.publish(eventFrame(channel, data));
  const conversations = new Conversations({ ...options, core, people, observer, words, publish });
  atStop(serveApi(core, given, conversations));
  const access = new Access({ core, wire, people, observer, credentials, observers, sendAway });
  const opened = openCarrier({ listener, clock, ids, log, wire }, carrierSettings, access);
  carrier = opened;
  // While clients are sent away one after the other, those still here go on talking.
  atStop((goodbye) => opened.close(goodbye));
  await callRoster(people, options);
}

/** The four requests beside Bayeux; what it returns frees their paths. */
function serveApi(core: Core, { options, carrierSettings, credentials }: Given, conversations: Conversations): Cancel {
  const { listener, apiPrefix } = options;
  const { allowedOrigins, addressOf, limits } = carrierSettings;
  const api = new Api({
    ...options,
    prefix: apiPrefix,
    conversations,
    credentials,
    clock: core.clock,
    log: core.log,
    wire: wireOf(core, options.space),
    maxBodyBytes: limits.bodyBytes,
    allowedOrigins,
    addressOf,
  });
  return listener.claim([`${apiPrefix}/chat/service`, `${apiPrefix}/chat/conversation`], {
    request: (request, response) => void api.answer(request, response),
  });
}

/** One session hears of every chat: what it hears of conversations is told on their visitors' service channels. */
function connectObserver(
  core: Core,
  { workspaceId, space }: ConveadOptions,
  deliver: Parameters<Core['connect']>[2],
): Promise<Session> {
  const who = { workspaceId, space, side: 'operator', role: 'monitor', realm: '', idType: 'string', name: '' } as const;
  return core.connect(
    { ...who, externalId: 'observer' },
    { scope: 'all', echo: 'all', away: null, chats: 'mine' },
    deliver,
  );
}

/** Managers who are on duty without a connection that says so. */
async function callRoster(people: People, { roster }: ConveadOptions): Promise<void> {
  for (const { id, name } of roster) {
    const person = await people.hold({ type: 'manager', id, name });
    await people.goOnDuty(person, { id: `roster:${id}`, channels: new Set() });
  }
}
