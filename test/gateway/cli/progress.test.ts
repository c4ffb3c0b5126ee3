import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';
import { expect } from 'chai';
import { typed, type Typed } from './typed.js';

describe('work that takes long', () => {
  let slow: Server;
  let url = '';
  before(async () => {
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
    slow = createServer((_, response) => {
      for (let second = 0; second < 11; second += 1) mock.timers.tick(1_000);
      response.end('{"participantId":"p_1"}');
    });
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
  });
  after(() => {
    mock.timers.reset();
    slow.close();
  });

  const erase = (isWatched: boolean, ...more: string[]): Promise<Typed> =>
    typed(['erase', 'p_1', '--yes', '--url', url, ...more], { isWatched });

  it('says at a terminal how far it is, on one line that is gone afterwards', async () => {
    const { code, err } = await erase(true);
    const lines = err.split('\r');
    expect([code, lines.slice(1, 3), lines.at(-3)]).to.deep.equal([
      0,
      ['erasing: 1 s', 'erasing: 2 s'],
      'erasing: 11 s',
    ]);
    expect([lines.at(-2)?.trim(), lines.at(-2)?.length, lines.at(-1)]).to.deep.equal(['', 'erasing: 11 s'.length, '']);
    expect(err).to.not.contain('\n');
  });

  it('says nothing to programs, and nothing to files', async () => {
    expect([(await erase(true, '--json')).err, (await erase(false)).err]).to.deep.equal(['', '']);
  });
});
