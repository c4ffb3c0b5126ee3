import { createCore, isTraceparent, traceparentOf } from '@dragoman/core';
import { expect } from 'chai';
import { workbench } from './runtime/workbench.js';

const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the trace of a command', () => {
  it('is the one it came with, for all its events', async () => {
    const { core, customer } = await workbench();
    const joe = await customer('joe');
    const said = await joe.say('hello', 'joe', { traceparent: given } as never);
    const ids = said.ok ? said.events.map((event) => core.traceparent?.(event.commandId)) : [];
    expect(new Set(ids)).to.deep.equal(new Set([given]));
  });

  it('keeps the state beside it as it came, and none that is no state or has no trace', async () => {
    const { core, customer } = await workbench();
    const joe = await customer('joe');
    const stateOf = async (trace: object): Promise<string | undefined> => {
      const said = await joe.say('hello', 'joe', trace as never);
      return core.traceOf?.((said.ok && said.events[0]?.commandId) || '')?.tracestate;
    };
    expect(await stateOf({ traceparent: given, tracestate: 'congo=t61, rojo=00f' })).to.equal('congo=t61, rojo=00f');
    expect(await stateOf({ traceparent: given, tracestate: `a=${'x'.repeat(511)}` })).to.equal(undefined);
    expect(await stateOf({ traceparent: given, tracestate: 'a=\n' })).to.equal(undefined);
    expect(await stateOf({ traceparent: 'nonsense', tracestate: 'a=1' })).to.equal(undefined);
    expect(await stateOf({})).to.equal(undefined);
  });

  it('is made of its id when it came with none, or with what is no trace', async () => {
    const { core, customer } = await workbench();
    const joe = await customer('joe');
    for (const traceparent of [
      undefined,
      'nonsense',
      given.toUpperCase(),
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    ]) {
      const said = await joe.say('hello', 'joe', { traceparent } as never);
      const commandId = (said.ok && said.events[0]?.commandId) || '';
      expect(core.traceparent?.(commandId)).to.equal(traceparentOf(commandId)).and.satisfy(isTraceparent);
    }
  });

  it('is no part of what was asked: the same command under another trace is a repeat', async () => {
    const { customer } = await workbench();
    const joe = await customer('joe');
    await joe.say('hello', 'joe', { commandId: 'c-1' } as never);
    const again = await joe.say('hello', 'joe', { commandId: 'c-1', traceparent: given } as never);
    expect(again.ok && again.isRepeat).to.equal(true);
  });

  it('shows the digits of a UUID, and is another for every other id', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(traceparentOf(id)).to.match(/^00-01890a5dac96774bbcceb302099a8057-[0-9a-f]{16}-01$/);
    const made = ['', 'a', 'b', 'happychat/1', 'happychat/2'].map(traceparentOf);
    expect(made.every(isTraceparent)).to.equal(true);
    expect(new Set(made).size).to.equal(made.length);
    expect((await createCore()).traceparent?.('a')).to.equal(traceparentOf('a'));
  });
});
