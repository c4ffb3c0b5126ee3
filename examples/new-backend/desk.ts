/**
 * What this backend says: as the bot that greets, and as Nora, its one operator. It knows no protocol of any customer.
 *
 * Every event may come twice, after a crash of ours or of the gateway. So every answer is named after the message that it
 * answers: the gateway does a request of one name once.
 */

interface Message {
  readonly id: string;
  readonly authorRole: string;
  readonly body: { readonly kind: string; readonly text?: string };
}

interface Chat {
  readonly id: string;
  readonly control: string;
  readonly assigneeId: string | null;
}

/** As much of an event as matters here. */
export interface BackendEvent {
  readonly type: string;
  readonly data: { readonly chat: Chat; readonly message?: Message; readonly operatorId?: string };
}

export interface Desk {
  /** Puts Nora on duty, or keeps her there; to be called again every 20 seconds. */
  beOnDuty(): Promise<void>;
  /** Does what an event asks for. Rejects when it has to be tried again. */
  handle(event: BackendEvent): Promise<void>;
}

const bot = { side: 'bot', id: 'helper', name: 'Helper' } as const;
const nora = { side: 'operator', id: 'nora', name: 'Nora' } as const;

/** Answers that no later time makes better, and that are nobody's fault but ours. */
const fatal: readonly unknown[] = ['UNAUTHENTICATED', 'OUT_OF_SCOPE', 'BAD_REQUEST'];

/** `url` is where the API is, `http://127.0.0.1:4000/v1`. */
export function createDesk(url: string, key: string): Desk {
  let noraId = '';

  /** The body of the answer; undefined when we were refused, since what we answer has been overtaken. */
  async function ask<T>(method: string, path: string, body?: object, name?: string): Promise<T | undefined> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(name !== undefined && { 'idempotency-key': name }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    if (response.ok) return answer;
    if (answer.canRetry === true || fatal.includes(answer.code)) throw new Error(`${method} ${path}: ${answer.code}`);
    return undefined;
  }

  /** Whoever answered it before, the bot or Nora: the name is taken, and there is no second answer. */
  const answer = (as: object, chatId: string, { id }: Message, text: string): Promise<unknown> =>
    ask('POST', `/chats/${chatId}/messages`, { as, body: { kind: 'text', text } }, `answer/${id}`);

  async function speakAsBot(chatId: string, message: Message): Promise<void> {
    const wantsPerson = /\b(human|person)\b/i.test(message.body.text ?? '');
    const text = wantsPerson ? 'One moment, please.' : `You said “${message.body.text}”. Say “human” to talk to Nora.`;
    await answer(bot, chatId, message, text);
    if (!wantsPerson) return;
    const wish = { as: bot, to: 'queue', reason: 'the customer asked for a person' };
    await ask('POST', `/chats/${chatId}/hand-over`, wish, `hand-over/${message.id}`);
  }

  const speakAsNora = (chatId: string, message: Message): Promise<unknown> =>
    answer(nora, chatId, message, `Nora has read “${message.body.text}”.`);

  /** Nora gets a chat: what nobody has answered yet is hers. */
  async function takeOver(chatId: string): Promise<void> {
    const page = await ask<{ messages: { message: Message }[] }>('GET', `/chats/${chatId}/messages?limit=200`);
    for (const { message } of page?.messages ?? []) {
      if (message.authorRole === 'customer') await speakAsNora(chatId, message);
    }
  }

  return {
    async beOnDuty() {
      const duty = { name: nora.name, capacity: { 'en-US': 1_000 } };
      const answered = await ask<{ person: { id: string } }>('PUT', `/duties/${nora.id}`, duty);
      noraId = answered?.person.id ?? noraId;
    },

    async handle({ type, data: { chat, message, operatorId } }) {
      if (type === 'dragoman.ChatAssigned' && operatorId === noraId) return takeOver(chat.id);
      if (type !== 'dragoman.MessagePosted' || message?.authorRole !== 'customer') return;
      if (chat.control === 'bot') await speakAsBot(chat.id, message);
      else if (chat.assigneeId === noraId) await speakAsNora(chat.id, message);
    },
  };
}
