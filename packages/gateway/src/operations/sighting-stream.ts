import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Sighting } from '@dragoman/core';
import type { Observers } from './observers.js';
import { chatOf, shown, shownWhole } from './redaction.js';

/** Who may look on at a time. */
const maxViewers = 20;

/** What one viewer may leave unread; what is more is not shown to him, and he is told how much. */
const maxUnreadBytes = 1024 * 1024;

/**
 * An idle stream says so often that it lives, ms: proxies cut what is silent for a minute. Who has not taken that until the
 * next is cut off: his place is somebody else's.
 */
const commentMs = 15_000;

/** What a viewer asked for. */
interface Wishes {
  readonly types: ReadonlySet<string> | undefined;
  readonly space: string | undefined;
  readonly chatId: string | undefined;
  readonly wantsTexts: boolean;
}

/** Shows what happens while it happens, as server-sent events. */
export interface SightingStream {
  answer(request: IncomingMessage, response: ServerResponse): void;
  close: Cancel;
}

export function createSightingStream(observers: Observers): SightingStream {
  const viewers = new Set<ServerResponse>();

  function show(response: ServerResponse, wishes: Wishes): Cancel {
    let missed = 0;
    return observers.add((sighting) => {
      if (!isWanted(sighting, wishes)) return;
      if (response.writableLength > maxUnreadBytes) {
        missed += 1;
        return;
      }
      if (missed > 0) response.write(`event: gap\ndata: {"missed":${missed}}\n\n`);
      missed = 0;
      const what = wishes.wantsTexts ? shownWhole(sighting) : shown(sighting);
      response.write(`data: ${JSON.stringify(what)}\n\n`);
    });
  }

  return {
    answer(request, response) {
      if (viewers.size >= maxViewers) {
        response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '5' });
        response.end('{"error":"busy","message":"Too many look on already."}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': everything from here on\n\n');
      viewers.add(response);
      const leave = show(response, wishesOf(request));
      let isTaking = true;
      const comments = setInterval(() => {
        if (!isTaking) return void response.destroy();
        isTaking = false;
        response.write(':\n\n', () => (isTaking = true));
      }, commentMs);
      response.once('close', () => {
        clearInterval(comments);
        leave();
        viewers.delete(response);
      });
    },
    close() {
      for (const viewer of viewers) viewer.end();
    },
  };
}

function wishesOf({ url = '' }: IncomingMessage): Wishes {
  const asked = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const types = asked.get('types');
  return {
    types: types === null ? undefined : new Set(types.split(',')),
    space: asked.get('space') ?? undefined,
    chatId: asked.get('chat') ?? undefined,
    wantsTexts: asked.get('texts') === '1',
  };
}

function isWanted(sighting: Sighting, { types, space, chatId }: Wishes): boolean {
  if (types?.has(sighting.type) === false) return false;
  if (space !== undefined && (!('space' in sighting) || sighting.space !== space)) return false;
  return chatId === undefined || chatOf(sighting) === chatId;
}
