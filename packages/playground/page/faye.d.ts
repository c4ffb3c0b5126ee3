/** What the page uses of Faye's client for browsers; the package has no types. */
declare module 'faye' {
  interface Message {
    readonly channel: string;
    ext?: object;
  }

  /** Resolves when the server has agreed. */
  export interface Subscription extends PromiseLike<void> {
    cancel(): void;
  }

  export class Client {
    constructor(endpoint: string, options?: { readonly timeout?: number; readonly retry?: number });
    subscribe<Payload>(channel: string, hear: (payload: Payload) => void): Subscription;
    addExtension(extension: { outgoing(message: Message, next: (message: Message) => void): void }): void;
    on(event: 'transport:up' | 'transport:down', listen: () => void): void;
    disable(transport: string): void;
    disconnect(): void;
  }

  const faye: { readonly Client: typeof Client };
  export default faye;
}
