import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Carrier } from './carrier.js';
import type { Channel } from './channel.js';
import type { CloseCode } from './channel-socket.js';
import { Connection, type Admitted, type House } from './connection.js';
import type { EncodedFrame } from './encoded-frame.js';
import { Outbox, type Flushes } from './outbox.js';
import { binaryFrame, textFrame } from './websocket-frame.js';

/** When a WebSocket is asked whether it lives, and given up. All ms. */
export interface Patience {
  readonly pingMs: number;
  readonly idleMs: number;
  readonly slowMs: number;
}

/** After a close a peer has so long to say so too, ms. */
const farewellMs = 2000;

/** One WebSocket, as carrier of one connection. */
export class WebSocketConnection<Assigns> implements Carrier {
  readonly takesBinary = true;
  readonly keepsOrder = true;
  readonly #socket: WebSocket;
  readonly #house: House<Assigns>;
  readonly #outbox: Outbox;
  readonly #connection: Connection<Assigns>;
  #heardAt: number;
  #pingedAt: number;
  #slowSince: number | undefined;
  #closedAt: number | undefined;
  #closedWith: CloseCode | undefined;

  constructor(
    socket: WebSocket,
    stream: Duplex,
    admitted: Admitted<Assigns>,
    house: House<Assigns> & { flushes: Flushes },
  ) {
    this.#socket = socket;
    this.#house = house;
    this.#outbox = new Outbox(stream, house.flushes, () => socket.readyState === socket.OPEN);
    this.#heardAt = house.clock.monotonic();
    this.#pingedAt = this.#heardAt;
    this.#connection = new Connection(admitted, this, house);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#hear());
    socket.on('pong', (payload) => {
      this.#hear();
      this.#outbox.ponged(payload);
    });
    // Too large, or no UTF-8: ws closes with 1009 or 1007 by itself. [PHX close codes]
    socket.on('error', () => this.#connection.lost());
    socket.on('close', (code) => this.#ended(code));
  }

  text(text: string): void {
    this.#write(textFrame(text));
  }

  bytes(bytes: Uint8Array): void {
    this.#write(binaryFrame(bytes));
  }

  shared(frame: EncodedFrame, channel: Channel): void {
    const isTaken = this.#write(frame.webSocket(this.#connection.version));
    if (isTaken && frame.written !== undefined) this.#outbox.tell(() => frame.written?.(channel));
  }

  whenWritten(run: () => void): void {
    this.#outbox.tell(run);
  }

  close(code: CloseCode): void {
    this.#closedAt ??= this.#house.clock.monotonic();
    this.#closedWith ??= code;
    this.#outbox.flush();
    this.#socket.close(code);
  }

  /** As the server's word: its channels end first. */
  end(code: CloseCode): void {
    this.#connection.close(code);
  }

  /** As `end`, once what is being done is answered. */
  leave(code: CloseCode): void {
    this.#connection.leave(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Looks after the connection now and then: pings, silence, slowness. [PHX limits] */
  tend(now: number, { pingMs, idleMs, slowMs }: Patience): void {
    if (this.#closedAt !== undefined) {
      if (now - this.#closedAt >= farewellMs) this.#socket.terminate();
    } else if (now - this.#heardAt >= idleMs) {
      this.end(1001);
    } else if (this.#isSlow(now, slowMs)) {
      this.end(1013);
    } else if (now - this.#pingedAt >= pingMs) {
      this.#pingedAt = now;
      this.#outbox.ping();
    }
  }

  #isSlow(now: number, slowMs: number): boolean {
    if (this.#socket.bufferedAmount <= this.#house.limits.bufferedBytes) {
      this.#slowSince = undefined;
      return false;
    }
    this.#slowSince ??= now;
    return now - this.#slowSince >= slowMs;
  }

  #hear(): void {
    this.#heardAt = this.#house.clock.monotonic();
  }

  /** A close that comes back answers ours, and everything before it. [RFC 6455 5.5.1] */
  #ended(code: number): void {
    if (code === this.#closedWith) this.#outbox.confirmed();
    this.#connection.lost();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#hear();
    const bytes = asBuffer(data);
    if (isBinary) this.#connection.receiveBinary(bytes);
    else this.#connection.receiveText(bytes.toString('utf8'));
  }

  #write(frame: Uint8Array): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#socket.bufferedAmount + this.#outbox.bytes > this.#house.limits.maxBufferedBytes) {
      this.end(1013);
      return false;
    }
    this.#outbox.add(frame);
    return true;
  }
}

function asBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
