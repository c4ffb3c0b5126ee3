import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { bearer, say, stage, type Stage } from './stage.js';

/** Reads a stream of sightings until it is dropped. */
async function look(here: Stage, query = '') {
  const leave = new AbortController();
  const response = await here.get(`/operations/sightings${query}`, { ...bearer, signal: leave.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  const seen = (): readonly Record<string, unknown>[] =>
    text.split('\n').flatMap((line) => (line.startsWith('data: {"type"') ? [JSON.parse(line.slice(6))] : []));
  await eventually('the stream is open', () => text.startsWith(': everything'));
  return { seen, text: () => text, reading, leave: () => leave.abort() };
}

const frame = { type: 'frame', at: 1, space: 'web', connectionId: 'c-1', way: 'in' } as const;

describe('the stream of sightings', () => {
  let here: Stage;

  beforeEach(async () => (here = await stage()));
  afterEach(() => here.gateway.stop());

  it('shows commands and deliveries by chat, without a word of what was written', async () => {
    const viewer = await look(here);
    const { outcome } = await say(here.core, 'my secret words');
    here.see({ ...frame, data: '{"text":"my secret words"}' });
    await eventually('the frame', () => viewer.seen().some(({ type }) => type === 'frame'));
    const chatId = outcome.ok && outcome.chat?.id;
    const commandId = outcome.ok && outcome.events[0]?.commandId;
    const [command] = viewer.seen().filter(({ type }) => type === 'command');
    expect(command).to.include({ command: 'PostMessage', outcome: 'OK', space: 'web', chatId, commandId });
    const [said] = viewer.seen().filter(({ event }) => event === 'MessagePosted');
    expect(said).to.include({ type: 'delivery', view: 'customer', chatId, commandId });
    expect(viewer.text()).not.to.contain('secret words').and.not.to.contain('Joe');
  });

  it('shows words and frames to those who ask for them, and credentials to nobody', async () => {
    const viewer = await look(here, '?texts=1&types=frame,delivery');
    await say(here.core, 'hello');
    here.see({ ...frame, data: '43/customer,0[{"jwt":"hidden-1","text":"shown-1"}]' });
    here.see({
      ...frame,
      data: 'POST /chat/service/v?token=hidden-2&sender=shown-2\n\n{"a":"{\\"accessToken\\":\\"hidden-3\\"}"}',
    });
    here.see({ ...frame, data: '["1","1","t","phx_join",{"socket_token":"hidden-4","bot_token": "hidden-5"}]' });
    here.see({ ...frame, data: Buffer.from('{"text":"shown-6"}') });
    await eventually('all frames', () => viewer.seen().filter(({ type }) => type === 'frame').length === 4);
    expect(viewer.text()).to.contain('"text":"hello"');
    for (const number of [1, 2, 6]) expect(viewer.text()).to.contain(`shown-${number}`);
    expect(viewer.text()).not.to.contain('hidden-');
    expect(viewer.seen().some(({ type }) => type === 'command')).to.equal(false);
  });

  it('shows one chat or one adapter alone to those who want no more', async () => {
    const { outcome } = await say(here.core, 'hello');
    const chatId = (outcome.ok && outcome.chat?.id) || '';
    const [chat, space] = [await look(here, `?chat=${chatId}`), await look(here, '?space=other')];
    await say(here.core, 'hello again');
    here.see({ ...frame, space: 'other', data: '' });
    await eventually('the other', () => space.seen().length === 1);
    expect(space.seen().map((one) => one['space'])).to.deep.equal(['other']);
    expect(new Set(chat.seen().map((one) => one['chatId']))).to.deep.equal(new Set([chatId]));
  });

  it('is refused to those without the key', async () => {
    expect((await here.get('/operations/sightings', {})).status).to.equal(401);
  });

  it('keeps no more than its bound for a viewer who does not read, and tells him what he missed', async () => {
    const { socket } = await openSilently(here);
    const big = 'x'.repeat(100_000);
    for (let count = 0; count < 300; count += 1) here.see({ ...frame, data: big });
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    socket.resume();
    await eventually('it has caught up', () => {
      here.see({ ...frame, data: 'last' });
      return heard.includes('"last"');
    });
    const [, missed] = /event: gap\ndata: \{"missed":(\d+)\}/.exec(heard) ?? [];
    const shown = heard.split('xxxxx"').length - 1;
    expect(Number(missed)).to.be.greaterThan(100);
    expect(shown).to.be.lessThan(200);
    socket.destroy();
  });

  it('is cut off from a viewer who takes nothing, and from nobody else', async () => {
    const rounds = intervalsByHand();
    try {
      const [{ socket }, viewer] = [await openSilently(here), await look(here, '?types=command')];
      const big = 'x'.repeat(100_000);
      // The system takes some megabytes, and more of them after a while.
      for (let count = 0; count < 300; count += 1) {
        here.see({ ...frame, data: big });
        await new Promise((resolve) => setImmediate(resolve));
      }
      const comments = (): number => viewer.text().split('\n:\n').length - 1;
      for (let times = 1; times <= 2; times += 1) {
        rounds.next();
        await eventually('a sign of life', () => comments() === times);
      }
      await once(socket.resume(), 'close');
      viewer.leave();
    } finally {
      rounds.restore();
    }
  });

  it('ends when the gateway stops', async () => {
    const viewer = await look(here);
    await here.gateway.stop();
    await viewer.reading;
  });
});

/** From now on what is done again and again is done when the test says so. */
function intervalsByHand(): { next(): void; restore(): void } {
  const { setInterval: real } = globalThis;
  const runs = new Set<() => void>();
  Reflect.set(globalThis, 'setInterval', (run: () => void) => {
    runs.add(run);
    return real(() => undefined, 2 ** 31 - 1).unref();
  });
  return {
    next: () => runs.forEach((run) => run()),
    restore: () => void Reflect.set(globalThis, 'setInterval', real),
  };
}

/** A viewer whose socket is read by nobody. */
async function openSilently(here: Stage) {
  const socket = connect(Number(new URL(here.url).port), '127.0.0.1');
  const { authorization } = bearer.headers;
  socket.write(`GET /operations/sightings?texts=1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
  await once(socket, 'readable');
  socket.pause();
  return { socket };
}
