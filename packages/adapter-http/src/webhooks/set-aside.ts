import type { DeadLetters } from '@dragoman/core';
import type { Webhooks } from './webhooks.js';

/** What every endpoint has set aside, for whoever watches over the gateway; nothing before the start. */
export function deadLettersOf(webhooks: () => Webhooks | undefined): DeadLetters {
  return {
    async all() {
      const endpoints = webhooks()?.all ?? [];
      return endpoints.flatMap(({ id: to, dead }) =>
        dead.all.map(({ number, type, chatId, reason, attempts, at }) => ({
          id: `${to}:${number}`,
          way: 'out' as const,
          to,
          event: type,
          chatId,
          reason,
          attempts,
          at,
        })),
      );
    },
    async redrive(id) {
      const [to = '', number] = id.split(':');
      const letter = await webhooks()?.find(to)?.redrive(Number(number));
      return letter !== undefined;
    },
  };
}
