import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Compile } from 'typebox/compile';
import { WebSocketServer } from 'ws';
import type { Bridge } from '../bridge.js';
import { headersOf, problemOf, Refusal, type Problem } from '../problems.js';
import { refusalIn } from '../transport.js';
import { feedQuery } from './filter.js';
import type { Feeds } from './feeds.js';

/** Backends say nothing on a feed; what they may send all the same, bytes. */
const maxPayload = 1_024;

const query = Compile(feedQuery);

/** Lets WebSockets in at `<mount>/events`. */
export interface Upgrades {
  upgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void;
  /** Cuts those who have not answered our good-bye. */
  stop(): void;
}

export function openUpgrades(bridge: Bridge, feeds: Feeds): Upgrades {
  const { access, options, core } = bridge;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('cloudevents.json') ? 'cloudevents.json' : false),
  });

  async function enter(request: IncomingMessage, stream: Duplex, head: Uint8Array): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://local');
    if (pathname !== `${options.mount}/events`) throw new Refusal('NOT_FOUND');
    const key = access.admit(request, ['events']);
    const asked = query.Convert(Object.fromEntries(searchParams));
    if (!query.Check(asked)) throw new Refusal('BAD_REQUEST');
    const ticket = await feeds.admit(key, asked, request);
    if (stream.destroyed) return;
    wss.handleUpgrade(request, stream, Buffer.from(head), (socket) => feeds.socket(ticket, socket));
  }

  return {
    upgrade(request, stream, head) {
      stream.on('error', () => stream.destroy());
      enter(request, stream, head).catch((error: unknown) => {
        const refusal = refusalIn(error);
        if (refusal.code === 'INTERNAL') core.log.error({ err: error }, 'a feed could not be opened');
        refuseUpgrade(stream, problemOf(refusal, options.mount, core.ids.command()));
      });
    },
    stop() {
      for (const socket of wss.clients) socket.terminate();
      wss.close();
    },
  };
}

function refuseUpgrade(stream: Duplex, problem: Problem): void {
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title.replaceAll(/[^\x20-\x7e]/g, '')}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    ...Object.entries(headersOf(problem)).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => stream.destroy());
}
