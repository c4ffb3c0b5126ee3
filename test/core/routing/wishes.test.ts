import { expect } from 'chai';
import { delegateOf, normalise } from '@dragoman/core/domain';
import type { Delegation } from '@dragoman/core/domain';
import { groups, locales, shardOf } from './seats.js';

describe('what a client asks for, in the words of the workspace', () => {
  const asked = (wanted: { locale?: string; groups?: readonly string[] }): unknown =>
    Object.values(normalise({ locales, groups }, wanted)).flat();

  it('is the default language and the group of everybody where it asks for nothing', () => {
    expect(asked({})).to.deep.equal(['en', '__default']);
  });

  it('is a supported language, however it is written', () => {
    expect(asked({ locale: 'PT-br' })).to.deep.equal(['pt-BR', '__default']);
    expect(asked({ locale: 'fr' })).to.deep.equal(['fr', '__default']);
  });

  it('is the default language where its own is not spoken', () => {
    for (const locale of ['de', '', 'f', 'fr-CA']) expect(asked({ locale })).to.deep.equal(['en', '__default']);
  });

  it('is the groups there are, in its order, and everybody last', () => {
    expect(asked({ groups: ['shoes', 'gone', 'hats'] })).to.deep.equal(['en', 'shoes', 'hats', '__default']);
    expect(asked({ groups: ['__default', 'hats', 'hats'] })).to.deep.equal(['en', 'hats', '__default']);
  });

  it('is the first exclusive group alone, wherever it stands', () => {
    expect(asked({ groups: ['shoes', 'vip', 'staff', 'hats'] })).to.deep.equal(['en', 'vip']);
  });

  it('stays the same when it is asked again', () => {
    for (const wanted of [{}, { groups: ['shoes', 'vip'] }, { locale: 'FR', groups: ['hats', 'none'] }]) {
      const once = normalise({ locales, groups }, wanted);
      expect(normalise({ locales, groups }, once)).to.deep.equal(once);
    }
  });
});

describe('the desk that takes a chat from the queue', () => {
  const chat = { locale: 'en', groups: ['shoes', '__default'], addresses: { web: 'a' } };
  const shard = shardOf(
    { id: 'north', mode: 'desk' },
    { id: 'south', mode: 'desk' },
    { id: 'closed', mode: 'desk', status: 'unavailable' },
    { id: 'away', mode: 'desk', isOnline: false },
  );
  const delegate = (...rules: readonly Delegation[]): string | null => delegateOf(shard, rules, chat);

  it('is nobody without a rule', () => expect(delegate()).to.equal(null));

  it('is the one of the first rule that fits in everything it names', () => {
    expect(delegate({ deskId: 'north' }, { deskId: 'south' })).to.equal('north');
    for (const rule of [{ space: 'phone' }, { locale: 'fr' }, { group: 'hats' }, { locale: 'en', group: 'hats' }])
      expect(delegate({ deskId: 'north', ...rule }, { deskId: 'south' }), JSON.stringify(rule)).to.equal('south');
    expect(delegate({ deskId: 'north', space: 'web', locale: 'en', group: 'shoes' })).to.equal('north');
  });

  it('is the one of the next rule that fits while the first is closed or away', () => {
    for (const deskId of ['closed', 'away', 'never-seen']) {
      expect(delegate({ deskId }), deskId).to.equal(null);
      expect(delegate({ deskId }, { deskId: 'south' }), deskId).to.equal('south');
    }
  });
});
