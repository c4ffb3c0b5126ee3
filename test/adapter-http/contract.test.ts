import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashOf, httpAdapter, scopes, type HttpSettings } from '@dragoman/adapter-http';
import { rejectionCodes, type Capabilities, type RejectionCode } from '@dragoman/core';
import { adapterContract, type AdapterSubject, type SubjectClient } from '@dragoman/core/testing';
import { WebSocket } from 'ws';
import { listenerOn, type Json } from './house.js';

const key = 'dgm_contract';
const headers = { authorization: `Bearer ${key}` };
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

/** What a backend does for one of its people: asks in his name, and shows him what the feed tells of his chats. */
class PersonOfBackend {
  readonly url: string;
  readonly as: { readonly side: 'customer' | 'operator'; readonly id: string; readonly name: string };
  readonly heard: string[] = [];
  readonly refused: string[] = [];
  frames = 0;
  chatId = '';
  participantId = '';
  isClosed = false;
  ws: WebSocket | undefined;

  constructor(url: string, side: 'customer' | 'operator', id: string) {
    this.url = url;
    this.as = { side, id, name: id };
  }

  async ask(method: string, path: string, body?: object): Promise<Json> {
    const init = { method, headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) } };
    const answer = await fetch(
      `${this.url}${path}`,
      body === undefined ? init : { ...init, body: JSON.stringify(body) },
    );
    const text = await answer.text();
    const parsed: Json = text === '' ? null : JSON.parse(text);
    if (!answer.ok) this.refused.push(parsed?.code ?? String(answer.status));
    return parsed;
  }

  say = (path: string, more: object = {}): Promise<Json> =>
    this.ask('POST', `/chats/${this.chatId}/${path}`, { as: this.as, ...more });

  async know(): Promise<this> {
    const person = await this.ask('PUT', `/participants/${this.as.side}/${this.as.id}`, { name: this.as.name });
    if (person?.id === undefined) throw new Error('nobody lets us in');
    this.participantId = person.id;
    return this;
  }

  async listen(after: string | undefined): Promise<this> {
    const query = after === undefined ? '' : `&after=${after}`;
    const ws = new WebSocket(`${this.url.replace('http', 'ws')}/events?signals=true${query}`, { headers });
    this.ws = ws;
    ws.on('message', (data) => this.#hear(JSON.parse(String(data))));
    ws.on('close', () => (this.isClosed = true));
    await once(ws, 'open');
    return this;
  }

  /** The last place the feed told. */
  place: string | undefined;

  readonly #shown = new Set<string>();
  /** What was heard waits for the history of a chat that he has just been given. */
  #turn: Promise<void> = Promise.resolve();

  #hear(event: Json): void {
    this.#turn = this.#turn.then(() => this.#take(event));
  }

  async #take({ sequence, type, data }: Json): Promise<void> {
    this.place = sequence ?? this.place;
    const { chat, message } = data;
    const people = this.as.side === 'customer' ? chat?.customerIds : [...(chat?.memberIds ?? []), chat?.assigneeId];
    if (people?.includes(this.participantId) !== true) return;
    this.chatId = chat.id;
    this.frames += 1;
    if (type === 'dragoman.MessagePosted' && message.authorId !== this.participantId) this.#show(message);
    if (type !== 'dragoman.ChatAssigned' || data.operatorId !== this.participantId) return;
    const { messages } = await this.ask('GET', `/chats/${chat.id}/messages`);
    for (const one of messages) if (one.message.seq <= chat.lastSeq) this.#show(one.message);
  }

  /** His own words too. */
  async lookBack(): Promise<void> {
    const { messages } = await this.ask('GET', `/chats/${this.chatId}/messages`);
    for (const { message } of messages) this.#show(message);
  }

  #show({ id, body }: Json): void {
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    this.heard.push(body.kind === 'text' ? body.text : body.kind);
  }
}

const text = (words: string) => ({ kind: 'text', text: words }) as const;

function clientOf(
  person: PersonOfBackend,
  more: Pick<SubjectClient, 'open' | 'post' | 'close' | 'does'>,
): SubjectClient {
  return {
    ...more,
    heard: () => person.heard,
    refused: () => person.refused,
    frames: () => person.frames,
    isClosed: () => person.isClosed,
    babble: async () => {
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"as":' };
      await fetch(`${person.url}/chats`, init);
    },
  };
}

/** What both sides can do beside talking. */
function deeds(person: PersonOfBackend): Record<string, () => Promise<void>> {
  const done = (path: string, more?: object) => async (): Promise<void> => void (await person.say(path, more));
  return {
    typing: done('typing', { isOn: true }),
    'typing-preview': done('typing', { isOn: true, preview: 'dra' }),
    delivered: done('receipts', { state: 'delivered', upToSeq: 100 }),
    read: done('receipts', { state: 'read', upToSeq: 100 }),
    close: done('close'),
    reopen: async () => {
      await person.say('close');
      await person.say('reopen');
    },
    custom: done('messages', { body: { kind: 'custom', name: 'card', data: {} } }),
    history: () => person.lookBack(),
    async image() {
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'image/png' }, body: png };
      const stored: Json = await (await fetch(`${person.url}/attachments`, init)).json();
      await person.say('messages', { body: { kind: 'image', attachmentId: stored.attachmentId } });
    },
  };
}

const { capabilities }: { capabilities: Capabilities } = httpAdapter({
  listener: { claim: () => () => {} },
  keys: [{ id: 'all', hash: hashOf(key), scopes }],
});

const refusals = Object.fromEntries(rejectionCodes.map((code) => [code, code])) as Record<RejectionCode, string>;

const subject: AdapterSubject = {
  name: 'HTTP',
  capabilities,
  refusals,
  skips: {
    'a reader too slow is sent away, and the others hear everything':
      'a feed stands for no person; feed.test.ts shows what becomes of it',
    'what is said while somebody is away is shown when he comes back, once':
      'nobody is away who asks when he likes; new-backend.test.ts shows what is said meanwhile',
  },
  async open() {
    const http: Server = createServer();
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
    const settings: HttpSettings = {
      listener: listenerOn(http),
      keys: [{ id: 'all', hash: hashOf(key), scopes }],
    };
    /** How far each person was told, as a backend keeps it. */
    const places = new Map<string, string | undefined>();
    const arrive = async (side: 'customer' | 'operator', id: string): Promise<PersonOfBackend> => {
      const person = await new PersonOfBackend(url, side, id).know();
      return person.listen(places.get(`${side}/${id}`));
    };
    const leave = async (person: PersonOfBackend): Promise<void> => {
      places.set(`${person.as.side}/${person.as.id}`, person.place);
      person.ws?.terminate();
    };
    return {
      adapter: httpAdapter(settings),
      async customer(id) {
        const person = await arrive('customer', id);
        return clientOf(person, {
          open: async () => {},
          post: async (words) => void (await person.ask('POST', '/chats', { as: person.as, message: text(words) })),
          close: () => leave(person),
          does: deeds(person),
        });
      },
      async operator(id) {
        const person = await arrive('operator', id);
        return clientOf(person, {
          open: async () => void (await person.ask('PUT', `/duties/${id}`, { name: id, capacity: { 'en-US': 9 } })),
          post: async (words) => void (await person.say('messages', { body: text(words) })),
          close: () => leave(person),
          does: {
            ...deeds(person),
            presence: async () => void (await person.ask('PUT', `/duties/${id}`, { name: id, status: 'away' })),
            lifecycle: async () => void (await person.say('join')),
            transfer: async () => void (await person.say('transfer', { toId: null })),
            'hand-over': async () => void (await person.say('hand-over', { to: 'queue' })),
            claim: async () => void (await person.say('assign')),
          },
        });
      },
      async close() {
        http.closeAllConnections();
        http.close();
      },
    };
  },
};

adapterContract({ describe, it }, subject);
