import { createBoard } from '@dragoman/adapter-socketio/happychat';
import { createCore, type ChatEvent, type Core, type Identity, type Lobby, type Session } from '@dragoman/core';
import { measured, printFigures } from './measure.js';
import type { Figures } from './measure.js';

/**
 * What one change costs the state that Happychat's operators share, from the event to the JSON of its patch, by the
 * number of open chats beside it: it must not grow, since a patch is made from the event and not from comparing two
 * states. Beside it what the whole state costs, as a newcomer is given it: that grows, and nothing else may cost so much.
 */
const unlimited = { perSecond: 1e9, burst: 1e9 };
const operatorCount = 20;

function who(side: 'customer' | 'operator', externalId: string): Identity {
  const names = { workspaceId: 'default', space: 'happychat', realm: '', externalId, name: externalId };
  return {
    ...names,
    side,
    role: side,
    idType: 'string',
    profile: { id: externalId, username: externalId, picture: '' },
  };
}

/** Operators of whom the first hears what he is given; each takes his share. */
async function staff(core: Core, hear: (event: ChatEvent) => void): Promise<Session> {
  const sessions: Session[] = [];
  for (let index = 0; index < operatorCount; index += 1) {
    const how = { scope: 'lobby', echo: 'all', away: null, mode: 'auto', chats: 'mine' } as const;
    const session = await core.connect(who('operator', `o${index}`), how, ({ event }) => {
      if (index === 0 && 'chat' in event && event.type === 'ChatAssigned') hear(event);
    });
    await core.dispatch(session, { type: 'SetAvailability', status: 'available', capacity: { 'en-US': null } });
    sessions.push(session);
  }
  const [first] = sessions;
  if (first === undefined) throw new Error('there are no operators');
  return first;
}

async function openChats(core: Core, count: number): Promise<void> {
  const how = { scope: 'own', echo: 'all', away: null, chats: [] } as const;
  const body = { kind: 'text', text: 'hello' } as const;
  for (let index = 0; index < count; index += 1) {
    const customer = await core.connect(who('customer', `c${index}`), how, () => {});
    await core.dispatch(customer, { type: 'PostMessage', to: { key: `c${index}` }, body, ifClosed: 'refuse' });
  }
}

/** The lobby as it is, but for one chat at a time: what a change leaves behind is then known. */
function changing(lobby: Lobby): { readonly lobby: Lobby; readonly change: (id: string, index: number) => void } {
  const chats = new Map(lobby.chats);
  return {
    lobby: {
      chats,
      get operators() {
        return lobby.operators;
      },
      get queue() {
        return lobby.queue;
      },
      groups: lobby.groups,
      locales: lobby.locales,
      isAccepting: lobby.isAccepting,
      person: (id) => lobby.person(id),
      load: (id, locale) => lobby.load(id, locale),
    },
    change(id, index) {
      const chat = chats.get(id);
      const status = index % 2 === 0 ? 'abandoned' : 'missed';
      if (chat !== undefined) chats.set(id, { ...chat, status, changedAt: index });
    },
  };
}

async function run(openCount: number, changes: number): Promise<readonly Figures[]> {
  const core = await createCore({ limits: { rates: { customer: unlimited, operator: unlimited } } });
  const events: ChatEvent[] = [];
  const operator = await staff(core, (event) => events.push(event));
  await openChats(core, openCount);
  const { lobby, change } = changing(core.lobby(operator));
  const board = createBoard(lobby, 'happychat');
  if (lobby.chats.size !== openCount) throw new Error(`${lobby.chats.size} chats are open`);
  const patch = await measured(`a change, ${openCount} chats open`, changes, 1, async (index) => {
    const event = events[index % events.length];
    if (event === undefined) throw new Error('no chat was assigned');
    change(event.chatId, index);
    board.note(event);
    const patched = board.settle(lobby);
    if (patched === undefined) throw new Error('nothing was different');
    JSON.stringify(patched);
  });
  const whole = await measured(`the whole state, ${openCount} chats open`, 5, 1, async () => {
    JSON.stringify(createBoard(lobby, 'happychat').state());
  });
  await core.stop();
  return [patch, whole];
}

/** The machine has warmed up before anything counts. */
await run(100, 20_000);
const figures: Figures[] = [];
for (const openCount of [100, 1_000, 10_000]) figures.push(...(await run(openCount, 20_000)));
const [base, baseWhole] = figures;
printFigures(
  'the state of Happychat operators',
  'changes',
  figures.map((one, index) => {
    const against = index % 2 === 0 ? base : baseWhole;
    return index < 2 || against === undefined ? one : { ...one, ratio: one.cpuMicros / against.cpuMicros };
  }),
);
