import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
import type { Subscription } from 'faye';
import {
  capitalised,
  lineOf,
  openFaye,
  asker,
  unreadBy,
  type Conversation,
  type Message,
  type Told,
} from './convead.js';

/** Of the development profile. */
const token = 'dev-service';

/** A manager on duty: every conversation that he is chosen for becomes a window. */
export function conveadManager(name: string): Seat {
  const { cable, book, standing, shown } = createClient('convead-manager');
  const sender = { type: 'manager', id: name, name: capitalised(name) } as const;
  const open = new Set<number>();
  let client: ReturnType<typeof openFaye> | undefined;
  let duty: Subscription | undefined;

  const ask = asker({ cable, sender, token });

  function show(conversationId: number, messages: readonly Message[]): void {
    book.put(String(conversationId), ...messages.map((message) => lineOf('manager', message)));
    for (const { id } of unreadBy('manager', messages))
      void ask(`conversation/${conversationId}/message/${id}/mark_read`);
  }

  const catchUp = async (id: number): Promise<void> =>
    show(id, await ask<readonly Message[]>(`conversation/${id}/messages`));

  function enter({ id, manager_id: managerId, visitor, state }: Conversation): void {
    const isMine = String(managerId) === name;
    if (!isMine && !open.has(id)) return;
    const canSay = isMine && state !== 'closed';
    const status = state === 'closed' ? 'closed' : isMine ? 'yours' : 'with another';
    book.update(String(id), { title: visitor.name || 'A visitor', status, canSay });
    if (open.has(id)) return;
    open.add(id);
    void client
      ?.subscribe<Told>(`/conversations/${id}`, ({ message }) => message && show(id, [message]))
      .then(() => void catchUp(id));
  }

  function comeOnDuty(): void {
    duty ??= client?.subscribe<Told>('/service/*', ({ conversation }) => conversation && enter(conversation));
  }

  return {
    ...shown,
    connect() {
      if (client !== undefined) return comeOnDuty();
      standing.value = 'connecting';
      client = openFaye(cable);
      client.addExtension({
        outgoing(message, next) {
          if (message.channel === '/meta/handshake') message.ext = { token, sender };
          next(message);
        },
      });
      client.on('transport:down', () => (standing.value = 'connecting'));
      client.on('transport:up', () => {
        standing.value = 'here';
        for (const id of open) void catchUp(id);
      });
      comeOnDuty();
    },
    rest() {
      duty?.cancel();
      duty = undefined;
    },
    say: (chatId, text) => ask(`conversation/${chatId}`, text),
  };
}
