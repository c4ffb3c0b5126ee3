/**
 * A client that behaves as the Clustaar SDK does, under the SDK's own names: rxjs over phoenix 1.5.9, the envelope rule
 * included. [CLU sdk]
 */
import { Observable, ReplaySubject, type Subject } from 'rxjs';
import type { Channel, Socket } from 'phoenix';
import { WebSocket } from 'ws';
import { phoenixOf } from './clients.js';

interface Envelope {
  readonly status?: unknown;
  readonly body?: { readonly data?: unknown; readonly error?: unknown };
}

export class InterlocutorChannel {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  join(): Observable<unknown> {
    return new Observable((observer) => {
      this.#channel
        .join()
        .receive('ok', (response: object) => {
          observer.next({ status: 'ok', ...response });
          observer.complete();
        })
        .receive('error', (response: unknown) => observer.error(response));
    });
  }

  sendReply(token: string, body: object): void {
    this.#channel.push('interlocutor_reply', { token, params: { debug: 0, display: true }, body });
  }

  onBotReply(): Observable<unknown> {
    return this.#on('bot_reply');
  }

  onAgentReply(): Observable<unknown> {
    return this.#on('agent_reply');
  }

  onInterlocutorReply(): Observable<unknown> {
    return this.#on('interlocutor_reply');
  }

  onControlTaken(): Observable<unknown> {
    return this.#on('control');
  }

  leave(): Promise<void> {
    return new Promise((resolve) => void this.#channel.leave().receive('ok', () => resolve()));
  }

  /** One error envelope ends the observable, and with it every handler of the event. */
  #on(event: string): Observable<unknown> {
    return new Observable((observer) => {
      this.#channel.on(event, (payload: Envelope) => {
        if (payload.status === undefined) observer.next(payload.body ?? payload);
        else if (payload.status === 200) observer.next(payload.body?.data);
        else observer.error(payload.body?.error);
      });
      return () => this.#channel.off(event);
    });
  }
}

export class ClustaarWebChatService {
  readonly #socket: Socket;
  readonly #state: Subject<string> = new ReplaySubject(100);

  constructor({ environment }: { readonly environment: string }) {
    const options = { transport: WebSocket, reconnectAfterMs: () => 20, rejoinAfterMs: () => 20 };
    this.#socket = new (phoenixOf('1.5.9').Socket)(environment, options);
    this.#socket.onOpen(() => this.#state.next('open'));
    this.#socket.onClose(() => this.#state.next('close'));
    this.#socket.onError(() => this.#state.next('error'));
  }

  connect(): void {
    this.#socket.connect();
  }

  disconnect(): void {
    this.#socket.disconnect();
  }

  onConnectionState(): Observable<string> {
    return this.#state;
  }

  interlocutorChannel(who: { readonly botID: string; readonly interlocutorID: string; readonly socketToken: string }) {
    const params = { bot_id: who.botID, socketToken: who.socketToken };
    return new InterlocutorChannel(this.#socket.channel(`interlocutor:${who.interlocutorID}`, params));
  }
}
