import { neverAway, type Core, type Identity, type Session } from '@dragoman/core';

function somebody(side: 'customer' | 'operator', externalId: string): Identity {
  const everybody = { workspaceId: 'default', space: 'test', realm: '', idType: 'string' } as const;
  return { ...everybody, side, role: side, externalId, name: externalId };
}

/** A customer of the core without any protocol; what he hears goes into `heard`. */
export function customer(core: Core, id: string, heard: string[] = []): Promise<Session> {
  const how = { scope: 'own', echo: 'others', chats: 'mine', away: neverAway } as const;
  return core.connect(somebody('customer', id), how, ({ event }) => {
    if (event.type === 'MessagePosted' && event.message.body.kind === 'text') heard.push(event.message.body.text);
  });
}

/** An operator who takes what the queue gives him. */
export async function operator(core: Core, id: string): Promise<Session> {
  const how = { scope: 'own', echo: 'others', chats: 'mine', away: null, mode: 'auto' } as const;
  const session = await core.connect(somebody('operator', id), how, () => {});
  await core.dispatch(session, { type: 'SetAvailability', status: 'available' });
  return session;
}
