import type { Actors } from '../actors.js';
import type { HttpOptions } from '../options.js';
import type { Reader } from '../reader.js';
import { Bot } from './bot.js';
import type { BotEndpoint } from './options.js';

/** The bots of a workspace that answer by webhook. */
export interface Bots {
  stop(): Promise<void>;
}

/** Opens all of them, or none. */
export async function openBots(reader: Reader, options: HttpOptions, actors: Actors): Promise<Bots> {
  const closings: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(closings.map((close) => close())));
  try {
    for (const endpoint of options.bots) closings.push(await openBot(endpoint, reader, options, actors));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** The answer ends it. */
async function openBot(
  endpoint: BotEndpoint,
  reader: Reader,
  options: HttpOptions,
  actors: Actors,
): Promise<() => Promise<void>> {
  const { core } = reader;
  const { workspaceId, name: space } = options;
  const who = { workspaceId, space, side: 'operator', role: 'monitor', realm: '', idType: 'string', name: '' } as const;
  const identity = { ...who, externalId: `bot:${endpoint.id}` };
  const session = await core.connect(identity, { scope: 'all', echo: 'all', away: null, chats: [] }, () => {});
  try {
    const bot = await Bot.open(endpoint, { core, options, actors, session });
    const unfollow = reader.follow({ grown: bot.grown, signalled: () => {} });
    bot.grown();
    return async () => {
      unfollow();
      await bot.stop();
      await session.end();
    };
  } catch (error) {
    await session.end();
    throw error;
  }
}
