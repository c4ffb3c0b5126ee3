import type { LookupAddress } from 'node:dns';
import {
  addressGuard,
  after,
  checkEndpoints,
  defaultPatience,
  delayMs,
  isGivenUp,
  isSecret,
  paused,
  retryAfterMs,
  signatureHeaders,
  well,
  widthOf,
  type Condition,
  type Moment,
} from '@dragoman/adapter-http/webhooks';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { newSecret, secret } from './receiver.js';

describe('what a receiver asks for by Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);

  it('is a number of seconds or a date', () => {
    expect(retryAfterMs('120', now)).to.equal(120_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', now)).to.equal(30_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 23:59:00 GMT', now)).to.equal(0);
  });

  it('is nothing where nobody can read it', () => {
    for (const text of [undefined, '', 'soon', '-1', '1.5', '9'.repeat(12), '2026-01-01', 'never GMT']) {
      expect(retryAfterMs(text, now), String(text)).to.equal(null);
    }
  });
});

describe('signatures of webhooks', () => {
  const signed = { id: 'e-1', at: Date.now(), body: '{"text":"ä€😀"}' };

  it('are what the reference library makes', () => {
    const at = new Date(signed.at);
    expect(signatureHeaders([secret], signed)['webhook-signature']).to.equal(
      new Webhook(secret).sign(signed.id, at, signed.body),
    );
  });

  it('are accepted by who knows the new secret, the old one, or none of them', () => {
    const headers = signatureHeaders([newSecret, secret], signed);
    for (const known of [newSecret, secret]) {
      expect(new Webhook(known).verify(signed.body, headers)).to.deep.equal({ text: 'ä€😀' });
    }
    const stranger = new Webhook(`whsec_${Buffer.alloc(32, 9).toString('base64')}`);
    expect(() => stranger.verify(signed.body, headers)).to.throw('No matching signature');
  });

  it('need a secret of 24 to 64 bytes', () => {
    const of = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    expect([24, 64].map((bytes) => isSecret(of(bytes)))).to.deep.equal([true, true]);
    expect([23, 65].map((bytes) => isSecret(of(bytes)))).to.deep.equal([false, false]);
    expect(['', 'secret', of(32).slice(6), 'whsec_!!!'].map(isSecret)).to.deep.equal([false, false, false, false]);
  });
});

describe('the guard of addresses', () => {
  const guard = addressGuard([], { publicToo: true });

  for (const address of ['8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8']) {
    it(`lets requests go to the public ${address}`, () => expect(guard.permits(address)).to.equal(true));
  }

  const refused = [
    ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1'],
    ...['169.254.169.254', '192.0.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '192.0.2.1'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'fec0::1', 'ff02::1', '2001:db8::1', '100::1', '2001::1'],
    ...['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::7f00:1', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1'],
    ...['::1:7f00:1', '1::1', '4000::1', 'e000::1', '2002:7f00:1::', 'fe80::1%eth0', 'localhost', ''],
  ];
  for (const address of refused) {
    it(`refuses ${address === '' ? 'nothing' : address}`, () => expect(guard.permits(address)).to.equal(false));
  }

  it('allows networks by name, in whatever form the address comes, and nothing beside them', () => {
    const inside = addressGuard(['10.1.0.0/16', 'fd00::5'], { publicToo: true });
    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::5', '8.8.8.8'].every(inside.permits)).to.equal(true);
    expect(['10.2.0.1', 'fd00::6', '127.0.0.1'].some(inside.permits)).to.equal(false);
  });

  it('keeps plain http within the networks that are allowed', () => {
    const plain = addressGuard(['10.1.0.0/16'], { publicToo: false });
    expect(plain.permits('10.1.2.3')).to.equal(true);
    expect(plain.permits('8.8.8.8')).to.equal(false);
  });

  const resolve = (allowed: readonly string[], all: boolean): Promise<string | readonly LookupAddress[]> =>
    new Promise((settle, fail) =>
      addressGuard(allowed, { publicToo: false }).lookup('localhost', { all }, (error, found) =>
        error === null ? settle(found) : fail(error),
      ),
    );

  it('hands on the very addresses it has checked', async () => {
    const both = ['127.0.0.0/8', '::1'];
    const found = await resolve(both, true);
    expect(JSON.stringify(found)).to.match(/127\.0\.0\.1|::1/);
    expect(await resolve(both, false)).to.be.oneOf(['127.0.0.1', '::1']);
  });

  it('refuses a name one of whose addresses is not allowed', async () => {
    const error: unknown = await resolve(['10.0.0.0/8'], true).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ADDRESS_REFUSED' });
  });
});

describe('patience with an endpoint', () => {
  it('doubles the wait up to its most, and shares it out by chance', () => {
    const waits = [1, 2, 3, 7, 60].map((failures) => delayMs(defaultPatience, failures, 0.999_999));
    expect(waits).to.deep.equal([1_000, 2_000, 4_000, 60_000, 60_000]);
    expect(delayMs(defaultPatience, 3, 0)).to.equal(2_000);
  });

  it('ends after so many attempts, or when an old event fails an endpoint that is paused', () => {
    const trial = { attempts: 1, isPaused: false, ageMs: 0 };
    expect(isGivenUp(defaultPatience, trial)).to.equal(false);
    expect(isGivenUp(defaultPatience, { ...trial, attempts: 8 })).to.equal(true);
    expect(isGivenUp(defaultPatience, { ...trial, isPaused: true, ageMs: 72 * 3_600_000 })).to.equal(true);
    expect(isGivenUp(defaultPatience, { ...trial, ageMs: 99 * 3_600_000 })).to.equal(false);
  });
});

describe('the condition of an endpoint', () => {
  const failure = { type: 'failed', afterMs: null, chance: 0 } as const;
  /** The clock that is shown says something else than the one that goes on. */
  const moment = (monotonicMs: number): Moment => ({ at: monotonicMs + 7, monotonicMs });
  const fail = (from: Condition, times: number, now = 0): Condition =>
    Array.from({ length: times }).reduce<Condition>((one) => after(one, failure, moment(now), defaultPatience), from);

  it('is well until five attempts have failed one after the other', () => {
    expect(fail(well, 4).paused).to.equal(null);
    const recovered = after(fail(well, 4), { type: 'taken' }, moment(0), defaultPatience);
    expect(fail(recovered, 4).paused).to.equal(null);
    expect(fail(well, 5).paused).to.deep.equal({ cause: 'failing', sinceAt: 7 });
  });

  it('lets nothing through while it is paused, then one to see, and all once that one was taken', () => {
    const ill = fail(well, 5, 1_000);
    expect(widthOf(ill, 8, 1_001)).to.equal(0);
    expect(widthOf(ill, 8, ill.restsUntilMs)).to.equal(1);
    expect(widthOf(after(ill, { type: 'taken' }, moment(9_000), defaultPatience), 8, 9_000)).to.equal(8);
  });

  it('waits longer before each time it looks, and not for what was under way when it was paused', () => {
    const ill = fail(well, 5, 1_000);
    expect(ill.restsUntilMs).to.equal(1_500);
    expect(fail(ill, 3, 1_001)).to.deep.equal(ill);
    expect(fail(ill, 1, 1_500).restsUntilMs).to.equal(2_500);
  });

  it('leaves it alone for as long as it asks, but no longer than its most', () => {
    const asked = after(well, { ...failure, afterMs: 5_000 }, moment(1_000), defaultPatience);
    expect([widthOf(asked, 8, 5_999), widthOf(asked, 8, 6_000)]).to.deep.equal([0, 8]);
    const forEver = after(well, { ...failure, afterMs: 1e12 }, moment(0), defaultPatience);
    expect(forEver.restsUntilMs).to.equal(defaultPatience.mostMs);
  });

  it('leaves it alone also when others that were under way are taken, or fail, without a word about time', () => {
    const asked = after(well, { ...failure, afterMs: 30_000 }, moment(0), defaultPatience);
    for (const others of [
      after(asked, { type: 'taken' }, moment(10), defaultPatience),
      fail(asked, 1, 10),
      fail(asked, 4, 10),
    ]) {
      expect(widthOf(others, 8, 29_999)).to.equal(0);
      expect(widthOf(others, 8, 30_000)).to.be.above(0);
    }
  });

  it('stays paused for who said it is gone, or was paused by somebody, whatever comes in late', () => {
    const gone = after(well, { type: 'gone' }, moment(5), defaultPatience);
    expect(gone.paused).to.deep.equal({ cause: 'gone', sinceAt: 12 });
    expect(widthOf(gone, 8, 1e15)).to.equal(0);
    expect(after(paused(well, 'asked', 1), { type: 'taken' }, moment(2), defaultPatience).paused?.cause).to.equal(
      'asked',
    );
    expect(fail(gone, 9).paused?.cause).to.equal('gone');
  });
});

describe('the options of webhooks', () => {
  const good = { id: 'crm', url: 'https://crm.example/hook', secrets: [secret] };
  const problem = (more: object): string => {
    try {
      checkEndpoints([{ ...good, ...more }]);
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  it('take an https address with a secret', () => expect(problem({})).to.equal(''));

  const wrong: readonly (readonly [string, object])[] = [
    ['url must be https', { url: 'http://crm.example/' }],
    ['url is no http address', { url: 'file:///etc/passwd' }],
    ['user or password', { url: 'https://me:you@crm.example/' }],
    ['one to five secrets', { secrets: [] }],
    ['a secret is not whsec_', { secrets: ['hunter2'] }],
    ['id is not', { id: 'a/b' }],
    ['is no network', { allow: ['everything'] }],
    ['there is no event', { types: ['Chatted'] }],
    ['held is not', { limits: { held: 4_000 } }],
    ['parallel is below 1', { limits: { parallel: 0 } }],
  ];
  for (const [what, more] of wrong) it(`refuse: ${what}`, () => expect(problem(more)).to.contain(what));

  it('refuse an id that comes twice', () => {
    expect(() => checkEndpoints([good, good])).to.throw('crm comes twice');
  });
});
