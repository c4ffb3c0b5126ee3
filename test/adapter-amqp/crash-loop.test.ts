import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { deskPlatform, frontPlatform, ownNames } from './sermo-names.js';
import { asideIn, peer, type Peer } from './sermo-peers.js';

const bridge = fileURLToPath(new URL('./bridge-process.js', import.meta.url));

describeWith('rabbitmq', 'Sermo, given words that kill the gateway', function () {
  this.timeout(120_000);
  const names = ownNames();
  const peers: Peer[] = [];
  let folder: string;
  let url: string;
  let gateway: ChildProcess;
  let starts = 0;
  before(async () => {
    ({ url } = await theBroker());
    folder = await mkdtemp(join(tmpdir(), 'dragoman-crash-'));
  });
  after(async () => {
    gateway.removeAllListeners('exit').kill('SIGKILL');
    await Promise.all(peers.map((one) => one.close()));
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts it again as often as it dies, as whoever runs it would. */
  function keepAlive(): void {
    starts += 1;
    gateway = fork(bridge, [join(folder, 'store'), url, JSON.stringify(names), 'quorum', 'poison']);
    gateway.once('exit', keepAlive);
  }

  it('puts them aside after some crashes, and everybody else is heard, in order', async () => {
    keepAlive();
    await once(gateway, 'message');
    const place = { says: names.inbound, hears: names.outbound, platformId: frontPlatform };
    const queue = `${names.inbound}.desk`;
    const desk = await peer({ says: names.outbound, hears: names.inbound, platformId: deskPlatform, queue });
    const [one, other] = [await peer({ ...place, userId: 'u-1' }), await peer({ ...place, userId: 'u-2' })];
    peers.push(desk, one, other);
    await one.say({ type: 'text', text: 'before' }, { messageId: '1' });
    await desk.hears('text', { text: 'before' });
    await one.say({ type: 'text', text: 'poison' }, { messageId: '2' });
    await other.say({ type: 'text', text: 'of another' }, { messageId: '3' });
    await one.say({ type: 'text', text: 'after' }, { messageId: '4' });
    // Six starts of a process: that takes its time.
    await eventually('they go on', () => desk.heard.some(({ text }) => text === 'after'), 60_000);
    await desk.hears('text', { text: 'of another' });
    expect(starts).to.equal(6);
    expect(await asideIn(names.parked)).to.deep.equal([
      {
        reason: 'crash_loop',
        body: JSON.stringify({ platformId: frontPlatform, userId: 'u-1', type: 'text', text: 'poison' }),
      },
    ]);
  });
});
