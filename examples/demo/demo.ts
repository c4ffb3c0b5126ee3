/**
 * A visitor on Convead and an operator on Happychat talk through one gateway, which is killed with -9 in between.
 * Exits 0 when nothing was lost and nothing came twice. `--frames` shows what is on the wire of each side.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway } from './gateway-process.js';
import { createOperator, type Operator } from './operator.js';
import { createScreen, type Screen } from './screen.js';
import { createVisitor, type Visitor } from './visitor.js';

const patienceMs = 15_000;

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(5);
  }
}

const operatorSees = (operator: Operator, text: string): boolean =>
  [...operator.shown.values()].some((message) => message.text === text);
const visitorSees = (visitor: Visitor, text: string): boolean =>
  [...visitor.shown.values()].some((message) => message.content === text);

/** Says one line and waits until both sides show it. */
async function cross(by: 'visitor' | 'operator', text: string, visitor: Visitor, operator: Operator): Promise<void> {
  if (by === 'visitor') await visitor.say(text);
  else operator.say(text);
  await until(`both sides show "${text}"`, () => visitorSees(visitor, text) && operatorSees(operator, text));
}

interface Outcome {
  readonly said: readonly string[];
  readonly kept: readonly string[];
  readonly shownToVisitor: readonly string[];
  readonly shownToOperator: readonly string[];
}

async function converse(folder: string, screen: Screen): Promise<Outcome> {
  let gateway = await startGateway(folder, 0);
  const { url, port } = gateway;
  screen.note(`the gateway serves ${url}; left: Convead visitor (faye), right: Happychat operator (socket.io-client)`);

  const operator = createOperator(url, 'olga', screen);
  await operator.ready;
  const visitor = await createVisitor(url, 'joe', screen);
  try {
    await cross('visitor', 'Hello, is anybody there?', visitor, operator);
    await cross('operator', 'Good morning! How can I help?', visitor, operator);
    await cross('visitor', 'My parcel 🎁 has not arrived.', visitor, operator);

    const before = visitor.subscriptions();
    await visitor.say('Acknowledged just before the end.');
    await gateway.kill();
    screen.note('the gateway was killed with -9; both sides go on talking');
    operator.say('Said by the operator into the void.');
    const retried = visitor.say('Said by the visitor into the void.');
    await pause(300);
    gateway = await startGateway(folder, port);
    screen.note('the gateway is back on the same folder and port');
    await retried;
    await until('the widget is back in its conversation', () => visitor.subscriptions() > before);

    await cross('operator', 'Sorry, where were we?', visitor, operator);
    await cross('visitor', 'The parcel. You found it?', visitor, operator);
    const kept = await visitor.history();
    await until('the operator shows everything', () => operator.shown.size >= kept.length);
    const told = new Map([...visitor.shown, ...kept.map((message) => [message.id, message] as const)]);
    return {
      said: lines,
      kept: kept.map(({ content }) => content),
      shownToVisitor: [...told.values()].toSorted((one, other) => one.id - other.id).map(({ content }) => content),
      shownToOperator: [...operator.shown.values()].map(({ text }) => text),
    };
  } finally {
    operator.close();
    await Promise.race([visitor.close(), pause(2000)]);
    const code = await gateway.end();
    screen.note(`the gateway was asked to end and exited with ${code}`);
  }
}

const lines = [
  'Hello, is anybody there?',
  'Good morning! How can I help?',
  'My parcel 🎁 has not arrived.',
  'Acknowledged just before the end.',
  'Said by the operator into the void.',
  'Said by the visitor into the void.',
  'Sorry, where were we?',
  'The parcel. You found it?',
];

const inOrder = (texts: readonly string[]): string => JSON.stringify(texts);
const sorted = (texts: readonly string[]): string => JSON.stringify(texts.toSorted());

function judge({ said, kept, shownToVisitor, shownToOperator }: Outcome): readonly string[] {
  return [
    ...(sorted(kept) === sorted(said) ? [] : [`kept ${inOrder(kept)}`]),
    ...(inOrder(shownToVisitor) === inOrder(kept) ? [] : [`the visitor was shown ${inOrder(shownToVisitor)}`]),
    ...(inOrder(shownToOperator) === inOrder(kept) ? [] : [`the operator was shown ${inOrder(shownToOperator)}`]),
  ];
}

const folder = await mkdtemp(join(tmpdir(), 'dragoman-demo-'));
try {
  const outcome = await converse(folder, createScreen(process.argv.includes('--frames')));
  const faults = judge(outcome);
  for (const fault of faults) console.error(`WRONG: ${fault}`);
  if (faults.length === 0) console.log(`${outcome.kept.length} messages: nothing lost, nothing twice.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
  // A client that was left in the middle of something would go on trying.
  process.exit();
}
