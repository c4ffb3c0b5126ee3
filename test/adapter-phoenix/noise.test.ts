import { once } from 'node:events';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import { openTestServer, type TestServer } from './server.js';
import { openWire, polls, type Wire } from './wire.js';

const rounds = Number(process.env['FAULT_ROUNDS'] ?? 3);
const framesEach = 500;
const framesOfOne = 20;

const ref = fc.oneof(fc.constantFrom('1', '2', '3'), fc.constant(null), fc.nat(9), fc.string());
const topic = fc.oneof(
  fc.constantFrom('room:1', 'room:2', 'phoenix', 'room:', '__proto__', 'constructor'),
  fc.string({ unit: 'binary' }),
);
const event = fc.oneof(
  fc.constantFrom('phx_join', 'phx_join', 'phx_leave', 'heartbeat', 'phx_reply', 'phx_error', 'phx_close'),
  fc.constantFrom('echo', 'say', 'refuse', 'close', 'crash', 'fault', 'slow', 'say-bytes', 'other'),
  fc.string(),
);
const payload = fc.oneof(
  fc.constantFrom({}, { as: 'slow' }, { as: 'nobody' }, { as: 'busy' }, { as: 'fault' }, { as: 'eager' }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Frames that can be read, of both kinds. */
const readable = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(ref, ref, topic, event, payload).map((frame) => JSON.stringify(frame)) },
  { weight: 1, arbitrary: fc.tuple(ref, ref, topic, event, fc.uint8Array()).map(binary) },
);

/** What is left of frames whose bytes were cut, swapped or changed, and what never was one. */
const broken = fc.oneof(
  fc.tuple(readable, fc.nat(), fc.nat(255)).map(([frame, at, byte]) => mutate(frame, at, byte)),
  fc.tuple(readable, fc.nat()).map(([frame, at]) => frame.slice(0, at % frame.length)),
  fc.uint8Array({ maxLength: 30 }),
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc.string(),
);

type Frame = string | Uint8Array;

function binary([joinRef, own, room, name, data]: readonly [unknown, unknown, string, string, Uint8Array]): Uint8Array {
  const fields = [joinRef, own, room, name].map((field) => Buffer.from(String(field ?? '')).subarray(0, 255));
  return Buffer.concat([Buffer.from([0, ...fields.map(({ length }) => length)]), ...fields, data]);
}

function mutate(frame: Frame, at: number, byte: number): Frame {
  const bytes = Buffer.from(frame);
  if (bytes.length > 0) bytes[at % bytes.length] = byte;
  return typeof frame === 'string' ? bytes.toString('utf8') : bytes;
}

describe('a channel server under noise', () => {
  let house: TestServer;
  let neighbour: Wire;

  beforeEach(async () => {
    const endless = { perSecond: 1e9, burst: 1e9 };
    const many = { count: 1e9, withinMs: 1 };
    const limits = { pushes: endless, joins: many, refusals: many, handshakes: endless, posts: 1e9, waitingFrames: 5 };
    house = await openTestServer({ limits, answerMs: 20 });
    neighbour = await openWire(house.port);
    neighbour.send(['0', '0', 'room:quiet', 'phx_join', {}]);
    await neighbour.next();
  });

  afterEach(async () => {
    neighbour.ws.terminate();
    await house.close();
  });

  it(`of ${rounds * framesEach} frames keeps its other clients and nothing else`, async function () {
    this.timeout(10_000 + rounds * 1000);
    for (let seed = 1; seed <= rounds; seed++) {
      const frames = fc.sample(readable, { seed, numRuns: framesEach });
      const ends = fc.sample(broken, { seed, numRuns: framesEach / framesOfOne });
      for (const [n, end] of ends.entries()) {
        const some = [...frames.slice(n * framesOfOne, (n + 1) * framesOfOne - 1), end];
        await (n % 3 === 2 ? pollWith(some) : speak(some, n % 3 === 0 ? '2.0.0' : '1.0.0'));
      }
      neighbour.send(['0', '1', 'room:quiet', 'echo', { seed }]);
      const reply = { status: 'ok', response: { said: { seed } } };
      expect(await neighbour.next()).to.deep.equal(['0', '1', 'room:quiet', 'phx_reply', reply]);
    }
    const count = (what: string): number => house.told.filter((told) => told.startsWith(what)).length;
    await eventually('the end of every noisy channel', () => count('joined') - count('ended') === 1);
    expect(house.server.subscribers('room:1').size + house.server.subscribers('room:2').size).to.equal(0);
    expect(house.server.subscribers('room:quiet').size).to.equal(1);
  });

  /** All of it in one go; the connection may be closed on the way. */
  async function speak(frames: readonly Frame[], vsn: string): Promise<void> {
    const wire = await openWire(house.port, { query: `vsn=${vsn}` });
    wire.ws.on('error', () => {});
    for (const frame of frames) wire.send(vsn === '1.0.0' && typeof frame === 'string' ? asObject(frame) : frame);
    const closed = once(wire.ws, 'close');
    wire.ws.close();
    await closed;
  }

  async function pollWith(frames: readonly Frame[]): Promise<void> {
    const { poll, post } = polls(house.port);
    const { token } = await poll();
    const lines = frames.map((frame) => (typeof frame === 'string' ? frame : Buffer.from(frame).toString('base64')));
    await post(token, lines.join('\n'));
    await post(token, 'the end of the session');
  }
});

/** The same frame as version 1 writes it. */
function asObject(text: string): string {
  try {
    const [joinRef, own, room, name, content]: readonly unknown[] = Array.from(JSON.parse(text));
    return JSON.stringify({ join_ref: joinRef, ref: own, topic: room, event: name, payload: content });
  } catch {
    return text;
  }
}
