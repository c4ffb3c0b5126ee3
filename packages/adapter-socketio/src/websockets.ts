import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';

/** How long a client has to agree to a close before its connection is cut, ms; the library would wait 30 s. */
const closeTimeout = 2000;

/**
 * The websocket side of Engine.IO: a client that reads nothing is no reason to wait, and what is written to one
 * connection within a turn of the event loop is one system call.
 */
export class CarrierWebSocketServer extends WebSocketServer {
  readonly #cork = createCork();

  constructor(options: ServerOptions) {
    super(Object.assign(options, { closeTimeout }));
  }

  override handleUpgrade(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    callback: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, stream, head, (client, upgraded) => {
      client.send = new Proxy(client.send, {
        apply: (send, self, frame) => {
          this.#cork(stream);
          Reflect.apply(send, self, frame);
        },
      });
      callback(client, upgraded);
    });
  }
}

/** Holds back what is written to a stream until the turn of the event loop ends. */
function createCork(): (stream: Duplex) => void {
  const corked = new Set<Duplex>();
  return (stream) => {
    if (corked.has(stream)) return;
    if (corked.size === 0) {
      setImmediate(() => {
        for (const one of corked) one.uncork();
        corked.clear();
      });
    }
    corked.add(stream);
    stream.cork();
  };
}
