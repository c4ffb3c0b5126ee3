import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Clock } from '@dragoman/core';
import type { House } from './connection.js';
import { Deadlines } from './deadlines.js';
import type { Doorway } from './doorway.js';
import { readParams } from './handshake.js';
import { readFrames } from './longpoll-body.js';
import { PollSession, type HeldPoll, type PollAnswer } from './longpoll-session.js';
import { createTokens } from './longpoll-tokens.js';
import type { ChannelLimits } from './options.js';
import { queryOf, readBody, refuseRequest } from './request.js';

export interface LongPollParts<Assigns> {
  readonly house: House<Assigns>;
  readonly doorway: Doorway<Assigns>;
  readonly clock: Clock;
  readonly limits: ChannelLimits;
  readonly mount: string;
  readonly pollMs: number;
  readonly pollSecret: string;
  readonly hasRoom: () => boolean;
}

/** Channels over polls: the outcome is a `status` in the body, because clients look nowhere else. [PHX longpoll] */
export interface LongPoll {
  request(request: IncomingMessage, response: ServerResponse): void;
  readonly size: number;
  /** Each tells its client to come back, when it is its turn. */
  farewells(): readonly (() => void)[];
  close(): void;
}

/** How often every session is looked after, ms. */
const roundMs = 1000;

/** A session whose client has not polled for so many windows is over. [PHX longpoll poll] */
const silentWindows = 1.5;

const newTokenHeader = 'x-phoenix-longpoll-token';
const authTokenHeader = 'x-phoenix-authtoken';

export function createLongPoll<Assigns>(parts: LongPollParts<Assigns>): LongPoll {
  const { house, doorway, clock, limits, mount, pollMs, hasRoom } = parts;
  const tokens = createTokens({ mount, secret: parts.pollSecret, clock });
  const sessions = new Map<string, PollSession<Assigns>>();
  const windows = new Deadlines(clock, pollMs);
  const ended = (token: string): void => void sessions.delete(token);
  let cancelRound: Cancel = clock.after(roundMs, round);

  function round(): void {
    const silentSince = clock.monotonic() - silentWindows * pollMs;
    for (const session of sessions.values()) {
      if (session.isSilentSince(silentSince)) session.connection.close(1001);
    }
    cancelRound = clock.after(roundMs, round);
  }

  async function poll(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = tokenOf(request);
    const session = token === undefined ? undefined : sessions.get(token);
    if (session !== undefined) return hold(session, response);
    // Of a session that is gone, also with an older process: 410 would leave most clients joined to nothing. [PHX longpoll status]
    if (token !== undefined && tokens.isOurs(token)) return answer(response, { status: 500 });
    const params = readParams(queryOf(request));
    const authToken = header(request, authTokenHeader) ?? params.get('token');
    const entrance = await doorway.enter(request, { params, authToken, transport: 'longpoll' });
    if (entrance.ok && !hasRoom()) return answer(response, { status: 500 });
    if (!entrance.ok) return answer(response, refusals[entrance.status] ?? { status: 403 });
    const made = new PollSession(tokens.make(), entrance.admitted, { house, limits, windows, ended });
    sessions.set(made.token, made);
    answer(response, { status: 410, token: made.token, messages: [] });
  }

  async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = tokenOf(request);
    const session = token === undefined ? undefined : sessions.get(token);
    if (session === undefined) return answer(response, { status: 410 });
    if (session.posts >= limits.posts) return answer(response, { status: 429 });
    session.posts += 1;
    const body = await readBody(request, limits.postBytes);
    session.posts -= 1;
    if (body === undefined) return void response.destroy();
    const frames = body === 'too-large' ? undefined : readFrames(request.headers['content-type'], body, limits);
    if (frames === undefined) return answer(response, { status: 413 });
    for (const frame of frames) {
      const { connection } = session;
      const isFrame = typeof frame === 'string' ? connection.receiveText(frame) : connection.receiveBinary(frame);
      if (!isFrame) return answer(response, { status: 500 });
    }
    answer(response, { status: 200 });
  }

  return {
    request(request, response) {
      response.on('error', () => response.destroy());
      if (request.method === 'OPTIONS') return allow(request, response);
      if (request.method !== 'GET' && request.method !== 'POST') return refuseRequest(response, 400);
      if (!doorway.isAllowedOrigin(request)) return answer(response, { status: 403 });
      void (request.method === 'GET' ? poll(request, response) : post(request, response));
    },
    get size() {
      return sessions.size;
    },
    farewells: () =>
      [...sessions.values()].map(
        ({ connection }) =>
          () =>
            connection.leave(1012),
      ),
    close() {
      cancelRound();
      for (const { connection } of sessions.values()) connection.close(1012);
      windows.close();
    },
  };
}

/** The client is kept, or told to begin anew. Never a status that would end its polling. [PHX handshake, longpoll status] */
const refusals: Readonly<Partial<Record<number, PollAnswer>>> = {
  429: { status: 204, token: '', messages: [] },
  503: { status: 500 },
};

function hold<Assigns>(session: PollSession<Assigns>, response: ServerResponse): void {
  const held: HeldPoll = (what) =>
    new Promise((resolve) => {
      if (response.destroyed) return resolve(false);
      // Node calls a response finished, too, whose connection broke while it was being written.
      const { socket } = response;
      let isWhole = false;
      response.prependOnceListener('finish', () => (isWhole = socket?.destroyed === false));
      response.once('close', () => resolve(isWhole));
      answer(response, what);
    });
  response.once('close', () => session.drop(held));
  session.hold(held);
}

/** The header of newer clients first, then the last of the params: a param of the application may be called so too. [PHX longpoll token] */
function tokenOf(request: IncomingMessage): string | undefined {
  return header(request, newTokenHeader) ?? readParams(queryOf(request)).get('token');
}

function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** [PHX longpoll] */
function answer(response: ServerResponse, body: PollAnswer | { readonly status: number }): void {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body);
  if (body.status === 413) response.setHeader('connection', 'close');
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
  });
  response.end(text);
}

/** [PHX longpoll cors] */
function allow(request: IncomingMessage, response: ServerResponse): void {
  const wanted = header(request, 'access-control-request-headers');
  if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
  response.writeHead(200, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'get, post, options',
    'access-control-max-age': '3600',
    'content-length': 0,
  });
  response.end();
}
