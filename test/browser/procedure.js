/* What a page does with a client of any kind: the widget's and the manager's part of the procedure, both ways. */
'use strict';

/** Faye of any version: before 1.0 it knows no promises. */
function fayeClient(Faye, url, transport, ext) {
  const client = new Faye.Client(`${url}/faye`, { retry: 0.2, timeout: 5 });
  const order = ['websocket', 'eventsource', 'long-polling', 'cross-origin-long-polling', 'callback-polling'];
  for (const name of order.slice(0, order.indexOf(transport))) client.disable(name);
  const settled = (asked) =>
    new Promise((resolve, reject) => {
      if (asked.then) return asked.then(resolve, reject);
      asked.callback(resolve);
      asked.errback(reject);
    });
  let left;
  client.addExtension({
    outgoing(message, next) {
      if (message.channel === '/meta/handshake' && ext) message.ext = ext;
      next(message);
    },
    incoming(message, next) {
      if (message.channel === '/meta/disconnect') left();
      next(message);
    },
  });
  return {
    subscribe: (channel, hear) => settled(client.subscribe(channel, hear)),
    publish: (channel, data) => settled(client.publish(channel, data)),
    leave: () =>
      new Promise((resolve) => {
        left = resolve;
        client.disconnect();
      }),
  };
}

async function cometdClient({ CometD }, url, transport, ext) {
  const client = new CometD();
  client.configure({ url: `${url}/faye`, logLevel: 'error' });
  for (const name of client.getTransportTypes()) if (name !== transport) client.unregisterTransport(name);
  const failed = ({ error }) => Object.assign(new Error(error), { code: Number.parseInt(error, 10) });
  const asked = (ask) =>
    new Promise((resolve, reject) => ask((answer) => (answer.successful ? resolve(answer) : reject(failed(answer)))));
  await asked((answered) => client.handshake(ext ? { ext } : {}, answered));
  return {
    subscribe: (channel, hear) =>
      asked((answered) => client.subscribe(channel, (message) => hear(message.data), answered)),
    publish: (channel, data) => asked((answered) => client.publish(channel, data, answered)),
    leave: () => asked((answered) => client.disconnect(answered)),
  };
}

function box() {
  const [unread, waiting] = [[], []];
  return {
    unread,
    put: (value) => (waiting.length > 0 ? waiting.shift()(value) : unread.push(value)),
    next: () => (unread.length > 0 ? Promise.resolve(unread.shift()) : new Promise((resolve) => waiting.push(resolve))),
  };
}

const codeOf = (asked) =>
  asked.then(
    () => 'allowed',
    (error) => error.code,
  );

/** Resolves with what both sides heard. */
async function procedure({ url, widgetBy, deskBy, module, transport, token, visitorId }) {
  const library = module ? await import(module) : (window.org?.cometd ?? window.cometd);
  const open = (client, ext) =>
    client === 'faye' ? fayeClient(window.Faye, url, transport, ext) : cometdClient(library, url, transport, ext);
  const post = async (path, sender, content) => {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ sender, token: sender.type === 'manager' ? token : undefined, content });
    await fetch(`${url}/chat/${path}`, { method: 'POST', headers, body });
  };
  const [visitor, manager] = [
    { type: 'visitor', id: visitorId },
    { type: 'manager', id: 7, name: 'Ann' },
  ];
  const [service, duty, atVisitor, atManager] = [box(), box(), box(), box()];
  const [widget, desk] = [await open(widgetBy), await open(deskBy, { token, sender: manager })];
  await widget.subscribe(`/service/${visitorId}`, service.put);
  await desk.subscribe('/service/*', duty.put);
  await post(`service/${visitorId}`, visitor);
  const told = await service.next();
  const atDesk = await duty.next();
  const number = told.conversation.id;
  await widget.subscribe(`/conversations/${number}`, atVisitor.put);
  await desk.subscribe(`/conversations/${number}`, atManager.put);
  await post(`conversation/${number}`, visitor, 'Hello');
  await post(`conversation/${number}`, manager, 'Hi');
  const words = async (heard) => [(await heard.next()).message.content, (await heard.next()).message.content];
  const result = {
    isSame: JSON.stringify(told) === JSON.stringify(atDesk),
    managerId: told.conversation.manager_id,
    visitorHeard: await words(atVisitor),
    managerHeard: await words(atManager),
    wildcard: await codeOf(widget.subscribe('/**', () => {})),
    foreign: await codeOf(widget.subscribe('/service/other', () => {})),
    publication: await codeOf(widget.publish(`/conversations/${number}`, { forged: true })),
  };
  await Promise.all([widget.leave(), desk.leave()]);
  return { ...result, doubled: [service, duty, atVisitor, atManager].flatMap(({ unread }) => unread) };
}

window.procedure = procedure;
