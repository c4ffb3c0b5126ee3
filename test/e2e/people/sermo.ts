import { randomUUID } from 'node:crypto';
import type { Heard } from '../../adapter-amqp/sermo-peers.js';
import { stubbornPeer } from '../../adapter-amqp/stubborn-peer.js';
import { draft, type Dialect, type Gateway, type Person, type Picture } from './person.js';

const now = (): string => new Date().toISOString();

/** What a gateway with this mark calls its things on the broker. */
export const namesOf = (mark: string) => ({
  inbound: `${mark}.inbound`,
  outbound: `${mark}.outbound`,
  deskQueue: `${mark}.gw.desk`,
  customerQueue: `${mark}.gw.customer`,
  parked: `${mark}.gw.parked`,
  deadExchange: `${mark}.gw.dlx`,
  deadQueue: `${mark}.gw.dead`,
});

/** An application with a queue of its own. It remembers what it was given, as who must not see anything twice has to. */
async function application({ broker = '', mark }: Gateway, side: 'front' | 'desk', pattern: string) {
  const { inbound, outbound } = namesOf(mark);
  const [says, hears] = side === 'front' ? [inbound, outbound] : [outbound, inbound];
  const seen = new Set<unknown>();
  const heard: Heard[] = [];
  const place = { says, hears, queue: `${mark}.${side}.${randomUUID()}`, pattern };
  const peer = stubbornPeer(broker, place, ({ content, properties: { messageId } }) => {
    if (messageId !== undefined && seen.has(messageId)) return;
    seen.add(messageId);
    heard.push(JSON.parse(content.toString()) as Heard);
  });
  await peer.ready();
  return {
    heard,
    say: (key: string, event: object): Promise<void> => peer.send(key, event, randomUUID()),
    stop: () => peer.stop(),
  };
}

const refuseBlank = (text: string): void => {
  if (text.trim() === '') throw new Error('a front end sends no empty text');
};

/** After the end, each of them says that it goes on. */
const wordsOfLife = ['agent_done', 'text', 'system_text', 'handover_to_agent'];

const textsOf = (heard: readonly Heard[], type: string): readonly string[] =>
  heard.flatMap((told) => (told.type === type && told['image'] === undefined ? [told.text ?? ''] : []));
const picturesOf = (heard: readonly Heard[]): readonly Picture[] =>
  heard.flatMap(({ text: caption = '', image }) =>
    image === undefined ? [] : [{ caption, source: String(image).replace('data:image/png;base64,', '') }],
  );
const imageOf = (bytes: Uint8Array): string => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;

/** One customer of a front end on the platform dev-web. */
async function customer(gateway: Gateway, userId: string): Promise<Person> {
  const platformId = 'dev-web';
  const { heard, ...one } = await application(gateway, 'front', `${platformId}.${userId}`);
  const say = (event: object): Promise<void> => one.say(`${platformId}.${userId}`, { platformId, userId, ...event });
  const beat = (): Promise<void> => say({ type: 'heartbeat' });
  await beat();
  return {
    say: async (text) => (refuseBlank(text), say({ type: 'text', text })),
    heard: () => textsOf(heard, 'text'),
    notices: () => textsOf(heard, 'system_text'),
    type: () => say({ type: 'typing', text: draft, at: now() }),
    tellsDrafts: true,
    typing: () => (heard.some(({ type }) => type === 'typing_on') ? 'sign' : 'nothing'),
    picture: (bytes, text) => say({ type: 'text', text, image: imageOf(bytes) }),
    captions: true,
    pictures: () => picturesOf(heard),
    readsUpTo: true,
    read: () => say({ type: 'messages_read', text: 'read', at: now() }),
    place: () => heard.findLast(({ type }) => type === 'queue_number')?.['queueNumber'] as number | undefined,
    isServed: () => heard.some(({ type }) => type === 'handover_to_agent'),
    shows: 'control',
    end: () => say({ type: 'client_left', text: 'bye', at: now() }),
    isOver: () => heard.findLast(({ type }) => wordsOfLife.includes(type))?.type === 'agent_done',
    async hangUp() {
      await say({ type: 'client_unload', at: now() });
      await one.stop();
    },
  };
}

/** An agent of a desk on the platform dev-desk, with one chat at a time in front of him: the one that spoke last. */
async function operator(gateway: Gateway, id: string): Promise<Person> {
  const platformId = 'dev-desk';
  const { heard, ...desk } = await application(gateway, 'desk', `${platformId}.#`);
  const current = (): string => heard.findLast(({ type }) => type === 'text')?.userId ?? 'nobody';
  const say = (event: object): Promise<void> =>
    desk.say(`${platformId}.${current()}`, { platformId, userId: current(), ...event });
  const agent = { id, name: id, type: 'human' };
  const drafts = (): readonly string[] => heard.flatMap(({ type, text }) => (type === 'typing' ? [text ?? ''] : []));
  return {
    say: async (text) => (refuseBlank(text), say({ type: 'text', text, agent })),
    heard: () => textsOf(heard, 'text'),
    type: () => say({ type: 'typing_on' }),
    typing: () => (drafts().includes(draft) ? 'draft' : drafts().includes('…') ? 'dots' : 'nothing'),
    picture: (bytes, text) => say({ type: 'text', text, image: imageOf(bytes), agent }),
    captions: true,
    pictures: () => picturesOf(heard),
    receipt: () => (heard.some(({ type }) => type === 'messages_read') ? 'read' : 'sent'),
    receipts: { read: 'watermark' },
    sawPresence: () => heard.some(({ type }) => type === 'heartbeat' || type === 'client_unload'),
    placeAt: (queueNumber) => say({ type: 'queue_number', queueNumber }),
    tellNotice: (text) => say({ type: 'system_text', text }),
    release: () => say({ type: 'handover_to_agent' }),
    end: () => say({ type: 'end_session' }),
    isOver: () => heard.some(({ type }) => type === 'client_left'),
    hangUp: () => desk.stop(),
  };
}

export const sermo: Dialect = {
  name: 'sermo',
  needs: 'rabbitmq',
  desk: { space: 'sermo', externalId: 'dev-desk' },
  customer,
  operator,
};
