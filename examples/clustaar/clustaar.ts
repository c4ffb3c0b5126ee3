/**
 * A page of Clustaar, its bot, and an operator who takes control for a while, in one process and without a gateway: the
 * adapter on a core, clients of Phoenix around it. Run it: node build/examples/clustaar/clustaar.js
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { clustaarAdapter } from '@dragoman/adapter-phoenix';
import { listenOn } from '@dragoman/adapter-phoenix/channels';
import { createCore, type Core, type TokenVerifier } from '@dragoman/core';
import { Socket, type Channel } from 'phoenix';
import { WebSocket } from 'ws';

/** Whose each token is; a real one is signed, or asked for elsewhere: see `@dragoman/tokens`. */
const people: ReadonlyMap<string, readonly ['customer' | 'operator', string]> = new Map([
  ['token-of-ada', ['customer', 'ada']],
  ['token-of-olga', ['operator', 'olga']],
]);

const verify: TokenVerifier = async (token) => {
  const [role, externalId] = people.get(token) ?? [];
  if (role === undefined || externalId === undefined) return { ok: false, code: 'invalid' };
  return { ok: true, identity: { role, externalId } };
};

const bot = { space: 'example', externalId: 'robo' } as const;

/** Answers what customers say, for as long as the core lets it: while a person has the word, it has not. */
async function greet(core: Core): Promise<void> {
  const who = { ...bot, workspaceId: 'default', side: 'bot', role: 'bot', realm: '', idType: 'string' } as const;
  const how = { scope: 'own', echo: 'others', away: null, chats: 'mine' } as const;
  await core.connect({ ...who, name: 'Robo' }, how, ({ event }, session) => {
    if (event.type !== 'MessagePosted' || event.message.authorRole !== 'customer') return;
    if (event.chat.status !== 'with-bot') return;
    const body = { kind: 'text', text: 'Robo here. Shall I call a person?' } as const;
    void core.dispatch(session, { type: 'PostMessage', to: { chatId: event.chatId }, body, ifClosed: 'refuse' });
  });
}

/** Asks for something on a channel; rejects with the reason when it is refused. */
function ask<Answer>(channel: Channel, event: string, payload: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    channel
      .push(event, payload)
      .receive('ok', resolve)
      .receive('error', ({ reason }: { reason: string }) => reject(new Error(reason)));
  });
}

const joined = (channel: Channel): Promise<void> =>
  new Promise((resolve) => void channel.join().receive('ok', () => resolve()));

/** The operator's page: takes the chat in which somebody wants a person, says something, gives the word back. */
async function operator(socket: Socket, tell: (line: string) => void): Promise<void> {
  const desk = socket.channel('operator:olga', { token: 'token-of-olga', status: 'away' });
  await joined(desk);
  const { chats } = await ask<{ chats: readonly { readonly id: string }[] }>(desk, 'chats.list', {});
  const chat_id = chats[0]?.id;
  await ask(desk, 'chat.take', { chat_id });
  const { messages } = await ask<{ messages: readonly { body: { message: string } }[] }>(desk, 'chat.history', {
    chat_id,
  });
  tell(`operator: has read ${messages.map(({ body }) => JSON.stringify(body.message)).join(', ')}`);
  await ask(desk, 'chat.reply', { chat_id, body: { type: 'text', message: 'Olga here. It is paid.' } });
  await ask(desk, 'chat.release', { chat_id, to: 'bot' });
}

/** Runs it once; `tell` is given each line of it. Resolves when the bot has the word again. */
export async function oneConversation(tell: (line: string) => void): Promise<void> {
  const http = createServer();
  const core = await createCore({ workspaces: [{ id: 'default', bot }] });
  await greet(core);
  const bots = { shop: { publicKey: 'public-key-of-shop' } };
  const adapter = clustaarAdapter({ listener: listenOn(http), verify, bots, operators: {} });
  await adapter.start(core);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
  socket.connect();
  const page = socket.channel('interlocutor:ada', { bot_id: 'shop', socketToken: 'token-of-ada' });
  const turns: (() => void)[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => void turns.push(resolve));
  page.on('bot_reply', ({ body }) => {
    tell(`page: the bot says ${body.data.fulfillment.actions[0].text}`);
    turns.shift()?.();
  });
  page.on('agent_reply', ({ body }) => tell(`page: a person says ${body.message}`));
  page.on('control', ({ value }) => tell(`page: ${value ? 'a person has' : 'the bot has'} the word`));
  const say = async (message: string): Promise<void> => {
    const answered = turn();
    tell(`page: I say ${message}`);
    await ask(page, 'interlocutor_reply', { token: 'public-key-of-shop', body: { type: 'text', message } });
    await answered;
  };
  await joined(page);
  await say('Where is my invoice?');
  await operator(socket, tell);
  await say('Thank you');

  socket.disconnect();
  await adapter.stop();
  await core.stop();
  await new Promise<void>((resolve) => void http.close(() => resolve()));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await oneConversation(console.log);
