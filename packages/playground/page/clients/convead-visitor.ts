import { createClient } from '../client.js';
import type { Seat } from '../seat.js';
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

/** Set when there is a conversation to be found again after the page was loaded anew. */
const remembered = 'convead-conversation';

/** The widget of a visitor: Faye for what comes, plain requests for what goes. */
export function conveadVisitor(visitorId: string): Seat {
  const { cable, book, standing, remark, shown } = createClient('convead-visitor');
  const sender = { type: 'visitor', id: visitorId, name: capitalised(visitorId) } as const;
  let client: ReturnType<typeof openFaye> | undefined;
  let conversation: Conversation | undefined;

  const ask = asker({ cable, sender });

  function show(messages: readonly Message[]): void {
    if (conversation === undefined) return;
    const { id } = conversation;
    book.put(String(id), ...messages.map((message) => lineOf('visitor', message)));
    for (const message of unreadBy('visitor', messages)) void ask(`conversation/${id}/message/${message.id}/mark_read`);
  }

  /** What was said while the page could not hear. */
  async function catchUp(): Promise<void> {
    if (conversation !== undefined) show(await ask<readonly Message[]>(`conversation/${conversation.id}/messages`));
  }

  function enter(told: Conversation): void {
    if (conversation?.id === told.id) return;
    conversation = told;
    sessionStorage.setItem(remembered, 'yes');
    book.update(String(told.id), { title: 'Support', status: 'open' });
    void client
      ?.subscribe<Told>(`/conversations/${told.id}`, ({ message }) => message && show([message]))
      .then(() => void catchUp());
  }

  return {
    ...shown,
    connect() {
      if (client !== undefined) return;
      standing.value = 'connecting';
      client = openFaye(cable);
      client.on('transport:down', () => (standing.value = 'connecting'));
      client.on('transport:up', () => {
        standing.value = 'here';
        void catchUp();
      });
      void client
        .subscribe<Told>(`/service/${visitorId}`, ({ conversation: told }) => told && enter(told))
        .then(() => sessionStorage.getItem(remembered) && void ask(`service/${visitorId}`));
    },
    async say(_chatId, text) {
      remark.value = '';
      const { conversation: told } = await ask<Told>(`service/${visitorId}`);
      if (told === undefined) return;
      enter(told);
      await ask(`conversation/${told.id}`, text);
    },
  };
}
