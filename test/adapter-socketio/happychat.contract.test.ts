import { rejectionCodes, type RejectionCode } from '@dragoman/core';
import { adapterContract, silence, type Subject, type SubjectClient } from '@dragoman/core/testing';
import { stall, type Ear } from './clients.js';
import { openService, serviceCapabilities } from './happychat-service.js';

/** Everything a person reads at one client: logs, then what comes live. Event messages are the program's own lines. */
function heard(ear: Ear): string[] {
  return ear.heard.flatMap(({ name, args }) => {
    if (!['log', 'message', 'chat.message'].includes(name)) return [];
    const last = args.at(-1);
    const messages: readonly unknown[] = Array.isArray(last) ? last : [last];
    return messages
      .filter((message) => Reflect.get(Object(message), 'type') !== 'event')
      .map((message) => String(Reflect.get(Object(message), 'text')));
  });
}

function lastChat(ear: Ear): string {
  const named = ear.heard.findLast(({ name }) => name === 'chat.open' || name === 'chat.message');
  return String(Reflect.get(Object(named?.args[0]), 'id'));
}

let sent = 0;

async function client(ear: Ear, role: 'customer' | 'operator', done: string): Promise<SubjectClient> {
  await ear.until((frames) => frames.some(({ name }) => ['init', 'connect_error'].includes(name)));
  if (ear.heard.some(({ name }) => name === 'connect_error')) throw new Error('there is nothing to connect to');
  const say = async (name: string, ...args: readonly unknown[]): Promise<void> => ear.say(name, ...args);
  const isCustomer = role === 'customer';
  const words = (text: string): object => ({ id: `${ear.socket.connected}-${(sent += 1)}`, text });
  return {
    async open() {
      await ear.until((frames) => frames.some(({ name }) => name === done));
      if (!isCustomer) await ear.ask('status', 'available');
    },
    post: (text) => (isCustomer ? say('message', words(text)) : say('message', lastChat(ear), words(text))),
    async close() {
      ear.close();
    },
    heard: () => heard(ear),
    refused: () => [],
    // The shared state follows at a pace of its own, whatever is said.
    frames: () => ear.heard.filter(({ name }) => name !== 'broadcast.update').length,
    isClosed: () => ear.heard.some(({ name }) => name === 'disconnect' || name === 'unauthorized'),
    babble: () => say('message', null),
    stall: () => stall(ear),
    does: isCustomer
      ? {
          'typing-preview': () => say('typing', { message: 'hel' }),
          custom: () => say('message', { id: 'e-1', type: 'customer-event', text: 'Started looking at Happychat' }),
          history: async () => void (await ear.ask('transcript', null)),
        }
      : {
          typing: () => say('chat.typing', lastChat(ear), 'well'),
          presence: async () => void (await ear.ask('status', 'reserve')),
          lifecycle: () => say('chat.leave', lastChat(ear)),
          transfer: () => say('chat.transfer', lastChat(ear), 'nobody'),
          close: () => say('chat.close', lastChat(ear)),
          history: async () => void (await ear.ask('chat.transcript', lastChat(ear), null)),
        },
  };
}

async function open(): Promise<Subject> {
  const inHaste = { perSecond: 1e9, burst: 1e9 };
  const service = await openService(undefined, { staffRate: inHaste }, { maxUnreadBytes: 1e6, inflowRate: inHaste });
  const options = { reconnection: false };
  return {
    adapter: service.adapter,
    customer: (id) => client(service.join('/customer', id, { options }), 'customer', 'log'),
    operator: (id) => client(service.join('/operator', id, { options }), 'operator', 'broadcast.state'),
    close: () => service.close(),
  };
}

const refusals = Object.fromEntries(rejectionCodes.map((code) => [code, silence])) as Record<
  RejectionCode,
  typeof silence
>;

adapterContract({ describe, it }, { name: 'happychat', capabilities: serviceCapabilities, open, refusals });
