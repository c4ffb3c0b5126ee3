import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Wire } from '@dragoman/core';
import { clientIdOf, isPollingType, metaChannels, readBatch, type Incoming } from './bayeux.js';
import { contentType, queryOf, readBody } from './body.js';
import { isEventFrame, type EventFrame } from './event-frame.js';
import type { Rates } from './rates.js';
import { textOf, type BayeuxServer, type Reply } from './server.js';
import type { Sessions } from './sessions.js';

export interface PollingOptions {
  readonly server: BayeuxServer;
  readonly sessions: Sessions;
  readonly handshakes: Rates;
  readonly wire: Wire | undefined;
  readonly maxBodyBytes: number;
  readonly offersJsonp: boolean;
  readonly addressOf: (request: IncomingMessage) => string;
}

/** Requests and answers: long-polling, cross-origin-long-polling and callback-polling. [FAYE node_adapter] */
export type Polling = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What an answer is wrapped in, and who sees it go. */
interface Wrapping {
  readonly callback: string | undefined;
  readonly clientId: string | null;
  readonly wire: Wire | undefined;
}

export function createPolling(options: PollingOptions): Polling {
  return async (request, response) => {
    if (isPreflight(request)) return answerPreflight(request, response);
    allowOrigin(response, request.headers.origin);
    const message = await messageOf(request, options);
    if (message === 'too-large') return finish(response, 413, 'Payload too large');
    const batch = message === undefined ? undefined : readBatch(parse(message));
    const clientId = clientIdOf(batch);
    if (message !== undefined) options.wire?.in(clientId, message);
    const callback = callbackOf(request, options);
    if (batch === undefined || callback === null) return finish(response, 400, 'Bad request');
    if (!takeHandshakes(batch, options.handshakes, options.addressOf(request))) {
      response.setHeader('Retry-After', '5');
      return finish(response, 429, 'Too many requests');
    }
    const wrapping = { callback, clientId, wire: options.wire };
    const connect = batch.find(({ message: { channel } }) => channel === metaChannels.connect);
    if (connect === undefined) return send(response, wrapping, await answerAll(batch, options.server));
    await poll({ connect, batch }, response, wrapping, options);
  };
}

/** Each handshake counts, so that a list of them opens no more sessions than as many requests would. */
function takeHandshakes(batch: readonly Incoming[], handshakes: Rates, address: string): boolean {
  return batch.every(({ message: { channel } }) => channel !== metaChannels.handshake || handshakes.take(address));
}

/** In order, each after the one before; a connect among others is not held, or the others would wait for it. */
async function answerAll(batch: readonly Incoming[], server: BayeuxServer): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (const incoming of batch) {
    const isConnect = incoming.message.channel === metaChannels.connect;
    const message = isConnect ? { ...incoming.message, advice: { timeout: 0 } } : incoming.message;
    replies.push(...(await server.answer({ ...incoming, message })));
  }
  return replies;
}

/** Answers a connect, alone or among others; events that do not get through wait for the next. */
async function poll(
  { connect, batch }: { readonly connect: Incoming; readonly batch: readonly Incoming[] },
  response: ServerResponse,
  wrapping: Wrapping,
  { server, sessions }: PollingOptions,
): Promise<void> {
  const { clientId, id, connectionType } = connect.message;
  if (clientId === undefined) return send(response, wrapping, await answerAll(batch, server));
  if (isPollingType(connectionType)) sessions.poll(clientId);
  else if (connectionType === 'eventsource') sessions.stream(clientId);
  const replies = batch.length === 1 ? await hold(connect, response, server, sessions) : await answerAll(batch, server);
  const frames = replies.filter((reply): reply is EventFrame => isEventFrame(reply));
  if (response.destroyed) return sessions.pollLost(clientId, frames);
  whenGone(response, (isWhole) => {
    if (isWhole) sessions.pollAnswered(clientId, id, frames);
    else sessions.pollLost(clientId, frames);
  });
  send(response, wrapping, replies);
}

/** A poll whose connection dies is answered at once, so that nothing more is given to it. */
async function hold(
  connect: Incoming,
  response: ServerResponse,
  server: BayeuxServer,
  sessions: Sessions,
): Promise<readonly Reply[]> {
  const release = (): void => sessions.releasePoll(connect.message.clientId);
  response.once('close', release);
  const replies = await server.answer(connect);
  response.off('close', release);
  return replies;
}

/** Node calls a response finished, too, whose connection broke while it was being written. */
function whenGone(response: ServerResponse, told: (isWhole: boolean) => void): void {
  const { socket } = response;
  let isWhole = false;
  response.prependOnceListener('finish', () => (isWhole = socket?.destroyed === false));
  response.once('close', () => told(isWhole));
}

function send(response: ServerResponse, wrapping: Wrapping, replies: readonly Reply[]): void {
  const { callback, clientId, wire } = wrapping;
  const json = textOf(replies);
  wire?.out(clientId, json);
  response.setHeader('Cache-Control', 'no-cache, no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (callback === undefined) return finish(response, 200, json, 'application/json; charset=utf-8');
  response.setHeader('Content-Disposition', 'attachment; filename=f.txt');
  finish(response, 200, `/**/${callback}(${escapeLines(json)});`, 'text/javascript; charset=utf-8');
}

/** Line ends of JSON that JavaScript once took for its own. */
function escapeLines(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function finish(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  if (response.destroyed) return;
  if (status === 413) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/**
 * Faye's cross-origin transport and CometD send credentials, so browsers drop answers without this pair. Safe only
 * because no cookie carries authority here. [FAYE cors]
 */
function allowOrigin(response: ServerResponse, origin: string | undefined): void {
  if (origin === undefined) return;
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Vary', 'Origin');
}

function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' || request.headers['access-control-request-method'] === 'POST';
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  allowOrigin(response, request.headers.origin ?? '*');
  response.setHeader('Access-Control-Allow-Headers', 'Accept, Authorization, Content-Type, Pragma, X-Requested-With');
  response.setHeader('Access-Control-Allow-Methods', 'POST, GET');
  response.setHeader('Access-Control-Max-Age', '86400');
  finish(response, 200, '');
}

/** The JSON text of a request, wherever its method and type put it. */
async function messageOf(request: IncomingMessage, options: PollingOptions): Promise<string | undefined> {
  if (request.method === 'GET') {
    return options.offersJsonp ? (new URLSearchParams(queryOf(request)).get('message') ?? undefined) : undefined;
  }
  if (request.method !== 'POST') return undefined;
  const body = await readBody(request, options.maxBodyBytes);
  if (body === undefined || body === 'too-large' || contentType(request) === 'application/json') return body;
  return new URLSearchParams(body).get('message') ?? undefined;
}

/** Undefined: plain JSON. Null: a name that is no function's. */
function callbackOf(request: IncomingMessage, { offersJsonp }: PollingOptions): string | undefined | null {
  if (request.method !== 'GET' || !offersJsonp) return undefined;
  const callback = new URLSearchParams(queryOf(request)).get('jsonp') ?? 'jsonpcallback';
  return /^[a-z_$][\w$]*(\.[a-z_$][\w$]*)*$/i.test(callback) ? callback : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
