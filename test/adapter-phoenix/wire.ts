import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';

/** A WebSocket whose frames are read one after the other. */
export interface Wire {
  readonly ws: WebSocket;
  /** As an array frame, or as it is. */
  send(frame: unknown): void;
  /** The next text frame, parsed. */
  next(): Promise<unknown>;
  nextBytes(): Promise<Buffer>;
  /** Resolves with the code. */
  readonly closed: Promise<number>;
}

interface WireOptions {
  readonly query?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
}

export async function openWire(port: number, options: WireOptions = {}): Promise<Wire> {
  const { query = 'vsn=2.0.0', protocols = [], headers = {} } = options;
  const ws = new WebSocket(`ws://127.0.0.1:${port}/socket/websocket?${query}`, [...protocols], { headers });
  const texts = queue<string>();
  const bytes = queue<Buffer>();
  ws.on('message', (data: Buffer, isBinary) => (isBinary ? bytes.put(data) : texts.put(data.toString('utf8'))));
  const closed = once(ws, 'close').then(([code]) => Number(code));
  await once(ws, 'open');
  return {
    ws,
    closed,
    send: (frame) => ws.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
    next: async () => JSON.parse(await texts.next()),
    nextBytes: () => bytes.next(),
  };
}

/** The status with which an upgrade is refused. */
export async function refusedUpgrade(port: number, path: string, options: WireOptions = {}): Promise<number> {
  const { protocols = [], headers = {} } = options;
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], { headers });
  ws.on('error', () => {});
  const [, response] = await once(ws, 'unexpected-response');
  response.resume();
  return Number(response.statusCode);
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** One plain request. */
export function http(port: number, path: string, options: HttpRequest = {}): Promise<HttpAnswer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, agent: false, ...rest }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What a poll or a post of the long-poll transport is told. */
export interface PollBody {
  readonly status: number;
  readonly token: string;
  readonly messages: readonly string[];
}

/** A client of the long-poll transport, one request at a time. */
export function polls(port: number): {
  poll(query?: string, request?: HttpRequest): Promise<PollBody>;
  post(token: string, body: string, headers?: Record<string, string>): Promise<{ readonly status: number }>;
} {
  const path = '/socket/longpoll?vsn=2.0.0';
  const ndjson = { 'content-type': 'application/x-ndjson' };
  return {
    poll: async (query = '', options = {}) => JSON.parse((await http(port, `${path}&${query}`, options)).body),
    post: async (token, body, headers = ndjson) =>
      JSON.parse((await http(port, `${path}&token=${token}`, { method: 'POST', body, headers })).body),
  };
}

interface Queue<T> {
  put(value: T): void;
  next(): Promise<T>;
}

function queue<T>(): Queue<T> {
  const unread: T[] = [];
  const waiting: ((value: T) => void)[] = [];
  return {
    put(value) {
      const next = waiting.shift();
      if (next === undefined) unread.push(value);
      else next(value);
    },
    next() {
      const value = unread.shift();
      return value === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(value);
    },
  };
}
