import { expect } from 'chai';
import type { Identity, PersonFact } from '@dragoman/core';
import { outsideId } from '@dragoman/core';
import { derivationOf, evolvePerson, signedIn, stranger, updated } from '@dragoman/core/domain';
import type { Person } from '@dragoman/core/domain';

const credential: Identity = {
  workspaceId: 'default',
  space: 'web',
  side: 'customer',
  realm: '',
  externalId: '7',
  idType: 'number',
  role: 'customer',
  name: 'Ann',
  profile: { email: 'ann@example.com' },
  locale: 'fr',
  groups: ['vip'],
};
const byPhone: Identity = { ...credential, space: 'phone', externalId: '+46', idType: 'string', name: '' };

/** The person as stored: what his stream holds. */
function stored(person: Person): Person {
  return evolvePerson(person, updated(person.participant));
}

describe('a person', () => {
  it('nobody has met is what his first credential says, and is not stored', () => {
    const person = stranger('p_1', credential);
    expect(person).to.deep.include({ version: 0, isSaved: false, chats: [] });
    expect(person.participant).to.deep.include({
      id: 'p_1',
      name: 'Ann',
      locale: 'fr',
      groups: ['vip'],
      isSupervisor: false,
    });
  });

  it('is the same after he was stored and read again', () => {
    const person = stranger('p_1', credential);
    const read = evolvePerson(
      stranger('p_1', { ...credential, name: 'nobody', groups: [] }),
      updated(person.participant),
    );
    expect(read).to.deep.equal({ ...person, version: 1, isSaved: true });
  });

  it('who signs in with the same credential is not stored again', () => {
    const person = stored(stranger('p_1', credential));
    expect(signedIn(person, credential)).to.equal(person);
  });

  it('whose credential says something new is, and that wins', () => {
    const person = signedIn(stored(stranger('p_1', credential)), { ...credential, name: 'Anna', profile: {} });
    expect(person.isSaved).to.equal(false);
    expect(person.participant).to.deep.include({ name: 'Anna', profile: {} });
  });

  it('whose credential says less keeps what was known', () => {
    const { profile: _, locale: __, groups: ___, ...less } = credential;
    const person = signedIn(stored(stranger('p_1', credential)), { ...less, name: '' });
    expect(person.participant).to.deep.include({ name: 'Ann', locale: 'fr', groups: ['vip'] });
    expect(person.participant.profile).to.deep.equal({ email: 'ann@example.com' });
    expect(person.isSaved).to.equal(true);
  });

  it('who is no longer a supervisor is none from his next sign-in', () => {
    const was = stored(stranger('p_1', { ...credential, isSupervisor: true }));
    expect(signedIn(was, credential).participant.isSupervisor).to.equal(false);
  });

  it('keeps his role, whatever a later credential says', () => {
    expect(
      signedIn(stored(stranger('p_1', credential)), { ...credential, role: 'operator' }).participant.role,
    ).to.equal('customer');
  });

  it('comes by a second way with a second identity, once', () => {
    const both = signedIn(stored(stranger('p_1', credential)), byPhone);
    expect(both.participant.identities.map(({ space }) => space)).to.deep.equal(['web', 'phone']);
    expect(signedIn(stored(both), byPhone).participant.identities).to.have.lengthOf(2);
  });

  it('is called in each space what he is called there, with the type his wire shows, else by our id', () => {
    const { participant } = signedIn(stranger('p_1', credential), byPhone);
    expect(outsideId(participant, 'web', 'customer')).to.equal(7);
    expect(outsideId(participant, 'phone', 'customer')).to.equal('+46');
    expect(outsideId(participant, 'web', 'operator')).to.equal('p_1');
    expect(outsideId(participant, 'elsewhere', 'customer')).to.equal('p_1');
  });

  it('lists every chat he was a customer of once, oldest first', () => {
    const listed = (chatId: string): PersonFact => ({ type: 'ChatListed', chatId });
    const person = ['a', 'b', 'a'].map(listed).reduce(evolvePerson, stored(stranger('p_1', credential)));
    expect(person.chats).to.deep.equal(['a', 'b']);
    expect(person.version).to.equal(4);
  });
});

describe('the id of a participant', () => {
  it('is derived from where he is known, on which side, in which realm and under which name, and nothing else', () => {
    const words = (more: Partial<Identity>): string => derivationOf({ ...credential, ...more }).join('|');
    for (const other of [{ space: 'x' }, { side: 'operator' }, { realm: 'x' }, { externalId: '8' }] as const)
      expect(words(other)).to.not.equal(words({}));
    for (const same of [{ name: 'x' }, { idType: 'string' }, { profile: {} }, { role: 'bot' }] as const)
      expect(words(same)).to.equal(words({}));
  });
});
