/** The part of npm `faye` 1.4.3 that is used here; the package ships no types. Names that begin with `_` are private to it. */
declare module 'faye' {
  /** A message or an answer as Faye passes it along. */
  export type Wire = object;

  /** Faye's bookkeeping of held connects. */
  export interface EngineProxy {
    hasConnection(clientId: string): boolean;
    /** Hands events to the held connect, which then ends. */
    deliver(clientId: string, events: readonly Wire[]): boolean;
  }

  /** What Faye asks of its storage. */
  export interface Engine {
    createClient(callback: (clientId: string) => void, context: unknown): void;
    destroyClient(clientId: string): void;
    clientExists(clientId: string | undefined, callback: (exists: boolean) => void, context: unknown): void;
    ping(clientId: string): void;
    subscribe(clientId: string, channel: string): void;
    unsubscribe(clientId: string, channel: string): void;
    publish(message: Wire, channels: readonly string[]): void;
    emptyQueue(clientId: string): void;
    disconnect(): void;
  }

  export type Subscribe = (message: Wire, isLocal: boolean, callback: (answer: Wire) => void, context: unknown) => void;

  export interface Server {
    process(messages: Wire, request: unknown, callback: (answers: readonly Wire[]) => void): void;
    closeSocket(clientId: string, close: boolean): void;
    subscribe: Subscribe;
    unsubscribe: Subscribe;
  }

  export interface NodeAdapterOptions {
    readonly mount: string;
    /** Seconds. */
    readonly timeout: number;
    readonly engine: { readonly type: { create(proxy: EngineProxy): Engine } };
  }

  const faye: {
    readonly VERSION: string;
    readonly NodeAdapter: new (options: NodeAdapterOptions) => { readonly _server: Server; close(): void };
  };
  export default faye;
}
