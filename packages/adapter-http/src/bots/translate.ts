import type { Body, ChatEvent, ChatId, Command } from '@dragoman/core';
import type { BotAction } from './answer.js';

/** Whether a bot is asked about an event: the customer has spoken while the bot has the word, or it was just given it. */
export function isForBot(event: ChatEvent): boolean {
  if (event.chat.status !== 'with-bot' || event.chat.delegateId !== null) return false;
  if (event.type === 'MessagePosted') return event.message.authorRole === 'customer';
  return event.type === 'ChatHandedOver' && event.to === 'bot';
}

type Saying = Extract<BotAction, { type: 'PostMessage' }>;

/** An action whose picture, where it has one, has been found. */
export type Act = Exclude<BotAction, Saying> | (Omit<Saying, 'body'> & { readonly body: Body });

/** What an action asks of the core, first to last. */
export function toCommands(action: Act, chatId: ChatId): readonly Command[] {
  const to = { chatId };
  switch (action.type) {
    case 'PostMessage': {
      const { body, visibility, holdMs } = action;
      return [
        {
          type: 'PostMessage',
          to,
          body,
          ifClosed: 'refuse',
          ...(visibility !== undefined && { visibility }),
          ...(holdMs !== undefined && { holdMs }),
        },
      ];
    }
    case 'SetTyping':
      return [{ type: 'SetTyping', to, isOn: true, ttlMs: action.ttlMs ?? 10_000 }];
    case 'HandOver': {
      const { to: whom = 'queue', groups, reason } = action;
      const handOver = { type: 'HandOver', chat: to, to: whom, ...(reason !== undefined && { reason }) } as const;
      return groups === undefined ? [handOver] : [{ type: 'UpdateChat', to, groups }, handOver];
    }
    case 'CloseChat':
      return [{ type: 'CloseChat', to, reason: 'operator' }];
  }
}
