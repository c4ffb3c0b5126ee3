import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const demo = fileURLToPath(new URL('../../examples/demo/demo.js', import.meta.url));

describe('a Convead visitor and a Happychat operator', () => {
  it('lose nothing and hear nothing twice when their gateway is killed with -9 while they talk', async function () {
    this.timeout(30_000);
    const child = spawn(process.execPath, [demo], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
    const [code] = await once(child, 'close');
    expect(code, out).to.equal(0);
    expect(out).to.contain('8 messages: nothing lost, nothing twice.');
  });
});
