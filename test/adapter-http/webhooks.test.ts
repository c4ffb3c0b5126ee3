import { createMemoryStore, systemClock, type Clock, type Core, type Session, type Store } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import type { WebhookEndpoint } from '@dragoman/adapter-http';
import { expect } from 'chai';
import { judgeOf } from './document.js';
import { openHouse, type House, type Json } from './house.js';
import { newSecret, openReceiver, secret, textOf, verify, type Receiver } from './receiver.js';
import { unclosed } from './unclosed.js';

/** Impatient, so that a test need not be patient. */
const limits = { firstMs: 5, mostMs: 20 };

describe('webhooks', () => {
  let receiver: Receiver;
  let house: House | undefined;
  let joe: Session;
  const closing: (() => Promise<void>)[] = [];

  const endpoint = (more: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
    ...{ id: 'crm', url: receiver.url, secrets: [secret], allow: ['127.0.0.1'], types: ['MessagePosted'] },
    ...more,
    limits: { ...limits, ...more.limits },
  });

  const open = async (
    webhook: WebhookEndpoint = endpoint(),
    store: Store = createMemoryStore(),
    clock: Clock = systemClock,
  ): Promise<Core> => {
    house = await openHouse({ settings: { webhooks: [webhook] }, core: { store, clock } });
    closing.push(house.close);
    joe = await customer(house.core);
    return house.core;
  };

  const customer = (core: Core): Promise<Session> =>
    core.connect(
      {
        ...{ workspaceId: 'default', space: 'web', side: 'customer', role: 'customer', realm: '' },
        ...{ externalId: 'joe', idType: 'string', name: 'Joe' },
      },
      { scope: 'own', echo: 'all', away: null, chats: 'mine' },
      () => {},
    );

  /** Joe says this, each text in the chat that its first letter names. */
  const say = async (core: Core, ...texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      const to = { key: text.charAt(0) };
      const outcome = await core.dispatch(joe, {
        type: 'PostMessage',
        to,
        body: { kind: 'text', text },
        ifClosed: 'new',
        opening: { joinOpen: false },
      });
      expect(outcome.ok).to.equal(true);
    }
  };

  const ofChat = (name: string): readonly string[] => receiver.texts().filter((text) => text.startsWith(name));

  beforeEach(async () => {
    receiver = await openReceiver();
    closing.push(() => receiver.close());
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('tell what happens, signed, as CloudEvents, in order', async () => {
    const core = await open();
    await say(core, 'a1', 'a2', 'a3');
    await receiver.until('three events', ({ taken }) => taken.length === 3);
    expect(receiver.texts()).to.deep.equal(['a1', 'a2', 'a3']);
    for (const taken of receiver.taken) {
      verify(taken);
      expect(taken.headers['content-type']).to.equal('application/cloudevents+json');
      expect(taken.id).to.equal(taken.event['id']);
      expect(taken.event['specversion']).to.equal('1.0');
    }
  });

  it('tell every recorded event where no type is named', async () => {
    const { types: _, ...all } = endpoint();
    const core = await open(all);
    await say(core, 'a1');
    await receiver.until('the message', () => receiver.texts().length === 1);
    expect(receiver.taken.map(({ event }) => event['type'])).to.include.members([
      'dragoman.ChatOpened',
      'dragoman.ChatQueued',
      'dragoman.MessagePosted',
    ]);
  });

  it('are signed by both secrets while one follows the other, on the first try and on each that follows', async () => {
    const core = await open(endpoint({ secrets: [newSecret, secret] }));
    let failures = 2;
    receiver.answering = () => (failures-- > 0 ? 500 : 204);
    await say(core, 'a1');
    await receiver.until('the third try', ({ taken }) => taken.length === 1);
    expect(receiver.requests).to.have.length(3);
    for (const request of receiver.requests) for (const known of [secret, newSecret]) verify(request, known);
    expect(new Set(receiver.requests.map(({ id }) => id)).size).to.equal(1);
  });

  it('of one chat wait for the one that failed, those of others do not', async () => {
    const core = await open();
    let isIll = true;
    receiver.answering = (taken) => (textOf(taken) === 'a1' && isIll ? 503 : 204);
    await say(core, 'a1', 'a2', 'b1', 'c1', 'b2');
    await receiver.until('the others', () => receiver.texts().length === 3);
    expect(ofChat('a')).to.deep.equal([]);
    isIll = false;
    await receiver.until('all', () => receiver.texts().length === 5);
    expect([ofChat('a'), ofChat('b')]).to.deep.equal([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ]);
  });

  it('never delay a chat, however long the receiver takes', async () => {
    const core = await open(endpoint({ limits: { timeoutMs: 60_000, parallel: 2, held: 4 } }));
    receiver.answering = () => undefined;
    const started = performance.now();
    for (let n = 0; n < 50; n += 1) await say(core, `${String.fromCharCode(97 + (n % 20))}${n}`);
    expect(performance.now() - started).to.be.below(1_000);
    await receiver.until('as many as may be under way', ({ requests }) => requests.length === 2);
  });

  it('go on after a receiver that hangs, in order, and count its silence as a failure', async () => {
    const core = await open(endpoint({ limits: { timeoutMs: 300 } }));
    let hangs = 1;
    receiver.answering = () => (hangs-- > 0 ? undefined : 200);
    await say(core, 'a1', 'a2');
    await receiver.until('both', () => receiver.texts().length === 2);
    expect(receiver.texts()).to.deep.equal(['a1', 'a2']);
    expect(receiver.requests).to.have.length(3);
  });

  it('follow no redirect', async () => {
    const elsewhere = await openReceiver();
    closing.push(() => elsewhere.close());
    const core = await open();
    let redirects = 2;
    receiver.answering = (_, response) => {
      if (redirects-- <= 0) return 200;
      response.writeHead(307, { location: elsewhere.url }).end();
      return undefined;
    };
    await say(core, 'a1');
    await receiver.until('the message', () => receiver.texts().length === 1);
    expect(elsewhere.requests).to.deep.equal([]);
  });

  it('take a 2xx for an answer, however much or little body comes with it', async () => {
    const core = await open();
    receiver.answering = ({ event }, response) => {
      response.writeHead(200).write('x'.repeat(1_000_000));
      if (event['data']?.['message']?.['seq'] !== 1) response.end();
      return undefined;
    };
    await say(core, 'a1', 'a2', 'a3');
    await receiver.until('three requests', ({ requests }) => requests.length === 3);
    expect(receiver.requests.map(textOf)).to.deep.equal(['a1', 'a2', 'a3']);
  });

  it('wait for no answer that never ends', async () => {
    const core = await open(endpoint({ limits: { parallel: 1, timeoutMs: 600_000 } }));
    receiver.answering = (_taken, response) => {
      response.writeHead(200).write('and so on');
      return undefined;
    };
    await say(core, 'a1', 'b1');
    await receiver.until('both', () => receiver.requests.length === 2);
    expect((await look())?.['failures']).to.equal(0);
  });

  it('are not sent to a private address that nobody allowed', async () => {
    const core = await open(endpoint({ allow: ['10.0.0.0/8'], limits: { attempts: 2, pauseAfter: 9 } }));
    await say(core, 'a1');
    const dead = await letters(1);
    expect(dead[0]?.['reason']).to.equal('ADDRESS_REFUSED');
    expect(receiver.requests).to.deep.equal([]);
  });

  it('are not sent to a name that leads to such an address', async () => {
    const url = receiver.url.replace('127.0.0.1', 'localhost');
    const core = await open(endpoint({ url, allow: ['10.0.0.0/8'], limits: { attempts: 2, pauseAfter: 9 } }));
    await say(core, 'a1');
    const dead = await letters(1);
    expect(dead[0]?.['reason']).to.equal('ADDRESS_REFUSED');
    expect(receiver.requests).to.deep.equal([]);
  });

  const look = async () => (await house?.ask('GET', '/webhooks/crm'))?.body;
  const letters = async (count: number): Promise<readonly Json[]> => {
    let found: readonly Json[] = [];
    await eventually(`${count} dead letters`, async () => {
      found = (await house?.ask('GET', '/webhooks/crm/dead-letters'))?.body['deadLetters'] ?? [];
      return found.length === count;
    });
    return found;
  };

  it('set aside an event that nobody takes while others are taken, and send it again when asked', async () => {
    const core = await open(endpoint({ limits: { attempts: 3, pauseAfter: 100 } }));
    let isIll = true;
    receiver.answering = (taken) => (textOf(taken) === 'a private word' && isIll ? 500 : 204);
    await say(core, 'a private word', 'a2', 'b1');
    await receiver.until('the others', () => receiver.texts().length === 2);
    const [dead] = await letters(1);
    expect(dead).to.include({ reason: 'STATUS_500', status: 500, attempts: 3, type: 'dragoman.MessagePosted' });
    expect(JSON.stringify(dead)).not.to.contain('private');
    isIll = false;
    const path = `/webhooks/crm/dead-letters/${String(dead?.['sequence'])}/redrive`;
    expect((await house?.ask('POST', path))?.status).to.equal(202);
    await receiver.until('the one set aside', () => receiver.texts().length === 3);
    expect(receiver.texts()).to.have.members(['a private word', 'a2', 'b1']);
    await letters(0);
    expect((await house?.ask('POST', path))?.status).to.equal(404);
  });

  it('are watched over by operations that answer as the document of the API says', async () => {
    const core = await open(endpoint({ limits: { attempts: 1, pauseAfter: 100 } }));
    receiver.answering = () => 500;
    await say(core, 'a1', 'b1');
    const [first, second] = await letters(2);
    if (house === undefined) return;
    const judge = await judgeOf(house);
    const letter = '/webhooks/crm/dead-letters';
    const asked: readonly (readonly [string, string, number])[] = [
      ['GET', '/webhooks', 200],
      ['GET', '/webhooks/crm', 200],
      ['GET', '/webhooks/none', 404],
      ['POST', '/webhooks/crm/pause', 200],
      ['GET', letter, 200],
      ['POST', `${letter}/${String(first?.['sequence'])}/redrive`, 202],
      ['DELETE', `${letter}/${String(second?.['sequence'])}`, 204],
      ['DELETE', `${letter}/0000000000009999`, 404],
      ['POST', `${letter}/redrive`, 202],
      ['POST', '/webhooks/crm/resume', 200],
    ];
    const operations = new Set<string>();
    for (const [method, path, status] of asked) {
      const answer = await house.ask(method, path);
      const { operationId, faults } = judge.judge(method, path, answer);
      operations.add(operationId);
      expect(faults, `${method} ${path}`).to.deep.equal([]);
      expect(answer.status, `${method} ${path}`).to.equal(status);
    }
    expect(operations.size).to.equal(8);
    const refused = await house.ask('GET', '/webhooks', undefined, { authorization: 'Bearer dgm_reader' });
    expect(refused.body['code']).to.equal('OUT_OF_SCOPE');
  });

  it('that were set aside can be dropped, or all be sent again', async () => {
    const core = await open(endpoint({ limits: { attempts: 1, pauseAfter: 100 } }));
    receiver.answering = () => 500;
    await say(core, 'a1', 'b1', 'c1');
    const [first] = await letters(3);
    await house?.ask('DELETE', `/webhooks/crm/dead-letters/${String(first?.['sequence'])}`);
    receiver.answering = () => 200;
    expect((await house?.ask('POST', '/webhooks/crm/dead-letters/redrive'))?.body).to.deep.equal({ redriven: 2 });
    await receiver.until('two', () => receiver.texts().length === 2);
    expect(receiver.texts()).to.have.members(['b1', 'c1']);
    await letters(0);
  });

  it('that two people send again at once are sent once', async () => {
    const core = await open(endpoint({ limits: { attempts: 1, pauseAfter: 100 } }));
    receiver.answering = () => 500;
    await say(core, 'a1');
    const [dead] = await letters(1);
    receiver.answering = () => 200;
    const all = '/webhooks/crm/dead-letters/redrive';
    const one = `/webhooks/crm/dead-letters/${String(dead?.['sequence'])}/redrive`;
    await Promise.all([all, one, all, one].map((path) => house?.ask('POST', path)));
    await letters(0);
    await say(core, 'a2');
    await receiver.until('what came next', () => receiver.texts().includes('a2'));
    expect(receiver.texts()).to.deep.equal(['a1', 'a2']);
  });

  it('that are dropped while they are sent again are given up for good', async () => {
    const core = await open(endpoint({ limits: { attempts: 2, pauseAfter: 100 } }));
    receiver.answering = (taken) => (textOf(taken) === 'a1' ? 500 : 200);
    await say(core, 'a1');
    const [dead] = await letters(1);
    const letter = `/webhooks/crm/dead-letters/${String(dead?.['sequence'])}`;
    let drop: Promise<unknown> | undefined;
    receiver.answering = (taken, response) => {
      if (textOf(taken) !== 'a1') return 200;
      drop ??= house?.ask('DELETE', letter).then(() => response.writeHead(500).end());
      return undefined;
    };
    await house?.ask('POST', `${letter}/redrive`);
    await receiver.until('the one sent again', () => drop !== undefined);
    await say(core, 'a2');
    await receiver.until('what comes behind it', () => receiver.texts().includes('a2'));
    await letters(0);
    expect(receiver.requests.filter((taken) => textOf(taken) === 'a1')).to.have.lengthOf(3);
  });

  it('pause where as much was set aside as may be, rather than lose more', async () => {
    const core = await open(endpoint({ limits: { attempts: 1, pauseAfter: 100, deadLetters: 1 } }));
    receiver.answering = () => 500;
    await say(core, 'a1', 'a2');
    await letters(1);
    await eventually('full', async () => (await look())?.['paused']?.['cause'] === 'full');
    receiver.answering = () => 200;
    await house?.ask('POST', '/webhooks/crm/resume');
    await receiver.until('the other', () => receiver.texts().length === 1);
    expect(receiver.texts()).to.deep.equal(['a2']);
  });

  it('pause for a receiver that fails again and again, and go on in order once it is well', async () => {
    const core = await open();
    receiver.answering = () => 500;
    await say(core, 'a1', 'b1', 'a2', 'b2', 'a3');
    await eventually('paused', async () => (await look())?.['paused']?.['cause'] === 'failing');
    expect((await look())?.['lastFailure']?.['reason']).to.equal('STATUS_500');
    receiver.answering = () => 200;
    await receiver.until('all', () => receiver.texts().length === 5);
    expect([ofChat('a'), ofChat('b')]).to.deep.equal([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2'],
    ]);
    expect((await look())?.['paused']).to.equal(null);
    expect((await look())?.['deadLetters']).to.equal(0);
  });

  it('go on after a pause in which somebody set the clock back', async () => {
    let backMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() - backMs };
    const core = await open(
      endpoint({ limits: { firstMs: 100, mostMs: 100, pauseAfter: 1 } }),
      createMemoryStore(),
      clock,
    );
    receiver.answering = () => 500;
    await say(core, 'a1');
    await eventually('paused', async () => (await look())?.['paused']?.['cause'] === 'failing');
    receiver.answering = () => 200;
    backMs = 100;
    await receiver.until('all', () => receiver.texts().length === 1);
  });

  it('are told no more to an endpoint that says it is gone, until somebody resumes it', async () => {
    const core = await open();
    receiver.answering = () => 410;
    await say(core, 'a1', 'b1');
    await eventually('gone', async () => (await look())?.['paused']?.['cause'] === 'gone');
    const before = receiver.requests.length;
    await say(core, 'c1');
    receiver.answering = () => 200;
    expect(receiver.requests).to.have.length(before);
    await house?.ask('POST', '/webhooks/crm/resume');
    await receiver.until('all', () => receiver.texts().length === 3);
  });

  it('can be paused by hand, over a restart too', async () => {
    const kept = unclosed(createMemoryStore());
    const core = await open(endpoint(), kept);
    expect((await house?.ask('POST', '/webhooks/crm/pause'))?.body['paused']?.['cause']).to.equal('asked');
    await say(core, 'a1');
    await closing.pop()?.();
    await open(endpoint(), kept);
    expect((await look())?.['paused']?.['cause']).to.equal('asked');
    await house?.ask('POST', '/webhooks/crm/resume');
    await receiver.until('the message', () => receiver.texts().length === 1);
  });

  it('go on after a restart where they were, and tell no event twice that was taken', async () => {
    const kept = unclosed(createMemoryStore());
    let core = await open(endpoint(), kept);
    await say(core, 'a1', 'a2');
    await receiver.until('two', () => receiver.texts().length === 2);
    receiver.answering = () => 500;
    await say(core, 'a3');
    await receiver.until('a try', ({ requests }) => requests.length > 2);
    await closing.pop()?.();
    receiver.answering = () => 200;
    core = await open(endpoint(), kept);
    await say(core, 'a4');
    await receiver.until('all', () => receiver.texts().length === 4);
    expect(receiver.texts()).to.deep.equal(['a1', 'a2', 'a3', 'a4']);
  });

  it('under way at a stop are waited for, and not sent again after it', async () => {
    const kept = unclosed(createMemoryStore());
    let core = await open(endpoint(), kept);
    let answer = (): void => expect.fail('nothing came');
    receiver.answering = (_, response) => void (answer = () => response.writeHead(204).end());
    await say(core, 'a1', 'a2');
    await receiver.until('the first', ({ requests }) => requests.length === 1);
    const stopped = closing.pop()?.();
    answer();
    await stopped;
    receiver.answering = () => 204;
    core = await open(endpoint(), kept);
    await receiver.until('the second', ({ requests }) => requests.length === 2);
    expect(receiver.requests.map(textOf)).to.deep.equal(['a1', 'a2']);
  });

  it('nobody answers during a stop are sent again after it, under the same id', async () => {
    const kept = unclosed(createMemoryStore());
    const core = await open(endpoint(), kept);
    receiver.answering = () => undefined;
    await say(core, 'a1');
    await receiver.until('the first', ({ requests }) => requests.length === 1);
    await closing.pop()?.();
    receiver.answering = () => 204;
    await open(endpoint(), kept);
    await receiver.until('it again', ({ taken }) => taken.length === 1);
    expect(new Set(receiver.requests.map(({ id }) => id)).size).to.equal(1);
  });

  it('begin with what happens next, or with the whole log where that is wished', async () => {
    const kept = unclosed(createMemoryStore());
    let core = await open(endpoint({ id: 'other' }), kept);
    await say(core, 'a1');
    await receiver.until('one', () => receiver.texts().length === 1);
    await closing.pop()?.();
    core = await open(endpoint({ id: 'late' }), kept);
    await say(core, 'a2');
    await receiver.until('two', () => receiver.texts().length === 2);
    await closing.pop()?.();
    await open(endpoint({ id: 'all', from: 'beginning' }), kept);
    await receiver.until('two more', () => receiver.texts().length === 4);
    expect(receiver.texts()).to.deep.equal(['a1', 'a2', 'a1', 'a2']);
  });

  it('do not show what is for the bot alone', async () => {
    const core = await open();
    const visibility = 'bot';
    const body = { kind: 'text', text: 'a0' } as const;
    await core.dispatch(joe, { type: 'PostMessage', to: { key: 'a' }, body, ifClosed: 'new', visibility });
    await say(core, 'a1');
    await receiver.until('one', () => receiver.texts().length > 0);
    expect(receiver.texts()).to.deep.equal(['a1']);
  });
});
