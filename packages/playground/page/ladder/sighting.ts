/** What the gateway tells of what happens in it, as far as the ladder reads it. */
interface Happened {
  readonly at: number;
}

interface Standpoint extends Happened {
  readonly space: string;
  readonly sessionId: string;
  readonly role: 'customer' | 'operator' | 'bot' | 'monitor';
  /** Null: the session lives on no connection, or on many. */
  readonly connectionId: string | null;
  readonly chatId: string | null;
}

export interface CommandSeen extends Standpoint {
  readonly type: 'command';
  readonly command: string;
  readonly commandId: string | null;
  /** `OK`, or why not. */
  readonly outcome: string;
  readonly tookMs: number;
  readonly detail: { readonly command: { readonly bySide?: string } };
}

/** Who is named in an event. */
export interface Person {
  readonly name: string;
  readonly identities: readonly { readonly space: string; readonly externalId: string }[];
}

export interface DeliverySeen extends Standpoint {
  readonly type: 'delivery';
  readonly event: string;
  readonly view: 'customer' | 'operator' | 'lobby' | 'bot' | 'all';
  /** Absent from signals, which are never stored. */
  readonly eventId?: string;
  readonly commandId?: string;
  readonly isReplay: boolean;
  readonly detail: {
    readonly chat?: {
      readonly customerId: string;
      readonly publicNumber: number;
      readonly displayName: string;
      readonly addresses: Readonly<Record<string, string>>;
    };
    readonly people?: Readonly<Record<string, Person>>;
  };
}

export interface CommitSeen extends Happened {
  readonly type: 'commit';
  readonly tookMs: number;
}

export interface FrameSeen extends Happened {
  readonly type: 'frame';
  readonly space: string;
  readonly connectionId: string | null;
  readonly way: 'in' | 'out';
  readonly data: string;
}

interface Other extends Happened {
  readonly type: 'session-opened' | 'session-ended' | 'queue' | 'connection-opened' | 'connection-closed';
}

export type Sighting = CommandSeen | DeliverySeen | CommitSeen | FrameSeen | Other;
