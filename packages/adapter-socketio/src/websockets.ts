import { WebSocketServer, type ServerOptions } from 'ws';

/** How long a client has to agree to a close before its connection is cut, ms; the library would wait 30 s. */
const closeTimeout = 2000;

/** The websocket side of Engine.IO, for which a client that reads nothing is no reason to wait. */
export class ImpatientWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super(Object.assign(options, { closeTimeout }));
  }
}
