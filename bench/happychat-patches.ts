import { createBoard } from '@dragoman/adapter-socketio/happychat';
import { createCore, type ChatEvent, type Core, type Identity, type Session } from '@dragoman/core';
import { measured, printFigures } from './measure.js';
import type { Figures } from './measure.js';

/**
 * What one change costs the state that Happychat's operators share, by the number of open chats beside it: it must not
 * grow, since a patch is made from the event and not from comparing two states.
 */
const unlimited = { perSecond: 1e9, burst: 1e9 };

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

async function openChats(core: Core, count: number, hear: (event: ChatEvent) => void): Promise<Session> {
  const operator = await core.connect(
    who('operator', 'olga'),
    { scope: 'lobby', echo: 'all', away: null, mode: 'auto', chats: 'mine' },
    ({ event }) => {
      if ('chat' in event && event.type === 'ChatAssigned') hear(event);
    },
  );
  await core.dispatch(operator, { type: 'SetAvailability', status: 'available', capacity: { 'en-US': null } });
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const how = { scope: 'own', echo: 'all', away: null, chats: [] } as const;
      const customer = await core.connect(who('customer', `c${index}`), how, () => {});
      const to = { key: `c${index}` };
      await core.dispatch(customer, {
        type: 'PostMessage',
        to,
        body: { kind: 'text', text: 'hello' },
        ifClosed: 'refuse',
      });
    }),
  );
  return operator;
}

async function run(openCount: number, changes: number): Promise<Figures> {
  const core = await createCore({ limits: { rates: { customer: unlimited, operator: unlimited } } });
  const events: ChatEvent[] = [];
  const operator = await openChats(core, openCount, (event) => events.push(event));
  const lobby = core.lobby(operator);
  const board = createBoard(lobby, 'happychat');
  const chats = [...lobby.chats.values()];
  const figures = await measured(`${openCount} chats open`, changes, 1, async (index) => {
    const [event, chat] = [events[index % events.length], chats[index % chats.length]];
    if (event === undefined || chat === undefined) throw new Error('no chat was assigned');
    const status = index % 2 === 0 ? ('abandoned' as const) : ('missed' as const);
    board.note(event);
    const moved = new Map([
      [event.chatId, { ...chat, id: event.chatId, addresses: event.chat.addresses, status, changedAt: index }],
    ]);
    const { operators, groups, locales, isAccepting, queue } = lobby;
    const { person, load } = lobby;
    board.settle({ chats: moved, operators, groups, locales, isAccepting, queue, person, load });
  });
  await core.stop();
  return figures;
}

const figures: Figures[] = [];
for (const openCount of [100, 1_000, 10_000]) figures.push(await run(openCount, 20_000));
const base = figures[0]?.cpuMicros ?? 1;
printFigures(
  'the state of Happychat operators: one change',
  'changes',
  figures.map((one, index) => (index === 0 ? one : { ...one, ratio: one.cpuMicros / base })),
);
