import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ask } from './house.js';
import { openReceiver, textOf, verify, type Receiver } from './receiver.js';

/** `npm run faults` asks for more. */
const kills = Math.min(Number(process.env['FAULT_ROUNDS'] ?? 2), 100);
const chats = 6;
const each = 5 * kills;
const gatewayFile = fileURLToPath(new URL('./hooks-process.js', import.meta.url));

describe('webhooks and a bot of a gateway that is killed again and again', function () {
  this.timeout(30_000 + kills * 10_000);
  let folder: string;
  let receiver: Receiver;
  let gateway: ChildProcess;
  let url = '';

  const start = async (): Promise<void> => {
    gateway = fork(gatewayFile, [join(folder, 'store'), receiver.url.replace('/hook', '')]);
    const [port]: unknown[] = await once(gateway, 'message');
    url = `http://127.0.0.1:${String(port)}/v1`;
  };
  const kill = async (): Promise<void> => {
    const gone = once(gateway, 'exit');
    gateway.kill('SIGKILL');
    await gone;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dragoman-hooks-'));
    let calls = 0;
    receiver = await openReceiver((taken) => {
      if (!taken.path.startsWith('/bot')) return (calls += 1) % 7 === 0 ? 500 : 204;
      const text = textOf(taken);
      return text === ''
        ? 204
        : [200, { actions: [{ type: 'PostMessage', body: { kind: 'text', text: `re ${text}` } }] }];
    });
    await start();
  });

  after(async () => {
    await kill();
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** As a backend does that wants to be sure: the same request again, under the same name, until it is answered. */
  const say = async (id: string, text: string): Promise<void> => {
    const body = { as: { side: 'customer', id }, message: { kind: 'text', text } };
    const asked = { method: 'POST', body, headers: { 'idempotency-key': text } };
    for (;;) {
      const answer = await ask(`${url}/chats`, asked).catch(() => undefined);
      if (answer?.status === 201) return;
      if (answer !== undefined && answer.status < 500) throw new Error(JSON.stringify(answer.body));
      await pause(10);
    }
  };

  /** The different events that a text came in, by text, in the order of their first time. */
  const told = (): ReadonlyMap<string, ReadonlySet<string>> => {
    const found = new Map<string, Set<string>>();
    for (const taken of receiver.taken.filter(({ path }) => path === '/events')) {
      const text = textOf(taken);
      found.set(text, (found.get(text) ?? new Set()).add(taken.id));
    }
    return found;
  };

  const ofChat = (n: number, word: string): readonly string[] =>
    [...told().keys()].filter((text) => text.startsWith(`${word}${n}.`));

  it('tell every message in order under one name, and no message has two answers', async () => {
    const talks = Array.from({ length: chats }, async (_, n) => {
      for (let m = 0; m < each; m += 1) await say(`c${n}`, `${n}.${m}`);
    });
    for (let n = 0; n < kills; n += 1) {
      await receiver.until('some are told', ({ taken }) => taken.length > (n + 1) * chats * 2);
      await kill();
      await start();
    }
    await Promise.all(talks);
    const count = chats * each;
    await receiver.until('all', () => [...told().keys()].filter((text) => !text.startsWith('re ')).length === count);
    for (let n = 0; n < chats; n += 1) {
      expect(ofChat(n, '')).to.deep.equal(Array.from({ length: each }, (_, m) => `${n}.${m}`));
      const answers = ofChat(n, 're ');
      expect(answers).to.deep.equal([...new Set(answers)]);
      expect(answers).to.have.length.above(0);
    }
    expect([...told().values()].filter((events) => events.size > 1)).to.deep.equal([]);
    for (const taken of receiver.requests) verify(taken);
  });
});
