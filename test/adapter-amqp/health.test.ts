import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { sermoAdapter } from '@dragoman/adapter-amqp';
import { createCore, type Core } from '@dragoman/core';
import { createFixedClock, eventually } from '@dragoman/core/testing';
import { expect } from 'chai';

async function portOfNobody(): Promise<number> {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await once(nobody, 'close');
  return port;
}

describe('the health of a Sermo adapter', () => {
  it('names both connections while there is no broker, and nothing before its start', async () => {
    const port = await portOfNobody();
    const core = await createCore();
    const adapter = sermoAdapter({
      workspaceId: 'default',
      url: `amqp://127.0.0.1:${port}`,
      platforms: { web: 'customer' },
      times: { reconnectFirstMs: 1, reconnectMostMs: 2 },
    });
    expect(adapter.health?.()).to.deep.equal({ problems: [] });
    await adapter.start(core);
    const { problems = [], waiting, lagMs } = adapter.health?.() ?? {};
    expect(problems.map((problem) => problem.replace(/ \(.*/, ''))).to.deep.equal([
      'the broker cannot be used to publish',
      'the broker cannot be used to consume',
    ]);
    expect({ waiting, lagMs }).to.deep.equal({ waiting: 0, lagMs: 0 });
    await adapter.stop();
    await core.stop();
  });

  it('is nothing that ends a program: it waits for a broker that is away', async () => {
    const program = `
      import { sermoAdapter } from '@dragoman/adapter-amqp';
      import { createCore } from '@dragoman/core';
      const times = { reconnectFirstMs: 1, reconnectMostMs: 60_000 };
      const url = 'amqp://127.0.0.1:${await portOfNobody()}';
      const adapter = sermoAdapter({ workspaceId: 'default', url, platforms: { web: 'customer' }, times });
      await adapter.start(await createCore());
      process.once('SIGTERM', () => process.exit(7));
      console.log('started');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([7, null]);
  });

  it('above so many waiting events is a problem: the desk gets no new chats, and who waits for it is told once', async () => {
    const clock = createFixedClock();
    const desk = { space: 'sermo', externalId: 'partner' } as const;
    const core = await createCore({ clock, workspaces: [{ id: 'default', delegations: [{ desk }] }] });
    const adapter = sermoAdapter({
      workspaceId: 'default',
      url: `amqp://127.0.0.1:${await portOfNobody()}`,
      platforms: { partner: 'desk' },
      limits: { heldEvents: 4, degradedEvents: 12 },
    });
    let failures = 1;
    const dispatch: Core['dispatch'] = async (by, command) => {
      const isNotice = command.type === 'PostMessage' && command.body.kind === 'notice';
      if (isNotice && (failures -= 1) >= 0) throw new Error('the store is full');
      return core.dispatch(by, command);
    };
    const started = adapter.start({ ...core, dispatch }).then(() => true);
    await eventually('it goes on without the broker', () => {
      clock.advance(1_000);
      return Promise.race([started, new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
    });
    const who = { workspaceId: 'default', space: 'reference', realm: '', idType: 'string', name: '' } as const;
    const away = { leavesDesk: false, noticeMs: null, closeMs: null } as const;
    const told: string[] = [];
    const customers = await Promise.all(
      ['ada', 'bob', 'cy'].map((externalId) =>
        core.connect(
          { ...who, externalId, side: 'customer', role: 'customer' },
          { scope: 'own', echo: 'foreign', chats: 'mine', away },
          ({ event }) => {
            if (event.type === 'MessagePosted' && event.message.body.kind === 'notice') told.push(externalId);
          },
        ),
      ),
    );
    const say = async (n: number, who = n % 2): Promise<void> => {
      const [session, key] = [customers[who], `chat ${who}`];
      if (session === undefined) return;
      const body = { kind: 'text', text: 'anybody there?' } as const;
      await core.dispatch(session, { type: 'PostMessage', to: { key }, body, ifClosed: 'new' });
    };
    const status = (): unknown => [...core.lobby(watcher).operators.values()].map((one) => one.status);
    const watcher = await core.connect(
      { ...who, externalId: 'eve', side: 'operator', role: 'operator' },
      { scope: 'lobby', echo: 'foreign', chats: [], away: null },
      () => undefined,
    );
    const cy = customers[2];
    if (cy !== undefined) await core.dispatch(cy, { type: 'OpenChat', key: 'chat 2', enqueue: true });
    for (let n = 0; n < 4; n += 1) await say(n);
    clock.advance(6_000);
    expect(adapter.health?.().problems.filter((problem) => problem.includes('falls behind'))).to.deep.equal([]);
    expect(status()).to.deep.equal(['available']);
    for (let n = 4; n < 14; n += 1) await say(n);
    expect(adapter.health?.().waiting).to.be.greaterThan(12);
    expect(adapter.health?.().problems.at(-1)).to.match(/^the broker falls behind: \d+ events wait/);
    clock.advance(6_000);
    await eventually('one is told, of the other it could not be stored', () => told.length === 1 && failures <= -1);
    for (let n = 14; n < 18; n += 1) await say(n);
    for (let n = 0; n < 2; n += 1) await say(n, 2);
    clock.advance(6_000);
    await eventually('so is who was silent until now', () => told.length === 3);
    await eventually('no new chats', () => String(status()) === 'unavailable');
    expect(told.toSorted()).to.deep.equal(['ada', 'bob', 'cy']);
    await Promise.all([adapter.stop(), eventually('its end', () => clock.advance(100) === undefined)]);
    await core.stop();
  });
});
