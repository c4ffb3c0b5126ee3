import { signal, type ReadonlySignal } from '@preact/signals';

/** One client's way to the gateway, which can be pulled out of the wall. */
export interface Cable {
  /** Goes into every address of the client, so that its sockets are known: `cable=<name>`. */
  readonly name: string;
  readonly isPlugged: ReadonlySignal<boolean>;
  /** Cuts what is open; what the library tries from then on fails, as without a network. */
  unplug(): void;
  plug(): void;
  /** Resolves as soon as requests can go. */
  whenPlugged(): Promise<void>;
}

interface Socket {
  readonly name: string;
  readonly close: () => void;
}

const cables = new Map<string, ReadonlySignal<boolean>>();
const sockets = new Set<Socket>();

/** Told apart by the name in its address. */
class CableSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    const name = new URL(url, location.href).searchParams.get('cable') ?? '';
    const socket = { name, close: () => this.close() };
    sockets.add(socket);
    this.addEventListener('close', () => sockets.delete(socket));
    if (cables.get(name)?.value === false) this.close();
  }
}

// Before any library is loaded: some look for the class only once.
globalThis.WebSocket = CableSocket;

/** What a client does whose way is no WebSocket. */
export interface OtherWay {
  cut(): void;
  mend(): void;
}

export function createCable(name: string, other?: OtherWay): Cable {
  const isPlugged = signal(true);
  let waiting: (() => void)[] = [];
  cables.set(name, isPlugged);
  return {
    name,
    isPlugged,
    unplug() {
      isPlugged.value = false;
      other?.cut();
      for (const socket of sockets) if (socket.name === name) socket.close();
    },
    plug() {
      isPlugged.value = true;
      other?.mend();
      for (const go of waiting) go();
      waiting = [];
    },
    whenPlugged: () => (isPlugged.value ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
