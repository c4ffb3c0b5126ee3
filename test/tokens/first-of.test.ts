import type { TokenVerifier, Verified } from '@dragoman/core';
import { firstOf, fixedVerifier } from '@dragoman/tokens';
import { expect } from 'chai';

describe('several verifiers', () => {
  const always =
    (answer: Verified): TokenVerifier =>
    async () =>
      answer;
  const invalid: Verified = { ok: false, code: 'invalid' };
  const expired: Verified = { ok: false, code: 'expired' };
  const unavailable: Verified = { ok: false, code: 'unavailable', retryAfterMs: 7 };
  const ann: Verified = { ok: true, identity: { externalId: 'ann', role: 'operator' } };

  it('let in whom the first one that knows the token lets in, and ask no further', async () => {
    const fixed = fixedVerifier([{ token: 'ann', identity: { externalId: 'ann', role: 'operator' } }]);
    const never: TokenVerifier = () => expect.fail('asked in vain');
    expect(await firstOf([always(unavailable), always(invalid), fixed, never])('ann', {})).to.deep.equal(ann);
  });

  it('tell each from where the token came', async () => {
    const seen: unknown[] = [];
    const noting: TokenVerifier = async (credential, about) => (seen.push([credential, about]), invalid);
    await firstOf([noting, noting])('t', { remoteAddress: '::1' });
    expect(seen).to.deep.equal([
      ['t', { remoteAddress: '::1' }],
      ['t', { remoteAddress: '::1' }],
    ]);
  });

  it('refuse with the reason that helps most', async () => {
    const cases: readonly (readonly [readonly Verified[], Verified])[] = [
      [[], invalid],
      [[invalid, invalid], invalid],
      [[invalid, expired, invalid], expired],
      [[expired, unavailable, invalid], unavailable],
    ];
    for (const [answers, expected] of cases) {
      expect(await firstOf(answers.map(always))('t', {})).to.deep.equal(expected);
    }
  });
});
