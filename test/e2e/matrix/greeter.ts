import type { Adapter, Core, Happening, Session } from '@dragoman/core';

/** What makes the bot hand the chat over. */
export const askForPerson = 'a person, please';
export const handingOver = 'one moment';
export const notice = 'notice: we are here until six';

const [space, id] = ['greeter', 'greta'];

/** A bot of no protocol, in the same process: it greets, and asks a person when it is told to. */
function adapter(): Adapter {
  let session: Session | undefined;
  return {
    name: space,
    capabilities: {},
    async start(core) {
      const who = {
        workspaceId: 'default',
        space,
        realm: '',
        externalId: id,
        idType: 'string',
        name: 'Greta',
      } as const;
      const how = { scope: 'own', echo: 'others', away: null, chats: 'mine' } as const;
      session = await core.connect({ ...who, side: 'bot', role: 'bot' }, how, ({ event }, own) => {
        void answer(core, own, event);
      });
    },
    async stop() {
      await session?.end();
    },
  };
}

async function answer(core: Core, session: Session, event: Happening): Promise<void> {
  if (event.type !== 'MessagePosted' || event.message.authorRole !== 'customer') return;
  const { body } = event.message;
  // Whoever else has the word, it is not the bot's to answer.
  if (body.kind !== 'text' || event.chat.status !== 'with-bot') return;
  const to = { chatId: event.chatId };
  const says = (text: string) =>
    core.dispatch(session, { type: 'PostMessage', to, body: { kind: 'text', text }, ifClosed: 'refuse' });
  if (body.text !== askForPerson) return void (await says(`you said: ${body.text}`));
  await says(handingOver);
  const line = { kind: 'notice', code: 'hours', params: {}, text: notice } as const;
  await core.dispatch(session, { type: 'PostMessage', to, body: line, ifClosed: 'refuse' });
  await core.dispatch(session, { type: 'HandOver', chat: to, to: 'queue' });
}

export const greeter = { space, id, adapter };
