import { createCollectingLog, createCountingIds, createFixedClock } from '@dragoman/core/testing';
import { expect } from 'chai';

describe('the fixed clock', () => {
  it('stands still until it is moved', () => {
    const clock = createFixedClock(1000);
    expect([clock.now(), clock.now(), clock.monotonic()]).to.deep.equal([1000, 1000, 0]);
    clock.advance(5);
    expect([clock.now(), clock.monotonic()]).to.deep.equal([1005, 5]);
  });

  it('fires timers in the order they fall due, each at its own time, also those that a timer sets', () => {
    const clock = createFixedClock(0);
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.now()]);
    clock.after(30, note('late'));
    clock.after(10, () => {
      note('early')();
      clock.after(10, note('set on the way'));
    });
    clock.after(10, note('second of its time'));
    clock.after(41, note('not yet'));
    clock.advance(40);
    expect(fired).to.deep.equal([
      ['early', 10],
      ['second of its time', 10],
      ['set on the way', 20],
      ['late', 30],
    ]);
    expect(clock.waiting).to.equal(1);
  });

  it('never fires a cancelled timer', () => {
    const clock = createFixedClock();
    const cancel = clock.after(1, () => expect.fail('fired'));
    cancel();
    cancel();
    clock.advance(10);
    expect(clock.waiting).to.equal(0);
  });
});

describe('the counting ids', () => {
  it('differ from each other, sort by age and look like the real ones', () => {
    const ids = createCountingIds();
    const chats = [ids.chat(), ids.chat(), ids.chat()];
    expect(new Set([...chats, ids.command(), ids.event(), ids.session()])).to.have.lengthOf(6);
    expect(chats).to.deep.equal(chats.toSorted());
    for (const id of chats)
      expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.publicNumber()).to.be.within(2 ** 40, 2 ** 47 - 1);
    expect(ids.secret(16)).to.match(/^[0-9a-f]{32}$/);
  });

  it('derive the same from the same, and something else from other keys or other parts', () => {
    const { derive } = createCountingIds();
    expect(derive('k', ['a', 'b']))
      .to.equal(derive('k', ['a', 'b']))
      .and.to.match(/^[a-z2-7]{26}$/);
    expect(
      new Set([derive('k', ['a', 'b']), derive('l', ['a', 'b']), derive('k', ['ab']), derive('k', ['', 'ab'])]),
    ).to.have.lengthOf(4);
  });

  it('digest the same text to the same, and another text to something else', () => {
    const { digest } = createCountingIds();
    expect(digest('words'))
      .to.equal(digest('words'))
      .and.to.match(/^[\w-]{43}$/);
    expect(digest('words ')).not.to.equal(digest('words'));
  });
});

describe('the collecting log', () => {
  it('keeps what was logged, in order', () => {
    const log = createCollectingLog();
    log.info({ port: 1 }, 'up');
    log.error({}, 'down');
    expect(log.lines).to.deep.equal([
      { level: 'info', facts: { port: 1 }, message: 'up' },
      { level: 'error', facts: {}, message: 'down' },
    ]);
  });
});
