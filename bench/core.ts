/**
 * Texts of customers through the core alone, stored in memory: no wire, no broker, no disk. What is said is heard by the
 * desk that has the chat and by three sessions that hear everything; the customer's own session says that it was written,
 * as bridges do. The garbage that each text leaves counts as much as its processor time: the collector runs for both.
 */
import { createCore } from '@dragoman/core';
import type { Core, Identity, Session, SessionOptions } from '@dragoman/core';
import { measured, printFigures } from './measure.js';
import type { Figures } from './measure.js';

const users = 500;
const atOnce = 256;
const texts = Number(process.env['BENCH_MESSAGES'] ?? 50_000);
const rounds = 5;
const text = 'A message of the length that people write to each other in a chat, give or take a few words, on average.';
const rate = { perSecond: 1e9, burst: 1e9 };

function who(side: Identity['side'], externalId: string): Identity {
  return {
    workspaceId: 'default',
    space: 'bench',
    side,
    realm: '',
    externalId,
    idType: 'string',
    role: side,
    name: externalId,
    isDesk: side === 'operator',
  };
}

const away = { leavesDesk: false, noticeMs: null, closeMs: null };
const ofDesk: SessionOptions = { scope: 'own', echo: 'foreign', away: null, chats: 'mine', mode: 'desk' };
const ofCustomer: SessionOptions = { scope: 'own', echo: 'foreign', away, chats: 'mine', isQueued: true };
const ofListener: SessionOptions = { scope: 'all', echo: 'all', away: null, chats: 'mine' };

async function seated(core: Core): Promise<readonly Session[]> {
  await core.connect(who('operator', 'desk'), ofDesk, () => {});
  const customers: Session[] = [];
  for (let n = 0; n < users; n += 1) customers.push(await core.connect(who('customer', `u${n}`), ofCustomer, () => {}));
  for (let n = 0; n < 3; n += 1) await core.connect(who('bot', `listener${n}`), ofListener, () => {});
  return customers;
}

/** Adds up what the heap grows by between two readings; where a collection lies between them, that piece is missing. */
class Meter {
  #last = process.memoryUsage().heapUsed;
  bytes = 0;

  read(): void {
    const now = process.memoryUsage().heapUsed;
    this.bytes += Math.max(now - this.#last, 0);
    this.#last = now;
  }
}

const delegations = [{ desk: { space: 'bench', externalId: 'desk' } }];
const core = await createCore({
  limits: { rates: { customer: rate, operator: rate } },
  workspaces: [{ id: 'default', delegations }],
});
const customers = await seated(core);
let said = 0;

async function say(index: number): Promise<void> {
  const n = index % users;
  const session = customers[n];
  if (session === undefined) return;
  const outcome = await core.dispatch(session, {
    type: 'PostMessage',
    to: { key: `u${n}` },
    body: { kind: 'text', text },
    ifClosed: 'new',
    commandId: `bench:${(said += 1)}`,
  });
  if (!outcome.ok) throw new Error(outcome.rejection.code);
  for (const event of outcome.events) session.written(event.chatId, event.version);
}

await measured('warm-up', texts, atOnce, say);
const figures: Figures[] = [];
for (let round = 1; round <= rounds; round += 1) figures.push(await measured(`round ${round}`, texts, atOnce, say));
const meter = new Meter();
await measured('garbage', texts, atOnce, (index) => {
  if (index % 16 === 0) meter.read();
  return say(index);
});
await core.stop();
printFigures(`Texts of ${users} customers through the core, ${atOnce} at once`, 'texts', figures);
console.log(`  ${(meter.bytes / texts / 1024).toFixed(1)} KiB allocated for each`);
