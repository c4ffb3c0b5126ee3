import { olderThan, parseAgent, parseCustomer, parseOperator } from '@dragoman/adapter-socketio/happychat';
import { expect } from 'chai';
import fc from 'fast-check';

const names = [
  'message',
  'typing',
  'transcript',
  'preferences',
  'chat.setFields',
  'status',
  'capacity',
  'broadcast.state',
  'broadcast.dispatch',
  'chat.open',
  'chat.typing',
  'chat.join',
  'chat.leave',
  'chat.close',
  'chat.block',
  'chat.transfer',
  'chat.transcript',
  'system.info',
  'role.add',
  'nonsense',
];

describe('happychat, read from the wire', () => {
  it('never stumbles over anything JSON can say', () => {
    const args = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...names), args, (name, values) => {
        parseCustomer(name, values);
        parseOperator(name, values);
        parseAgent(name, values);
      }),
      { numRuns: 3000 },
    );
  });

  it('knows no event that the protocol does not have', () => {
    expect([
      parseCustomer('nonsense', []),
      parseOperator('nonsense', ['s-7']),
      parseAgent('nonsense', []),
    ]).to.deep.equal([undefined, undefined, undefined]);
  });

  it('takes no id that is too long to be one', () => {
    expect(parseOperator('chat.close', ['x'.repeat(201)])).to.equal(undefined);
    expect(parseOperator('chat.close', ['x'.repeat(200)])).to.not.equal(undefined);
  });

  it('reads a moment in seconds or ms as strictly before the second shown', () => {
    const shown = (at: number): number => Math.ceil(at / 1000);
    const before = olderThan(1_732_150_801);
    expect(shown(before - 1)).to.equal(1_732_150_800);
    expect(shown(before)).to.equal(1_732_150_801);
    expect(olderThan(1_732_150_801_000)).to.equal(before);
  });
});
