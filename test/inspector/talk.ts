import { io, type Socket } from 'socket.io-client';

/** A Happychat customer and operator who talk, on the development profile. */
export interface Talk {
  /** Resolves when the operator has it. */
  say(text: string, id?: string): Promise<void>;
  /** Resolves when the customer has it. */
  answer(text: string): Promise<void>;
  /** Another customer, for whom nobody is free. */
  wait(name: string, text: string): Promise<void>;
  close(): void;
}

interface Message {
  readonly text: string;
}

function enter(url: string, namespace: string, jwt: string): Socket {
  const socket = io(`${url}${namespace}`, { forceNew: true, transports: ['websocket'] });
  socket.on('token', (answer) => answer({ jwt }));
  return socket;
}

const once = (socket: Socket, event: string): Promise<unknown> => new Promise((resolve) => socket.once(event, resolve));

function heard(socket: Socket, event: string, text: string, told: (args: readonly unknown[]) => Message | undefined) {
  return new Promise<void>((resolve) => {
    const listen = (...args: unknown[]): void => {
      if (told(args)?.text !== text) return;
      socket.off(event, listen);
      resolve();
    };
    socket.on(event, listen);
  });
}

export async function openTalk(url: string): Promise<Talk> {
  const operator = enter(url, '/operator', 'dev-operator-olga');
  await once(operator, 'init');
  await operator.emitWithAck('capacity', 1);
  await operator.emitWithAck('status', 'available');
  const customer = enter(url, '/customer', 'dev-customer-joe');
  await once(customer, 'init');
  const others: Socket[] = [];
  let chat: unknown;
  operator.on('chat.open', (opened: { readonly id: unknown }) => (chat ??= opened.id));
  return {
    async say(text, id: string = crypto.randomUUID()) {
      const there = chat === undefined ? once(operator, 'chat.open') : Promise.resolve();
      const echoed = heard(customer, 'message', text, ([message]) => message as Message);
      customer.emit('message', { id, text });
      await Promise.all([there, echoed]);
    },
    async answer(text) {
      const arrived = heard(customer, 'message', text, ([message]) => message as Message);
      operator.emit('message', chat, { id: crypto.randomUUID(), text });
      await arrived;
    },
    async wait(name, text) {
      const other = enter(url, '/customer', `dev-customer-${name}`);
      others.push(other);
      await once(other, 'init');
      const echoed = heard(other, 'message', text, ([message]) => message as Message);
      other.emit('message', { id: crypto.randomUUID(), text });
      await echoed;
    },
    close() {
      for (const socket of [operator, customer, ...others]) socket.close();
    },
  };
}
