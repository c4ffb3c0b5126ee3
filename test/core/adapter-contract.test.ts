import type { Adapter, Core, Deliver, Delivery } from '@dragoman/core';
import { adapterContract, watchCore, type AdapterSubject } from '@dragoman/core/testing';
import { expect } from 'chai';
import { lineSubject } from '../examples/line-subject.js';

/** The line adapter, with something between it and its core. */
function broken(spoil: (core: Core) => Core, more: Partial<AdapterSubject> = {}): AdapterSubject {
  return {
    ...lineSubject,
    ...more,
    async open() {
      const subject = await lineSubject.open();
      const adapter: Adapter = {
        name: subject.adapter.name,
        capabilities: subject.adapter.capabilities,
        start: (core) => subject.adapter.start(spoil(core)),
        stop: (goodbye) => subject.adapter.stop(goodbye),
      };
      return { ...subject, adapter };
    },
  };
}

/** Runs one test of the suite by its name; resolves with why it failed, undefined when it did not. */
async function verdict(subject: AdapterSubject, name: string): Promise<unknown> {
  const bodies = new Map<string, (() => Promise<void>) | undefined>();
  adapterContract({ describe: (_, body) => body(), it: (title, body) => bodies.set(title, body) }, subject);
  const body = bodies.get(name);
  if (body === undefined) throw new Error(`no such test: ${name}`);
  return body().then(
    () => undefined,
    (error: unknown) => error,
  );
}

const passing =
  (change: (deliver: Deliver) => Deliver) =>
  (core: Core): Core => {
    const watched = watchCore(core);
    return { ...watched, connect: (who, how, deliver) => watched.connect(who, how, change(deliver)) };
  };

/** Time passes a hundred times as fast, until the test is over. */
function hurryOn(): void {
  if (Object.hasOwn(performance, 'now')) return;
  const real = performance.now.bind(performance);
  const from = real();
  const now = (): number => from + (real() - from) * 100;
  Object.defineProperty(performance, 'now', { value: now, configurable: true });
}

describe('the adapter contract catches an adapter', () => {
  afterEach(() => void Reflect.deleteProperty(performance, 'now'));

  const once = 'messages reach the other side once, in order, unchanged';

  it('that says everything twice', async () => {
    const twice = passing((deliver) => (...all) => [deliver(...all), deliver(...all)]);
    expect(await verdict(broken(twice), once)).to.have.property('code', 'ERR_ASSERTION');
    expect(await verdict(lineSubject, once)).to.equal(undefined);
  });

  it('that answers a refusal with other words than it says', async () => {
    const refusals = { ...lineSubject.refusals, CHAT_CLOSED: 'THE_CHAT_IS_CLOSED' };
    const name = 'a message refused with CHAT_CLOSED is answered as the dialect says';
    expect(await verdict({ ...lineSubject, refusals }, name)).to.have.property('code', 'ERR_ASSERTION');
  });

  it('that declares other capabilities than are tested', async () => {
    const capabilities = { customer: { says: { text: {} }, hears: { text: {} } } };
    const name = 'it declares the capabilities that are tested here';
    expect(await verdict({ ...lineSubject, capabilities }, name)).to.have.property('code', 'ERR_ASSERTION');
  });

  it('that shows what it does not declare', async () => {
    // Typing reaches this one as if it were a message.
    const chatty = passing((deliver) => (delivery, session) => {
      const { event } = delivery;
      if (event.type !== 'TypingChanged') return deliver(delivery, session);
      const message = { body: { kind: 'text', text: 'typing' } };
      deliver({ ...delivery, event: { ...event, version: 0, type: 'MessagePosted', message } as never }, session);
    });
    const name = 'what the customer side does not declare to hear makes no frame: typing';
    expect(await verdict(broken(chatty), name)).to.have.property('code', 'ERR_ASSERTION');
  });

  it('that keeps from an operator what was said before he came', async () => {
    const forgetful = (core: Core): Core => {
      const watched = watchCore(core);
      return {
        ...watched,
        transcript: async () => ({ entries: [], hasMore: false, people: {} }),
        dispatch(by, command) {
          if (by.participant.role === 'operator' && command.type === 'PostMessage') hurryOn();
          return watched.dispatch(by, command);
        },
      };
    };
    const name = 'what was said before an operator came is shown to him, unasked or when he asks';
    expect(await verdict(broken(forgetful), name))
      .to.have.property('message')
      .that.contains('"said before" is shown');
    expect(await verdict(lineSubject, name)).to.equal(undefined);
  });

  it('that shows a history it does not declare', async () => {
    const past: Delivery[] = [];
    const nostalgic = passing((deliver) => {
      let isNew = true;
      return (delivery, session) => {
        if (isNew) past.forEach((one) => deliver(one, session));
        isNew = false;
        past.push(delivery);
        deliver(delivery, session);
      };
    });
    const name = 'what the customer said before is not shown to another device of his: no history is declared';
    expect(await verdict(broken(nostalgic), name)).to.have.property('code', 'ERR_ASSERTION');
    expect(await verdict(lineSubject, name)).to.equal(undefined);
  });

  it('that leaves clients connected at its stop', async () => {
    const open = async () => {
      const subject = await lineSubject.open();
      // From its stop on nothing is to come: nobody has to wait for that as long as for something that is slow.
      const stop = async (): Promise<void> => hurryOn();
      const lingering: Adapter = { ...subject.adapter, capabilities: lineSubject.capabilities, stop };
      return { ...subject, adapter: lingering, close: () => subject.adapter.stop() };
    };
    const name = 'a stop ends every connection and every session, and nobody gets in any more';
    expect(await verdict({ ...lineSubject, open }, name))
      .to.have.property('message')
      .that.contains('cut off');
  });
});

describe('a skipped test of the adapter contract', () => {
  it('is named with its reason and does not run', () => {
    const named: [string, boolean][] = [];
    const skips = { 'it may be stopped twice, and before it ever started': 'an example' };
    adapterContract(
      { describe: (_, body) => body(), it: (title, body) => named.push([title, body !== undefined]) },
      { ...lineSubject, skips },
    );
    expect(named.filter(([, runs]) => !runs)).to.deep.equal([
      ['it may be stopped twice, and before it ever started [skipped: an example]', false],
    ]);
  });

  it('must exist', () => {
    const skips = { 'no such test': 'a slip of the pen' };
    expect(() => adapterContract({ describe: () => {}, it: () => {} }, { ...lineSubject, skips })).to.throw(
      TypeError,
      'no such test to skip',
    );
  });
});
