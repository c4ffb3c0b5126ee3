import { signal } from '@preact/signals';
import { createBook, type Line } from '../book.js';
import { createCable } from '../cable.js';
import type { Seat, Standing } from '../seat.js';
import type { Subscription } from 'faye';
import { capitalised, openFaye, post, type Conversation, type Message, type Told } from './convead.js';

/** Of the development profile. */
const token = 'dev-service';

/** A manager on duty: every conversation that he is chosen for becomes a window. */
export function conveadManager(name: string): Seat {
  const cable = createCable('convead-manager');
  const book = createBook();
  const [standing, remark] = [signal<Standing>('away'), signal('')];
  const sender = { type: 'manager', id: name, name: capitalised(name) } as const;
  const open = new Set<number>();
  let client: ReturnType<typeof openFaye> | undefined;
  let duty: Subscription | undefined;

  const ask = <Answer>(path: string, content?: string): Promise<Answer> =>
    post<Answer>(path, { cable, sender, token, ...(content !== undefined && { content }) });

  const lineOf = ({ id, sender_type: type, sender: by, content, read }: Message): Line => ({
    key: String(id),
    from: type === 'visitor' ? 'customer' : 'desk',
    name: by.name ?? '',
    text: content,
    order: id,
    ...(type === 'manager' && { mark: read ? ('read' as const) : ('sent' as const) }),
  });

  function show(conversationId: number, messages: readonly Message[]): void {
    book.put(String(conversationId), ...messages.map(lineOf));
    const unread = messages.filter((message) => message.sender_type === 'visitor' && !message.read);
    for (const { id } of unread) void ask(`conversation/${conversationId}/message/${id}/mark_read`);
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
    standing,
    remark,
    chats: book.chats,
    cable,
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
