import { defaultPatience, type Patience } from '../webhooks/patience.js';
import { receiverProblems, refuse, type Receiver } from '../webhooks/options.js';

/** A bot that answers within its reply. It must be the bot of the workspace: `{ space, externalId: id }`. */
export interface BotEndpoint extends Receiver {
  /** As customers read it. Default: its id. */
  readonly name?: string;
  readonly limits?: Partial<BotLimits>;
}

/** What a bot may cost. */
export interface BotLimits extends Pick<Patience, 'firstMs' | 'mostMs' | 'pauseAfter'> {
  /** For its answer, ms; after it a person is asked. Default 8 000. */
  readonly timeoutMs: number;
  /** Of its answer. Default 65 536. */
  readonly answerBytes: number;
  /** Chats it is asked about at a time. Default 16. */
  readonly parallel: number;
  /** Events in memory for it, at most 400. Default 200; the others wait in the log. */
  readonly held: number;
}

export const defaultBotLimits: BotLimits = {
  firstMs: defaultPatience.firstMs,
  mostMs: 30_000,
  pauseAfter: defaultPatience.pauseAfter,
  timeoutMs: 8_000,
  answerBytes: 65_536,
  parallel: 16,
  held: 200,
};

function problemsOf(bot: BotEndpoint): readonly string[] {
  const { parallel, held, answerBytes } = { ...defaultBotLimits, ...bot.limits };
  const isSound = parallel >= 1 && held >= 1 && held <= 400 && answerBytes >= 1;
  return [...receiverProblems(bot), ...(isSound ? [] : ['limits: parallel, held or answerBytes is out of bounds'])];
}

/** Throws CONFIG_INVALID with everything that is wrong. */
export function checkBots(bots: readonly BotEndpoint[]): void {
  refuse('bots', bots, problemsOf);
}
