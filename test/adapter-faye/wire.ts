import { request, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** The fields of a Bayeux answer or event that tests look at. */
export interface WireMessage {
  readonly id?: string | number;
  readonly channel: string;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly error?: string;
  readonly subscription?: unknown;
  readonly advice?: { readonly reconnect?: string; readonly interval?: number; readonly timeout?: number };
  readonly supportedConnectionTypes?: readonly string[];
  readonly data?: unknown;
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

/** One plain request, sent exactly as given: paths are not normalised. */
export function http(port: number, path: string, options: HttpRequest = {}): Promise<HttpAnswer> {
  const { method = 'POST', headers = {}, body, signal } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method, headers, agent: false, signal }, (incoming) => {
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

/** Bayeux messages by POST, and their answers. */
export async function post(port: number, messages: unknown, signal?: AbortSignal): Promise<readonly WireMessage[]> {
  const body = JSON.stringify(messages);
  const headers = { 'content-type': 'application/json' };
  const answer = await http(port, '/faye', { body, headers, ...(signal === undefined ? {} : { signal }) });
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}: ${answer.body}`);
  return parse(answer.body);
}

export function parse(text: string): readonly WireMessage[] {
  return JSON.parse(text);
}

/** A handshake as every Faye client makes it, and the client id it gets. */
export async function handshake(port: number, ext?: unknown): Promise<string> {
  const [answer] = await post(port, [handshakeMessage(ext)]);
  if (answer?.clientId === undefined) throw new Error(`no client id: ${JSON.stringify(answer)}`);
  return answer.clientId;
}

export function handshakeMessage(ext?: unknown): object {
  return {
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['websocket', 'long-polling'],
    id: '1',
    ...(ext === undefined ? {} : { ext }),
  };
}

/** A WebSocket whose frames are read one after the other. */
export interface Socket {
  readonly ws: WebSocket;
  send(message: unknown): void;
  sendText(text: string): void;
  next(): Promise<readonly WireMessage[]>;
  closed: Promise<number>;
}

export async function openSocket(port: number, path = '/faye'): Promise<Socket> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  const frames: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  ws.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    const next = waiting.shift();
    if (next === undefined) frames.push(text);
    else next(text);
  });
  const closed = once(ws, 'close').then(([code]) => Number(code));
  await once(ws, 'open');
  return {
    ws,
    closed,
    send: (message) => ws.send(JSON.stringify(message)),
    sendText: (text) => ws.send(text),
    async next() {
      const text = frames.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
      return parse(text);
    },
  };
}
