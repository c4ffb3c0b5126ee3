/** What the gateway answers. Times are ms since 1970. */
export interface ChatRow {
  readonly id: string;
  readonly status: string;
  readonly spaces: readonly string[];
  readonly customer: string;
  readonly operator: string | null;
  readonly subject: string;
  readonly messages: number;
  readonly unread: number;
  readonly openedAt: number;
  readonly changedAt: number;
  readonly closedAt: number | null;
  readonly closeReason: string | null;
}

export interface Chats {
  readonly chats: readonly ChatRow[];
  readonly total: number;
  /** Every one that a chat can have. */
  readonly statuses: readonly string[];
}

export interface Receipt {
  readonly state: string;
  readonly deliveredAt: number | null;
  readonly readAt: number | null;
}

export interface TimelineLine {
  readonly at: number;
  readonly version: number;
  readonly type: string;
  /** Null: the system. */
  readonly by: string | null;
  readonly message: {
    readonly id: string;
    readonly role: string;
    readonly text: string;
    readonly visibility: string;
    readonly receipt: Receipt | null;
  } | null;
  readonly facts: string;
}

export interface Timeline {
  readonly chat: ChatRow;
  readonly lines: readonly TimelineLine[];
  readonly hasMore: boolean;
}

export interface Trace {
  readonly chatId: string;
  readonly line: TimelineLine;
  readonly storedAt: number;
  readonly hops: readonly {
    readonly at: number;
    readonly what: 'asked' | 'handed' | 'framed' | 'written';
    readonly space: string;
    readonly role: string;
    readonly name: string;
    readonly tookMs: number | null;
    readonly isReplay: boolean;
    readonly frame: { readonly text: string; readonly isCut: boolean } | null;
  }[];
}

export interface Queue {
  readonly total: number;
  readonly queue: readonly {
    readonly chatId: string;
    readonly customer: string;
    readonly queuedAt: number;
    readonly priority: number;
    readonly groups: readonly string[];
    readonly isMissed: boolean;
  }[];
}

export interface Operators {
  readonly total: number;
  readonly isAccepting: boolean;
  readonly operators: readonly {
    readonly id: string;
    readonly name: string;
    readonly spaces: readonly string[];
    readonly mode: string;
    readonly status: string;
    readonly isOnline: boolean;
    readonly loads: readonly { readonly locale: string; readonly capacity: number | null; readonly load: number }[];
  }[];
}

export interface Adapters {
  readonly adapters: readonly {
    readonly name: string;
    readonly problems: readonly string[];
    readonly waiting: number;
    readonly lagMs: number;
    readonly commands: number;
    readonly refused: readonly { readonly code: string; readonly count: number }[];
    readonly clients: readonly {
      readonly client: string;
      readonly transport: string;
      readonly seen: number;
      readonly open: number;
      readonly lastAt: number;
    }[];
  }[];
}

export interface DeadLetters {
  readonly total: number;
  readonly deadLetters: readonly {
    readonly adapter: string;
    readonly id: string;
    readonly to: string;
    readonly event: string;
    readonly way: 'in' | 'out';
    readonly chatId: string | null;
    readonly reason: string;
    readonly attempts: number;
    readonly at: number | null;
  }[];
  /** Adapters whose letters cannot be read now. */
  readonly unread: readonly string[];
}
