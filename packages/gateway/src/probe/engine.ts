import { ask } from './participant.js';

/** An event of the server; `ack` is there when it wants an answer. */
export type OnEvent = (args: readonly unknown[], ack?: (...answer: readonly unknown[]) => void) => void;

/** One namespace of a Socket.IO server over polling. */
export interface Namespace {
  on(name: string, run: OnEvent): void;
  emit(name: string, ...args: readonly unknown[]): Promise<void>;
  /** Resolves with what the server acknowledges. */
  call(name: string, ...args: readonly unknown[]): Promise<readonly unknown[]>;
  close(): void;
}

/** Between packets of one answer. [SIO5 polling] */
const separator = '\u001e';

/** Packets of a namespace: 0 opens it, 2 is an event, 3 an acknowledgement. [SIO5 packet] */
const packetForm = /^4([023])(?:\/[^,]*,)?(\d*)(.*)$/s;

/** Opens the namespace; `connected` packets are answered before this resolves. Rejects when nobody listens there. */
export async function openNamespace(base: string, name: string): Promise<Namespace> {
  const leave = new AbortController();
  const { signal } = leave;
  const [, opening = ''] = /^0(.*)$/.exec(await ask(`${base}/?EIO=4&transport=polling`, undefined, { signal })) ?? [];
  const { sid }: { sid?: string } = JSON.parse(opening);
  const at = `${base}/?EIO=4&transport=polling&sid=${sid ?? ''}`;
  const listeners = new Map<string, OnEvent>();
  const calls = new Map<string, (answer: readonly unknown[]) => void>();
  const prefix = name === '/' ? '' : `${name},`;
  const send = async (packet: string): Promise<void> => void (await ask(at, packet, { signal }));
  let lastCall = 0;
  let welcomed = (): void => undefined;
  const welcome = new Promise<void>((resolve) => (welcomed = resolve));

  function receive(packet: string): void {
    if (packet === '2') return void send('3').catch(() => undefined);
    const [, kind, id = '', data = ''] = packetForm.exec(packet) ?? [];
    if (kind === '0') return welcomed();
    if (kind === '3') {
      calls.get(id)?.(JSON.parse(data));
      calls.delete(id);
    } else if (kind === '2') {
      const [event, ...args]: [string, ...unknown[]] = JSON.parse(data);
      const ack = (...answer: readonly unknown[]): void =>
        void send(`43${prefix}${id}${JSON.stringify(answer)}`).catch(() => undefined);
      listeners.get(event)?.(args, id === '' ? undefined : ack);
    }
  }

  async function listen(): Promise<void> {
    while (!signal.aborted) {
      const text = await ask(at, undefined, { signal });
      for (const packet of text.split(separator)) receive(packet);
    }
  }

  void listen().catch(() => undefined);
  await send(`40${prefix}`);
  await welcome;
  return {
    on: (event, run) => void listeners.set(event, run),
    emit: (event, ...args) => send(`42${prefix}${JSON.stringify([event, ...args])}`),
    async call(event, ...args) {
      const id = String((lastCall += 1));
      const answer = new Promise<readonly unknown[]>((resolve) => calls.set(id, resolve));
      await send(`42${prefix}${id}${JSON.stringify([event, ...args])}`);
      return answer;
    },
    close: () => leave.abort(),
  };
}
