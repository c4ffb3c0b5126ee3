import type { Duplex } from 'node:stream';
import type { Wire } from '@dragoman/core';
import type { RawData, WebSocket } from 'ws';
import { clientIdOf, errors, metaChannels, readBatch, refusal, waitMs, type Incoming } from './bayeux.js';
import type { Cork } from './cork.js';
import type { EventFrame } from './event-frame.js';
import type { Rates } from './rates.js';
import { textOf, type BayeuxServer, type Reply } from './server.js';
import { Receipts, type Reminders } from './receipts.js';
import type { Fate, Outlet, Sessions } from './sessions.js';
import { textFrame } from './socket-frame.js';

export interface SocketConnectionOptions {
  readonly server: BayeuxServer;
  readonly sessions: Sessions;
  readonly handshakes: Rates;
  readonly cork: Cork;
  readonly reminders: Reminders;
  readonly wire: Wire | undefined;
  /** Unsent bytes above which events wait. */
  readonly maxBufferedBytes: number;
  /** Unreadable frames before the socket is closed with 1008. */
  readonly maxBadFrames: number;
  /** Messages still to be answered above which the socket is closed with 1008. */
  readonly maxPendingMessages: number;
}

/** One WebSocket of one client. Its library reads and keeps the connection; frames ready to go pass it by. */
export class SocketConnection implements Outlet {
  readonly isTried = false;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #address: string;
  readonly #options: SocketConnectionOptions;
  #sessionId: string | undefined;
  #badFrames = 0;
  #pending = 0;
  #turn: Promise<void> = Promise.resolve();
  #isWaitingForRoom = false;
  readonly #receipts: Receipts;
  #allArrived: (() => void) | undefined;

  constructor(socket: WebSocket, stream: Duplex, address: string, options: SocketConnectionOptions) {
    this.#socket = socket;
    this.#stream = stream;
    this.#address = address;
    this.#options = options;
    this.#receipts = new Receipts(options.reminders.clock);
    socket.on('message', (data) => this.#receive(data));
    socket.on('pong', (payload) => this.#arrived(payload));
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => this.#ended(code));
  }

  /** Whether a session's events come this way. */
  get isInUse(): boolean {
    return this.#sessionId !== undefined;
  }

  write(frame: EventFrame): Fate {
    if (this.#socket.readyState !== this.#socket.OPEN) return 'refused';
    if (this.#stream.writableLength > this.#options.maxBufferedBytes) {
      this.#waitForRoom();
      return 'refused';
    }
    this.#options.cork(this.#stream);
    this.#options.wire?.out(this.#sessionId ?? null, `[${frame.text}]`);
    this.#stream.write(frame.bytes);
    this.#receipts.sent();
    this.ask();
    return 'sent';
  }

  /** Whether the client has what it was sent, unless that was asked a moment ago. */
  ask(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { isDue } = this.#receipts;
    if (isDue === 'later') this.#options.reminders.add(this);
    if (isDue === 'now') this.#socket.ping(this.#receipts.ask());
  }

  /** Later, because the answer to the very message that ends the session is still on its way. */
  close(arrived?: () => void): void {
    this.#allArrived = arrived;
    setImmediate(() => this.#socket.close(1000));
  }

  /** A close that comes back answers ours, and everything before it. [RFC 6455 5.5.1] */
  #ended(code: number): void {
    if (code === 1000) this.#allArrived?.();
    this.#leave();
  }

  #arrived(payload: Uint8Array): void {
    const count = this.#receipts.answered(payload);
    if (this.#sessionId !== undefined) this.#options.sessions.arrived(this.#sessionId, this, count);
    this.ask();
  }

  #receive(data: RawData): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const text = textOfData(data);
    const batch = readBatch(parse(text));
    this.#options.wire?.in(clientIdOf(batch) ?? this.#sessionId ?? null, text);
    if (batch === undefined) return this.#countBadFrame();
    // Clients of 1.0 to 1.2 send an empty list to see whether the connection lives. [FAYE web_socket]
    if (batch.length === 0) return this.#send([]);
    this.#pending += batch.length;
    if (this.#pending > this.#options.maxPendingMessages) return this.#socket.close(1008);
    for (const incoming of batch) this.#turn = this.#turn.then(() => this.#take(incoming));
  }

  #countBadFrame(): void {
    this.#badFrames += 1;
    if (this.#badFrames >= this.#options.maxBadFrames) this.#socket.close(1008);
  }

  /** One message after the other, but nothing waits for a connect to end. */
  async #take(incoming: Incoming): Promise<void> {
    const { message } = incoming;
    const { server, handshakes } = this.#options;
    if (message.channel === metaChannels.connect) return this.#connect(incoming);
    if (message.channel === metaChannels.handshake && !handshakes.take(this.#address)) {
      return this.#answer([refusal(message, errors.tryAgain, { reconnect: 'handshake', interval: waitMs })]);
    }
    this.#answer(await server.answer(incoming));
  }

  /** The events of a session follow its last connect; a socket carries one session. [FAYE node_adapter] */
  #connect(incoming: Incoming): void {
    const { clientId } = incoming.message;
    const { server, sessions } = this.#options;
    if (clientId !== this.#sessionId && sessions.get(clientId) !== undefined) this.#leave();
    if (clientId !== undefined && sessions.attach(clientId, this)) this.#sessionId = clientId;
    void server.answer(incoming).then((replies) => this.#answer(replies));
  }

  #leave(): void {
    const { sessions } = this.#options;
    if (this.#sessionId !== undefined && sessions.detach(this.#sessionId, this)) sessions.releasePoll(this.#sessionId);
    this.#sessionId = undefined;
    this.#receipts.reset();
  }

  #answer(replies: readonly Reply[]): void {
    this.#pending -= 1;
    this.#send(replies);
  }

  #send(replies: readonly Reply[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#options.cork(this.#stream);
    const text = textOf(replies);
    this.#options.wire?.out(this.#sessionId ?? null, text);
    this.#stream.write(textFrame(text));
  }

  #waitForRoom(): void {
    if (this.#isWaitingForRoom) return;
    this.#isWaitingForRoom = true;
    this.#stream.once('drain', () => {
      this.#isWaitingForRoom = false;
      if (this.#sessionId !== undefined) this.#options.sessions.drain(this.#sessionId);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Text and binary frames alike. [FAYE web_socket] */
function textOfData(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
