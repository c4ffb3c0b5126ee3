import { theBroker } from '../../adapter-amqp/broker.js';
import { peer, type Heard, type Peer } from '../../adapter-amqp/sermo-peers.js';
import type { Dialect, Person } from './person.js';

const [inbound, outbound] = ['sermo.inbound', 'sermo.outbound'];
const now = (): string => new Date().toISOString();
/** A picture stands for itself, without its text. */
function toldBy({ type, text, image }: Heard): readonly string[] {
  if (type !== 'text' || text === undefined) return [];
  return [typeof image === 'string' ? (image.split(',')[1] ?? '') : text];
}

const shown = (bytes: Uint8Array): object => ({
  type: 'text',
  text: '',
  image: `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`,
});

/** One customer of a front end on the platform dev-web. */
async function customer(_: unknown, id: string): Promise<Person> {
  const one = await peer({ says: inbound, hears: outbound, platformId: 'dev-web', userId: id });
  await one.say({ type: 'heartbeat' });
  return {
    say: (text) => one.say({ type: 'text', text }),
    heard: () => one.heard.flatMap(toldBy),
    picture: (bytes) => one.say(shown(bytes)),
    seesPictures: 'base64',
    type: () => one.say({ type: 'typing', text: 'hel', at: now() }),
    sawTyping: () => one.heard.some(({ type }) => type === 'typing_on'),
    read: () => one.say({ type: 'messages_read', text: 'read', at: now() }),
    end: () => one.say({ type: 'client_left', text: 'bye', at: now() }),
    isOver: () => one.heard.some(({ type }) => type === 'agent_done'),
    async hangUp() {
      await one.say({ type: 'client_unload', at: now() });
      await one.close();
    },
  };
}

/** An agent of a desk on the platform dev-desk, with one chat at a time in front of him: the one that spoke last. */
async function operator(_: unknown, id: string): Promise<Person> {
  const desk: Peer = await peer({ says: outbound, hears: inbound, platformId: 'dev-desk' });
  const current = (): string => desk.heard.findLast(({ type }) => type === 'text')?.userId ?? 'nobody';
  const say = (event: object): Promise<void> => desk.say({ ...event, userId: current() });
  return {
    say: (text) => say({ type: 'text', text, agent: { id, name: id, type: 'human' } }),
    heard: () => desk.heard.flatMap(toldBy),
    picture: (bytes) => say({ ...shown(bytes), agent: { id, name: id, type: 'human' } }),
    seesPictures: 'base64',
    type: () => say({ type: 'typing_on' }),
    sawTyping: () => desk.heard.some(({ type, text }) => type === 'typing' && text !== ''),
    receipt: () => (desk.heard.some(({ type }) => type === 'messages_read') ? 'read' : 'sent'),
    end: () => say({ type: 'end_session' }),
    isOver: () => desk.heard.some(({ type }) => type === 'client_left'),
    hangUp: () => desk.close(),
  };
}

export const sermo: Dialect = {
  name: 'Sermo',
  needs: 'rabbitmq',
  environment: async () => ({ AMQP_URL: (await theBroker()).url }),
  /** As operator its desk gets every chat. */
  configure: (config, side) =>
    side === 'customer'
      ? config
      : {
          ...config,
          workspaces: config.workspaces.map((workspace) => ({
            ...workspace,
            delegations: [{ desk: { space: 'sermo', externalId: 'dev-desk' } }],
          })),
        },
  customer,
  operator,
};
