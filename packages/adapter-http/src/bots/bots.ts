import type { Actors } from '../actors.js';
import type { HttpOptions } from '../options.js';
import type { Reader } from '../reader.js';
import { Bot } from './bot.js';

/** The bots of a workspace that answer by webhook. */
export interface Bots {
  stop(): Promise<void>;
}

export async function openBots(reader: Reader, options: HttpOptions, actors: Actors): Promise<Bots> {
  const { core } = reader;
  const { workspaceId, name: space } = options;
  const who = { workspaceId, space, side: 'operator', role: 'monitor', realm: '', idType: 'string', name: '' } as const;
  const closing: (() => Promise<void>)[] = [];
  for (const endpoint of options.bots) {
    const identity = { ...who, externalId: `bot:${endpoint.id}` };
    const session = await core.connect(identity, { scope: 'all', echo: 'all', away: null, chats: [] }, () => {});
    const bot = await Bot.open(endpoint, { core, options, actors, session });
    const unfollow = reader.follow({ grown: bot.grown, signalled: () => {} });
    bot.grown();
    closing.push(async () => {
      unfollow();
      await bot.stop();
      await session.end();
    });
  }
  return {
    async stop() {
      await Promise.all(closing.map((close) => close()));
    },
  };
}
