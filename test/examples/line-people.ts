import { connect, type Socket } from 'node:net';
import { eventually } from '@dragoman/core/testing';
import { lineAdapter, lineCapabilities } from '../../examples/line-adapter/line-adapter.js';
import { outstanding } from '../e2e/people/outstanding.js';
import type { Dialect, Gateway, Person } from '../e2e/people/person.js';

const patienceMs = 30;

const unescaped = (text: string): string => text.replace(/\\(\\|n)/g, (_, c) => (c === 'n' ? '\n' : '\\'));
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

/** Somebody at a terminal whose program comes back when it is cut off, and says what it got. */
async function person({ port = 0 }: Gateway, hello: string): Promise<Person> {
  const calls = outstanding();
  /** What was said and not answered, in the order in which it will be. */
  let asked: ((answer: string) => void)[] = [];
  const [heard, unsure]: [string[], string[]] = [[], []];
  const seen = new Set<string>();
  let [isOver, wasWelcome] = [false, false];
  let socket: Socket;

  function call(): void {
    let rest = '';
    const on: Record<string, (text: string) => void> = {
      welcome() {
        wasWelcome = true;
        calls.ready();
      },
      say(told) {
        const [, number = '', text = ''] = /^(\d+) (.*)$/.exec(told) ?? [];
        if (!seen.has(number)) heard.push(unescaped(text));
        seen.add(number);
        socket.write(`got ${number}\n`);
      },
      ok: () => asked.shift()?.('ok'),
      no: (code) => asked.shift()?.(code),
    };
    socket = connect(port, '127.0.0.1', () => socket.write(`${hello}\n`)).setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, word = '', text = ''] = /^(\w+) ?(.*)$/.exec(line) ?? [];
        on[word]?.(text);
      }
    });
    socket.once('close', () => {
      calls.gone();
      asked = [];
      if (!isOver) setTimeout(call, patienceMs);
    });
  }
  call();
  await eventually('a welcome', () => wasWelcome);

  return {
    say(text) {
      let attempts = 0;
      return calls.ask<void>((done, refused) => {
        // What one says oneself has no number.
        if ((attempts += 1) === 2) unsure.push(text);
        asked.push((answer) => (answer === 'ok' ? done() : refused(new Error(answer))));
        socket.write(`say ${escaped(text)}\n`);
      });
    },
    heard: () => heard,
    unsure: () => unsure,
    async hangUp() {
      isOver = true;
      socket.destroy();
    },
  };
}

/** Not a dialect of the gateway: the example that is written first. */
export const dialect: Dialect = {
  name: 'line',
  guest: { title: 'Line', capabilities: lineCapabilities, adapter: lineAdapter },
  customer: (gateway, id) => person(gateway, `customer dev-customer-${id}`),
  operator: (gateway, id) => person(gateway, `operator dev-operator-${id}`),
};
