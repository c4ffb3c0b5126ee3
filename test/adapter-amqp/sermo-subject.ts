import { sermoAdapter, sermoCapabilities } from '@dragoman/adapter-amqp';
import { rejectionCodes, type RejectionCode } from '@dragoman/core';
import { silence, type AdapterSubject, type Subject, type SubjectClient } from '@dragoman/core/testing';
import { theBroker } from './broker.js';
import { deskPlatform, frontPlatform, ownNames, peer, type Peer } from './sermo-peers.js';

/** Customers of this platform are for our own operators. */
const directPlatform = 'direct-web';
const nobodyIsConnected = 'nobody is connected to us; the broker keeps what we publish';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const image = `data:image/png;base64,${pixel}`;

function shown(peer: Peer): readonly string[] {
  return peer.heard.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []));
}

/** Frames that follow from what is said; the others come at a pace of their own. */
function frames(peer: Peer): number {
  return peer.heard.filter(({ type }) => type !== 'heartbeat' && type !== 'queue_number').length;
}

const at = (): string => new Date().toISOString();

function common(peer: Peer) {
  return {
    heard: () => shown(peer),
    refused: () => [],
    frames: () => frames(peer),
    isClosed: () => false,
    babble: () => peer.raw(Buffer.from('\0what?')),
  };
}

function customerClient(peer: Peer, hangUp: () => Promise<void>): SubjectClient {
  return {
    ...common(peer),
    open: () => peer.say({ type: 'heartbeat' }),
    post: (text) => peer.say({ type: 'text', text }),
    close: hangUp,
    does: {
      image: () => peer.say({ type: 'text', text: 'Bifogad bild:', image }),
      'typing-preview': () => peer.say({ type: 'typing', text: 'Hej, jag mitt na', at: at() }),
      read: () => peer.say({ type: 'messages_read', text: 'read', at: at() }),
      end: () => peer.say({ type: 'client_left', text: 'bye', at: at() }),
    },
  };
}

function deskClient(peer: Peer): SubjectClient {
  const agent = { id: 'anan01', name: 'Anders Andersson', type: 'human' };
  const say = (event: object): Promise<void> => {
    const { userId } = peer.heard.findLast(({ type }) => type === 'text') ?? { userId: 'nobody' };
    return peer.say({ ...event, userId });
  };
  return {
    ...common(peer),
    open: async () => undefined,
    post: (text) => say({ type: 'text', text, agent }),
    close: () => peer.close(),
    does: {
      image: () => say({ type: 'text', text: '', image, agent }),
      typing: () => say({ type: 'typing_on' }),
      'queue-position': () => say({ type: 'queue_number', queueNumber: 2 }),
      notice: () => say({ type: 'system_text', text: 'Chatten har placerats i kön' }),
      'hand-over': () => say({ type: 'handover_to_agent' }),
      close: () => say({ type: 'end_session' }),
    },
  };
}

async function open(): Promise<Subject> {
  const { url } = await theBroker();
  const names = ownNames();
  const platforms = { [frontPlatform]: 'customer', [directPlatform]: 'customer', [deskPlatform]: 'desk' } as const;
  const adapter = sermoAdapter({ workspaceId: 'default', url, platforms, names, queueType: 'classic' });
  /** How many devices of a customer are on, and how many there have been. */
  const devices = new Map<string, number>();
  let platformId = directPlatform;
  return {
    adapter,
    async customer(id) {
      const device = devices.get(id) ?? 0;
      devices.set(id, device + 1);
      const queue = `${names.inbound}.${id}.${device}`;
      const one = await peer({ says: names.inbound, hears: names.outbound, platformId, userId: id, queue });
      let isClosed = false;
      return customerClient(one, async () => {
        if (isClosed) return;
        isClosed = true;
        const left = (devices.get(id) ?? 1) - 1;
        devices.set(id, left);
        if (left === 0) await one.say({ type: 'client_unload', at: at() }).catch(() => undefined);
        await one.close();
      });
    },
    async operator() {
      platformId = frontPlatform;
      return deskClient(await peer({ says: names.outbound, hears: names.inbound, platformId: deskPlatform }));
    },
  };
}

export const sermoSubject: AdapterSubject = {
  name: 'Sermo over RabbitMQ',
  capabilities: sermoCapabilities,
  core: {
    workspaces: [
      {
        id: 'default',
        delegations: [
          { desk: { space: 'sermo', externalId: deskPlatform }, space: 'sermo', realm: frontPlatform },
          { desk: { space: 'sermo', externalId: deskPlatform }, space: 'reference' },
        ],
      },
    ],
  },
  open,
  refusals: Object.fromEntries(rejectionCodes.map((code) => [code, silence])) as Record<RejectionCode, typeof silence>,
  skips: Object.fromEntries([
    ['a stop ends every connection and every session, and nobody gets in any more', nobodyIsConnected],
    ['a reader too slow is sent away, and the others hear everything', nobodyIsConnected],
    ...['SHUTDOWN', 'SLOW', 'STALE', 'REPLACED', 'UNAUTHENTICATED', 'TOO_MANY_BAD_FRAMES'].map((reason) => [
      `a client whose session ends with ${reason} is told, or cut off`,
      nobodyIsConnected,
    ]),
  ]) as Record<string, string>,
};
