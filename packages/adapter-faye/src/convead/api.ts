import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChatSummary, Clock, Log, Wire } from '@dragoman/core';
import { contentType, pathOf, readBody } from '../body.js';
import type { Answer, Conversations } from '../conversations.js';
import { Rates, type Rate } from '../rates.js';
import type { Credentials } from './credentials.js';
import {
  isVisitorId,
  parseBody,
  parseContent,
  parsePaging,
  parseSender,
  wholeNumber,
  type Params,
  type Sender,
} from './frames.js';
import { refuse, type ErrorCode, type Refusal } from './refusals.js';

export interface ApiOptions {
  /** Before the paths of the protocol; `''` for none. */
  readonly prefix: string;
  readonly conversations: Conversations;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: Log;
  readonly wire: Wire | undefined;
  readonly maxBodyBytes: number;
  /** Requests of one address that shows no token. */
  readonly addressRate: Rate;
  /** Answers "there is no such …" to one address: who guesses ids is slowed down. */
  readonly missRate: Rate;
  /** `always-200`: old browsers cannot read the body of another status. */
  readonly errorStatus: 'real' | 'always-200';
  readonly allowedOrigins: readonly string[] | undefined;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** What goes back. */
interface Success {
  readonly status: 200 | 201;
  readonly body: unknown;
  readonly hasMore?: boolean;
}
type Result = { readonly ok: true; readonly value: Success } | { readonly ok: false; readonly refusal: Refusal };

/** What a request says, and under which trace. */
interface Asked {
  readonly params: Params;
  readonly token: unknown;
  readonly traceparent: string | undefined;
}

/** One of the four requests, by its path. [CONVEAD Server API] */
type Route =
  | { readonly name: 'open'; readonly visitorId: string }
  | { readonly name: 'say' | 'history'; readonly conversation: string }
  | { readonly name: 'mark-read'; readonly conversation: string; readonly message: string };

/** The HTTP half of the protocol. Checks go from the path inwards, so that nobody learns more than he may. */
export class Api {
  readonly #options: ApiOptions;
  readonly #addresses: Rates;
  readonly #misses: Rates;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#addresses = new Rates(options.clock, options.addressRate);
    this.#misses = new Rates(options.clock, options.missRate);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { allowedOrigins, log } = this.#options;
    const headers = originHeaders(request, allowedOrigins);
    if (request.method === 'OPTIONS') return void response.writeHead(204, { ...headers, ...preflightHeaders }).end();
    const result = await this.#handle(request).catch((error: unknown): Result => {
      log.error({ error: String(error) }, 'a request failed');
      return no('internal_error');
    });
    this.#send(response, result, headers);
  }

  async #handle(request: IncomingMessage): Promise<Result> {
    const { prefix, maxBodyBytes, credentials, addressOf } = this.#options;
    const route = routeOf(pathOf(request).slice(prefix.length));
    if (route === undefined) return no('not_found');
    if (request.method !== 'POST') return no('method_not_allowed');
    const body = await readBody(request, maxBodyBytes);
    if (body === 'too-large') return no('payload_too_large');
    this.#options.wire?.in(null, `POST ${request.url ?? ''}\n\n${body ?? ''}`);
    const params = body === undefined ? no('bad_request') : readParams(request, body);
    if (!params.ok) return params;
    const address = addressOf(request);
    const token = tokenOf(request, params.value);
    const isTooFast = credentials.trust(token) !== 'trusted' && !this.#addresses.take(address);
    if (isTooFast || this.#misses.isEmpty(address)) return no('rate_limited');
    const result = await this.#route(route, { params: params.value, token, traceparent: traceparentIn(request) });
    if (!result.ok && result.refusal.status === 404) this.#misses.take(address);
    return result;
  }

  /** All headers at once: one by one they cost more than the rest of an answer. */
  #send(response: ServerResponse, result: Result, headers: Headers): void {
    if (response.destroyed) return;
    const { errorStatus, wire } = this.#options;
    const text = JSON.stringify(
      result.ok ? result.value.body : { error: result.refusal.code, message: result.refusal.message },
    );
    const realStatus = result.ok ? result.value.status : result.refusal.status;
    const status = result.ok || errorStatus === 'real' ? realStatus : 200;
    wire?.out(null, `${status}\n\n${text}`);
    response.writeHead(status, {
      ...headers,
      ...(result.ok ? pageHeaders(result.value) : errorHeaders(result.refusal)),
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  }

  #route(route: Route, { params, token, traceparent }: Asked): Promise<Result> {
    switch (route.name) {
      case 'open':
        return this.#open(route.visitorId, params, token);
      case 'say':
        return this.#say(route.conversation, { params, token, traceparent });
      case 'history':
        return this.#history(route.conversation, params);
      case 'mark-read':
        return this.#markRead(route.conversation, route.message);
    }
  }

  async #open(visitorId: string, params: Params, token: unknown): Promise<Result> {
    if (!isVisitorId(visitorId)) return no('visitor_id_invalid');
    const sender = this.#believed(params, token, visitorId);
    if (!sender.ok) return sender;
    const { value } = sender;
    if (value.type === 'visitor' && value.id !== undefined && value.id !== visitorId) return no('sender_forbidden');
    const who = value.type === 'visitor' ? { ...value, id: visitorId } : value;
    const opened = await this.#options.conversations.open(visitorId, who);
    return opened.ok ? yes(opened.value.payload, opened.value.isNew ? 201 : 200) : opened;
  }

  async #say(number: string, { params, token, traceparent }: Asked): Promise<Result> {
    const { conversations } = this.#options;
    const sender = this.#believed(params, token);
    if (!sender.ok) return sender;
    const chat = await this.#find(number);
    if (chat === undefined) return no('conversation_not_found');
    const refusal = await conversations.mayNotWrite(chat, sender.value);
    if (refusal !== undefined) return { ok: false, refusal };
    const content = parseContent(params['content']);
    if (!content.ok) return no(content.code);
    const said = await conversations.say(chat, sender.value, { content: content.value, traceparent });
    return said.ok ? yes(said.value, 201) : said;
  }

  async #history(number: string, params: Params): Promise<Result> {
    const chat = await this.#find(number);
    if (chat === undefined) return no('conversation_not_found');
    const paging = parsePaging(params);
    if (!paging.ok) return no(paging.code);
    const { messages, hasMore } = await this.#options.conversations.history(chat, paging.value);
    return { ok: true, value: { status: 200, body: messages, hasMore } };
  }

  async #markRead(number: string, message: string): Promise<Result> {
    const chat = await this.#find(number);
    if (chat === undefined) return no('conversation_not_found');
    const id = wholeNumber(message);
    if (typeof id !== 'number') return no('message_not_found');
    const marked = await this.#options.conversations.markRead(chat, id);
    return marked.ok ? yes(marked.value, 200) : marked;
  }

  async #find(number: string): Promise<ChatSummary | undefined> {
    const id = wholeNumber(number);
    return typeof id === 'number' ? this.#options.conversations.find(id) : undefined;
  }

  /** Whom a request is from. A visitor who shows a token is asked for his id: only the path can stand for it. */
  #believed(params: Params, token: unknown, visitorOfPath?: string): Answer<Sender> {
    const { credentials } = this.#options;
    const sender = parseSender(params['sender']);
    if (!sender.ok) return no(sender.code);
    const { type, id = visitorOfPath } = sender.value;
    if (type === 'visitor' && credentials.believesVisitors) return sender;
    const trust = credentials.trust(token, id === undefined ? undefined : { type, id });
    return trust === 'trusted' || trust === 'own' ? sender : no('unauthorized');
  }
}

function readParams(request: IncomingMessage, body: string): Answer<Params> {
  const params = parseBody(contentType(request), body);
  return params.ok ? params : no(params.code);
}

function no(code: ErrorCode): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: refuse(code) };
}

function yes(body: unknown, status: Success['status']): Result {
  return { ok: true, value: { status, body } };
}

/** The paths are the document's own, under the prefix alone. [CONVEAD Server API] */
function routeOf(path: string): Route | undefined {
  const [root, chat, family, id, action, message, verb, ...rest] = path.split('/');
  if (root !== '' || chat !== 'chat' || id === undefined || id === '' || rest.length > 0) return undefined;
  if (family === 'service') return action === undefined ? { name: 'open', visitorId: decoded(id) } : undefined;
  if (family !== 'conversation') return undefined;
  if (action === undefined) return { name: 'say', conversation: id };
  if (action === 'messages' && message === undefined) return { name: 'history', conversation: id };
  if (action !== 'message' || message === undefined || verb !== 'mark_read') return undefined;
  return { name: 'mark-read', conversation: id, message };
}

/** A text that is no visitor id where the escapes are broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function traceparentIn({ headers: { traceparent } }: IncomingMessage): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}

function tokenOf(request: IncomingMessage, params: Params): unknown {
  const [, bearer] = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return bearer ?? params['token'];
}

type Headers = Readonly<Record<string, string | number>>;

const everyHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', Vary: 'Origin' } as const;

const preflightHeaders = {
  'Access-Control-Allow-Methods': 'POST, OPTIONS',
  'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Pragma, X-Requested-With',
  'Access-Control-Max-Age': '86400',
} as const;

function originHeaders({ headers: { origin } }: IncomingMessage, allowed: readonly string[] | undefined): Headers {
  if (origin === undefined || (allowed !== undefined && !allowed.includes(origin))) return everyHeaders;
  return {
    ...everyHeaders,
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': 'X-Has-More',
  };
}

function pageHeaders({ hasMore }: Success): Headers {
  return hasMore === undefined ? {} : { 'X-Has-More': String(hasMore) };
}

function errorHeaders({ code, retryAfter }: Refusal): Headers {
  return {
    ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }),
    ...(code === 'method_not_allowed' ? { Allow: 'POST, OPTIONS' } : {}),
    ...(code === 'payload_too_large' ? { Connection: 'close' } : {}),
  };
}
