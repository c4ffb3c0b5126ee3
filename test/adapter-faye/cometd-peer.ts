/**
 * A manager on a CometD client, in a process of its own because its adapter for Node makes a `window` of the process.
 * Arguments: packages of CometD and of its adapter, transport, port, token. Tells its parent what it hears.
 */

interface Message {
  readonly successful?: boolean;
  readonly error?: string;
  readonly data?: { readonly conversation?: { readonly id: number } };
}

type OnMessage = (message: Message) => void;

interface CometD {
  configure(options: { url: string; logLevel: string }): void;
  unregisterTransport(name: string): unknown;
  handshake(ext: object, callback: OnMessage): void;
  subscribe(channel: string, heard: OnMessage, callback: OnMessage): void;
  publish(channel: string, data: object, callback: OnMessage): void;
  disconnect(callback: OnMessage): void;
}

const [cometdPackage = '', adapterPackage = '', transport, port, token] = process.argv.slice(2);

async function load<Module>(name: string): Promise<Module> {
  const found: Module & { default?: Module } = await import(name);
  return found.default ?? found;
}

const { adapt } = await load<{ adapt(): void }>(adapterPackage);
adapt();
const { CometD: Client } = await load<{ CometD: new () => CometD }>(cometdPackage);
const client = new Client();
client.configure({ url: `http://127.0.0.1:${port}/faye`, logLevel: 'error' });
if (transport === 'long-polling') client.unregisterTransport('websocket');

const tell = (what: string, about?: unknown): void => void process.send?.({ what, about });

function subscribe(channel: string, heard: OnMessage): void {
  client.subscribe(channel, heard, ({ successful, error }) =>
    tell(`subscribed ${channel}`, successful === true ? true : error),
  );
}

client.handshake({ ext: { token, sender: { type: 'manager', id: 7, name: 'Ann' } } }, ({ successful }) => {
  tell('handshake', successful);
  subscribe('/service/*', ({ data }) => {
    tell('service', data);
    subscribe(`/conversations/${data?.conversation?.id}`, (message) => tell('message', message.data));
  });
  subscribe('/**', () => tell('wrong'));
  client.publish('/conversations/1', {}, ({ error }) => tell('published', error));
});

process.on('message', () => client.disconnect(() => process.exit(0)));
