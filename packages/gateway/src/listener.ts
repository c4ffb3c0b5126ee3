import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Fault, type Log, type WebListener } from '@dragoman/core';
import { createClaims } from './claims.js';
import { createPace, type Pace } from './pace.js';
import { createTurnstile, type Turnstile } from './turnstile.js';

/** The types that web adapters of this gateway are written against. */
export type NodeWebListener = WebListener<IncomingMessage, ServerResponse, Duplex>;

export interface ListenerOptions {
  /** An address of this machine. Default `127.0.0.1`. */
  readonly host?: string;
  /** 0: any free one. Default 4000. */
  readonly port?: number;
  /** How long an idle connection is kept for its next request. Default 76 000: proxies close theirs after 60 or 75 s. */
  readonly keepAliveMs?: number;
  /** A request must have arrived whole within so long. Default 30 000. */
  readonly requestMs?: number;
  /** All header lines of a request together. Default 16 384. */
  readonly maxHeaderBytes?: number;
  /** Connections at a time, upgraded ones among them; the ones above are closed at once. Default 20 000. */
  readonly maxConnections?: number;
  /**
   * Connections of one address (of IPv6: one /64) at a time, and what it has open over proxies that are trusted; the ones
   * above are answered 429. Default: a quarter of `maxConnections`.
   */
  readonly connectionsPerAddress?: number;
  /** Addresses or networks of proxies whose X-Forwarded-For says whose a connection is. Default: none. */
  readonly trustedProxies?: readonly string[];
  /**
   * New connections in any second, at most; the ones above wait for their turn, unread, five seconds at most. After a
   * restart everybody comes back at once, and each is a sign-in and a history. Default 1000.
   */
  readonly acceptsPerSecond?: number;
  readonly log: Log;
}

/** One http server, shared by every web adapter that is told to use it. */
export interface Listener extends NodeWebListener {
  /** Resolves when it accepts connections. Throws PORT_IN_USE, or CONFIG_INVALID for an address it may not have. */
  start(): Promise<void>;
  /**
   * Opens no WebSocket any more and closes each connection with its next answer; requests are served until `stop`, for
   * clients that poll while they wait to be sent away. Twice is fine.
   */
  drain(): void;
  /** Takes no new connection, waits so long for open ones to end, then cuts them. Twice is fine. */
  stop(patienceMs: number): Promise<void>;
  /** Where it listens, as an http address without a path; undefined when it does not. */
  readonly url: string | undefined;
}

type Handlers = Parameters<NodeWebListener['claim']>[1];

const notFound = JSON.stringify({ error: 'not_found', message: 'Nothing is served at this path.' });
const broken = JSON.stringify({ error: 'internal_error', message: 'The request could not be answered.' });

function answer(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(body);
}

/** For another try. A Phoenix client ends for good with a body that is none of its own; with none it comes back. [PHX longpoll status] */
function sendBack(response: ServerResponse, status: 429 | 503): void {
  response.writeHead(status, { 'retry-after': '5', 'cache-control': 'no-store', 'content-length': 0 }).end();
}

/** Whoever was served here has gone already. An event stream ends for good with any status; with none it comes back. [SSE fail] */
function leave(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.accept?.includes('text/event-stream') === true) request.socket.destroy();
  else sendBack(response, 503);
}

function refuse(socket: Duplex, status: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(refusal(status), () => socket.destroy());
}

const refusal = (status: string): string => `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;

const tooMany = '429 Too Many Requests\r\nRetry-After: 5';
/** How long who is turned away may take to hear it, ms. */
const hearingMs = 1_000;

/** Tells a connection of which nothing has been read that it is one too many, and hears it out, or the answer would be lost. */
function turnAway(socket: Socket): void {
  socket.resume().end(refusal(tooMany));
  const cut = setTimeout(() => socket.destroy(), hearingMs);
  socket.once('close', () => clearTimeout(cut));
}

/** What a request that could not even be read is told; 400 for everything else. */
const unreadable = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

function listenFault(error: NodeJS.ErrnoException, where: string): Fault {
  if (error.code === 'EADDRINUSE') {
    return new Fault('PORT_IN_USE', `${where} is in use by another process`, {
      cause: error,
    });
  }
  return new Fault('CONFIG_INVALID', `cannot listen on ${where} (${error.code ?? error.message})`, { cause: error });
}

function addressOf(server: Server): string | undefined {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') return undefined;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** At most one line a minute: whoever fills the connections may not fill the log too. */
function warnWhenFull(server: Server, log: Log): void {
  let quietUntil = 0;
  server.on('drop', () => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + 60_000;
    log.warn({ maxConnections: server.maxConnections }, 'connections are refused: the listener is full');
  });
}

function createHttpServer(options: ListenerOptions): Server {
  const requestMs = options.requestMs ?? 30_000;
  const server = createServer({
    keepAliveTimeout: options.keepAliveMs ?? 76_000,
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(requestMs / 4),
    maxHeaderSize: options.maxHeaderBytes ?? 16_384,
    noDelay: true,
  });
  server.maxConnections = options.maxConnections ?? 20_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else refuse(socket, unreadable.get(error.code ?? '') ?? '400 Bad Request');
  });
  warnWhenFull(server, options.log);
  return server;
}

/** Node's own handler of connections, called in their turn; what came until then is still in the socket. */
function paceConnections(server: Server, perSecond: number, turnstile: Turnstile): Pace {
  const pace = createPace(perSecond);
  const handlers = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const destroy = (): void => void socket.destroy();
    // Until it is handled, an error of the socket would end the process.
    socket.on('error', destroy);
    if (!turnstile.admits(socket)) return turnAway(socket);
    pace.wait(socket, () => {
      socket.off('error', destroy);
      for (const handle of handlers) Reflect.apply(handle, server, [socket]);
    });
  });
  return pace;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(listenFault(error, `${host}:${port}`));
    server.once('error', failed);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function turnstileOf({ connectionsPerAddress, trustedProxies = [], log }: ListenerOptions, server: Server): Turnstile {
  const perAddress = connectionsPerAddress ?? Math.ceil(server.maxConnections / 4);
  return createTurnstile({ perAddress, trustedProxies, log });
}

export function createListener(options: ListenerOptions): Listener {
  const { host = '127.0.0.1', port = 4000, log } = options;
  const claims = createClaims<Handlers>();
  const upgraded = new Set<Duplex>();
  const server = createHttpServer(options);
  const turnstile = turnstileOf(options, server);
  const pace = paceConnections(server, options.acceptsPerSecond ?? 1000, turnstile);
  let isDraining = false;
  let closed: Promise<void> | undefined;

  server.on('request', (request, response) => {
    if (isDraining) response.setHeader('connection', 'close');
    response.once('close', () => {
      if (isDraining) server.closeIdleConnections();
    });
    if (!turnstile.admitsOver(request, response)) return sendBack(response, 429);
    const handle = claims.find(request.url)?.request;
    if (handle === undefined) {
      if (isDraining) leave(request, response);
      else answer(response, 404, notFound);
      return;
    }
    try {
      handle(request, response);
    } catch (error) {
      log.error({ err: error }, 'an adapter failed on a request');
      answer(response, 500, broken);
    }
  });

  server.on('upgrade', (request, socket, head) => {
    // Node takes its own handlers off an upgraded socket; an error without one would end the process.
    socket.on('error', () => socket.destroy());
    if (!turnstile.admitsOver(request, socket)) return refuse(socket, tooMany);
    const handle = claims.find(request.url)?.upgrade;
    if (handle === undefined || isDraining) {
      refuse(socket, handle === undefined ? '404 Not Found' : '503 Service Unavailable');
      return;
    }
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    try {
      handle(request, socket, head);
    } catch (error) {
      log.error({ err: error }, 'an adapter failed on an upgrade');
      refuse(socket, '500 Internal Server Error');
    }
  });

  function drain(): void {
    isDraining = true;
    server.closeIdleConnections();
  }

  return {
    claim: (prefixes, on) => claims.claim(prefixes, on),
    async start() {
      await listen(server, host, port);
      // Such as too many open files: one connection is lost, the server is not.
      server.on('error', (error) => log.error({ err: error }, 'a connection could not be accepted'));
    },
    drain,
    async stop(patienceMs) {
      drain();
      closed ??= new Promise((resolve) => server.close(() => resolve()));
      pace.cut();
      const cut = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, patienceMs);
      await closed;
      clearTimeout(cut);
    },
    get url() {
      return addressOf(server);
    },
  };
}
