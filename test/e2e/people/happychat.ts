import { io, type Socket } from 'socket.io-client';
import { outstanding, type Outstanding } from './outstanding.js';
import { draft, isNotice, type Dialect, type Gateway, type Person } from './person.js';

interface Told {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly type?: string;
  readonly meta?: { readonly event_type?: string };
}

const patience = { reconnectionDelay: 20, reconnectionDelayMax: 60, randomizationFactor: 0.1 };

function connecting({ url }: Gateway, namespace: string, jwt: string): Socket {
  const socket = io(`${url}${namespace}`, { transports: ['websocket'], forceNew: true, ...patience });
  socket.on('token', (answer: (proof: object) => void) => answer({ jwt }));
  return socket;
}

let words = 0;

/** What was shown, each message once; logs are read again after an interruption. */
function log(isOurs: (source: string) => boolean) {
  const seen = new Set<string>();
  const awaited = new Map<string, () => void>();
  const heard: string[] = [];
  const notices: string[] = [];
  let customs = 0;
  return {
    seen,
    /** What to do when a message is shown for the first time. */
    awaited,
    heard: () => heard,
    notices: () => notices,
    customs: () => customs,
    show(told: Told) {
      if (seen.has(told.id)) return;
      seen.add(told.id);
      awaited.get(told.id)?.();
      awaited.delete(told.id);
      if (told.type === 'customer-event') customs += 1;
      else if (told.type !== undefined && told.type !== 'message') return;
      else if (isNotice(told.text)) notices.push(told.text);
      else if (!isOurs(told.source)) heard.push(told.text);
    },
  };
}

type Shown = ReturnType<typeof log>;

/** There is no answer on this wire: one's own words come back, live or in the log. */
function say(calls: Outstanding, shown: Shown, emit: (message: object) => void): Person['say'] {
  return (text) => {
    const id = `w${(words += 1)}`;
    return calls.ask<void>((done) => {
      if (shown.seen.has(id)) return done(undefined);
      shown.awaited.set(id, () => done(undefined));
      emit({ id, text });
    });
  };
}

/** A page that carries the Happychat client. */
async function customer(gateway: Gateway, id: string): Promise<Person> {
  const shown = log((source) => source === 'customer');
  const calls = outstanding();
  let [isTyping, isServed, isOver] = [false, false, false];
  const socket = connecting(gateway, '/customer', `dev-customer-${id}`);
  socket.on('message', (told: Told) => shown.show(told));
  socket.on('typing', (sign: unknown) => (isTyping ||= sign === true));
  socket.on('status', (status: string) => {
    isServed ||= status === 'assigned';
    isOver = status === 'closed';
  });
  socket.on('disconnect', () => calls.gone());
  socket.on('log', (told: readonly Told[]) => {
    told.forEach((one) => shown.show(one));
    calls.ready();
  });
  await new Promise<void>((resolve) => socket.once('log', () => resolve()));
  return {
    say: say(calls, shown, (message) => socket.emit('message', message)),
    heard: shown.heard,
    notices: shown.notices,
    type: async () => void socket.emit('typing', { message: draft }),
    tellsDrafts: true,
    typing: () => (isTyping ? 'sign' : 'nothing'),
    custom: async () =>
      void socket.emit('message', { id: `e${(words += 1)}`, type: 'customer-event', text: 'looked at a page' }),
    isServed: () => isServed,
    shows: 'lifecycle',
    isOver: () => isOver,
    hangUp: async () => void socket.close(),
  };
}

/** The desk of a Happychat operator, with one chat at a time in front of him. */
async function operator(gateway: Gateway, id: string): Promise<Person> {
  const shown = log((source) => source !== 'customer');
  const calls = outstanding();
  let [chat, typed, isOver, sawPresence] = ['', 'nothing' as 'nothing' | 'dots' | 'draft', false, false];
  const socket = connecting(gateway, '/operator', `dev-operator-${id}`);
  const hear = (told: Told): void => {
    sawPresence ||= told.meta?.event_type === 'customer-leave';
    shown.show(told);
  };
  socket.on('chat.open', (opened: { id: string }) => (chat = opened.id));
  socket.on('log', (_chat: unknown, told: readonly Told[]) => {
    told.forEach(hear);
    calls.ready();
  });
  socket.on('chat.message', (_chat: unknown, told: Told) => hear(told));
  socket.on('chat.typing', (_chat: unknown, _user: unknown, text: string) => {
    if (text === draft) typed = 'draft';
    else if (text === '…' && typed === 'nothing') typed = 'dots';
  });
  socket.on('chat.close', () => (isOver = true));
  // The customer's online state is a status of his chat in what operators share.
  socket.on('broadcast.update', (...update: unknown[]) => {
    sawPresence ||= /online|customer-disconnect/.test(JSON.stringify(update));
  });
  socket.on('disconnect', () => calls.gone());
  const ready = new Promise<void>((resolve) => {
    socket.on('init', () => socket.emit('status', 'available', () => resolve()));
  });
  await ready;
  return {
    say: say(calls, shown, (message) => socket.emit('message', chat, message)),
    heard: shown.heard,
    notices: shown.notices,
    customs: shown.customs,
    type: async () => void socket.emit('chat.typing', chat, 'wel'),
    typing: () => typed,
    isServed: () => chat !== '',
    shows: 'lifecycle',
    sawPresence: () => sawPresence,
    end: async () => void socket.emit('chat.close', chat),
    isOver: () => isOver,
    transfer: async (colleague) => void socket.emit('chat.transfer', chat, colleague),
    hangUp: async () => void socket.close(),
  };
}

export const happychat: Dialect = { name: 'happychat', customer, operator };
