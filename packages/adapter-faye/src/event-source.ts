import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Clock, Wire } from '@dragoman/core';
import type { Outlet, Sessions } from './sessions.js';

/** How often an idle stream says that it lives, ms. [FAYE event_source] */
const commentMs = 10_000;

/** How long a reader may take to read to the end of a stream that is over, ms. */
const patienceMs = 2000;

export interface EventSourceOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly wire: Wire | undefined;
  readonly maxBufferedBytes: number;
}

/** Streams events over one endless answer; the client's messages come by POST. [FAYE event_source] */
export interface EventSources {
  /** The session's id is the last segment of the path. */
  open(sessionId: string, request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

export function createEventSources({ sessions, clock, wire, maxBufferedBytes }: EventSourceOptions): EventSources {
  const streams = new Set<ServerResponse>();
  let cancelComments: Cancel = clock.after(commentMs, comment);

  function comment(): void {
    for (const stream of streams) stream.write(':\r\n\r\n');
    cancelComments = clock.after(commentMs, comment);
  }

  function outletOf(sessionId: string, stream: ServerResponse): Outlet {
    stream.on('drain', () => sessions.drain(sessionId));
    return {
      isTried: true,
      write(frame) {
        if (stream.destroyed || stream.writableEnded || stream.writableLength > maxBufferedBytes) return 'refused';
        const text = `data: [${frame.text}]\r\n\r\n`;
        wire?.out(sessionId, text);
        stream.write(text);
        return 'gone';
      },
      close() {
        stream.end();
        // Somebody who reads no more would keep the connection, and what is buffered for it, for ever.
        const cancel = clock.after(patienceMs, () => stream.destroy());
        stream.once('close', cancel);
      },
    };
  }

  return {
    open(sessionId, request, response) {
      const { origin } = request.headers;
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-cache, no-store',
        ...(origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' }),
      });
      response.write('retry: 5000\r\n\r\n');
      const outlet = outletOf(sessionId, response);
      streams.add(response);
      response.once('close', () => {
        streams.delete(response);
        sessions.detach(sessionId, outlet);
      });
      sessions.attach(sessionId, outlet);
      sessions.drain(sessionId);
    },
    close() {
      cancelComments();
      for (const stream of streams) stream.end();
    },
  };
}

/** How a browser asks for a stream. */
export function isEventSource(request: IncomingMessage): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').split(/\s*,\s*/).includes('text/event-stream');
}
