import { createTree, type Change } from '@dragoman/adapter-socketio/happychat';
import { expect } from 'chai';
import fc from 'fast-check';
import { applyPatch, withoutNulls } from './patches.js';

describe("happychat's patches", () => {
  it('say nothing when nothing is different', () => {
    const tree = createTree([['chatlist']]);
    tree.put(['chatlist', 's-7'], ['pending']);
    tree.takeChange();
    tree.put(['chatlist', 's-7'], ['pending']);
    tree.put(['chatlist', 's-8'], undefined);
    expect(tree.takeChange()).to.equal(undefined);
  });

  it('descend to the place that changed, and name it alone', () => {
    const tree = createTree([['chatlist'], ['operators', 'system']]);
    tree.put(['operators', 'system', 'acceptsCustomers'], false);
    tree.put(['chatlist', 's-7'], ['pending', null]);
    tree.takeChange();
    tree.put(['operators', 'system', 'acceptsCustomers'], true);
    tree.put(['chatlist', 's-7'], ['assigned', { id: 'op1' }]);
    tree.put(['chatlist', 's-8'], ['pending', null]);
    expect(tree.takeChange()).to.deep.equal({
      o: 'O',
      v: {
        operators: { o: 'O', v: { system: { o: 'O', v: { acceptsCustomers: { o: 'r', v: true } } } } },
        chatlist: {
          o: 'O',
          v: { 's-7': { o: 'r', v: ['assigned', { id: 'op1' }] }, 's-8': { o: '+', v: ['pending', null] } },
        },
      },
    });
  });

  it('remove a chat that leaves the list', () => {
    const tree = createTree([['chatlist']]);
    tree.put(['chatlist', 's-7'], ['assigned']);
    tree.takeChange();
    tree.put(['chatlist', 's-7'], undefined);
    expect(tree.takeChange()).to.deep.equal({ o: 'O', v: { chatlist: { o: 'O', v: { 's-7': { o: '-' } } } } });
  });

  it('bring a new branch whole', () => {
    const tree = createTree([['memberships']]);
    tree.put(['memberships', 'fr', 'op1'], { load: 0 });
    tree.put(['memberships', 'fr', 'op2'], { load: 1 });
    expect(tree.takeChange()).to.deep.equal({
      o: 'O',
      v: { memberships: { o: 'O', v: { fr: { o: '+', v: { op1: { load: 0 }, op2: { load: 1 } } } } } },
    });
  });

  it('hold keys that every object has', () => {
    const tree = createTree([['chatlist']]);
    for (const key of ['__proto__', 'constructor', 'toString']) tree.put(['chatlist', key], ['pending']);
    expect(JSON.stringify(tree.takeChange())).to.contain('"__proto__":{"o":"+","v":["pending"]}');
    expect(JSON.stringify(tree.toJson())).to.contain('"toString":["pending"]');
  });

  it("give the real clients' library exactly the state, whatever is put and in whatever batches", () => {
    const key = fc.constantFrom('a', 'b', 'c', '5', '10', '😀');
    const value = fc.oneof(
      fc.constant(undefined),
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.oneof(fc.string(), fc.constant(null), fc.record({ id: fc.string() }))),
    );
    const put = fc.record({ path: fc.array(key, { minLength: 2, maxLength: 3 }), value });
    // A branch never becomes a leaf in this state, so each length of path has a root of its own.
    const batches = fc.array(fc.array(put, { maxLength: 6 }), { maxLength: 8 });
    fc.assert(
      fc.property(batches, (all) => {
        const tree = createTree([['two'], ['three']]);
        let client = tree.toJson();
        for (const batch of all) {
          for (const { path, value: next } of batch) tree.put([path.length === 2 ? 'two' : 'three', ...path], next);
          const change: Change | undefined = tree.takeChange();
          client = applyPatch(client, JSON.parse(JSON.stringify(change ?? { o: 'O', v: {} })));
          expect(withoutNulls(client)).to.deep.equal(withoutNulls(JSON.parse(JSON.stringify(tree.toJson()))));
        }
      }),
      { numRuns: 300 },
    );
  });
});
