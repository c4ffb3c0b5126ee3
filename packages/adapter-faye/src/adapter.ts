import { wireOf, type Adapter, type Capabilities, type Core, type Session } from '@dragoman/core';
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
  const carrier = carrierOptions(settings);
  const { auth, name } = options;
  const credentials = createCredentials(auth);
  let running: Promise<Running> | undefined;
  return {
    name,
    capabilities: conveadCapabilities,
    async start(core) {
      running ??= start(core, options, carrier, credentials);
      await running;
    },
    async stop(goodbye) {
      const stopping = running;
      running = undefined;
      await (await stopping)?.stop(goodbye);
    },
  };
}

/** A started adapter. */
interface Running {
  readonly stop: Adapter['stop'];
}

async function start(
  core: Core,
  options: ConveadOptions,
  carrierSettings: CarrierOptions,
  credentials: Credentials,
): Promise<Running> {
  const { workspaceId, space, listener, apiPrefix } = options;
  const wire = wireOf(core, space);
  const words = { space, linkOf: (id: string) => core.attachments.link(workspaceId, id) };
  const observers = new Set<BayeuxSession>();
  const outbound = createOutbound({
    core,
    words,
    observers,
    showsReading: options.publishReadUpdates,
    publish: (frame) => carrier.publish(frame),
    send: (session, frame) => carrier.send(session, frame),
    awaits: (session, frame) => carrier.awaits(session, frame),
  });
  const people = new People(core, {
    workspaceId,
    space,
    lingerMs: carrierSettings.quietMs,
    deliver: (person, delivery) => outbound.toPerson(person, delivery),
    onEnd: (person) => person.listeners.forEach((session) => carrier.sendAway(session)),
  });
  const observer = await connectObserver(core, options, (delivery, session) => outbound.toObservers(session, delivery));
  const sendAway = (session: BayeuxSession): void => carrier.sendAway(session);
  const access = new Access({ core, wire, people, observer, credentials, observers, sendAway });
  const carrier: Carrier = openCarrier(
    { listener, clock: core.clock, ids: core.ids, log: core.log, wire },
    carrierSettings,
    access,
  );
  const publish = ({ channel, data }: { channel: string; data: object }): void =>
    carrier.publish(eventFrame(channel, data));
  const conversations = new Conversations({ ...options, core, people, observer, words, publish });
  const { allowedOrigins, addressOf, limits } = carrierSettings;
  const api = new Api({
    ...options,
    prefix: apiPrefix,
    conversations,
    credentials,
    clock: core.clock,
    log: core.log,
    wire,
    maxBodyBytes: limits.bodyBytes,
    allowedOrigins,
    addressOf,
  });
  const release = listener.claim([`${apiPrefix}/chat/service`, `${apiPrefix}/chat/conversation`], {
    request: (request, response) => void api.answer(request, response),
  });
  await callRoster(people, options);
  return {
    async stop(goodbye) {
      // While clients are sent away one after the other, those still here go on talking.
      await carrier.close(goodbye);
      release();
      await people.close();
      await observer.end();
    },
  };
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
