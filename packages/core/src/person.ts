import type { PersonFact } from './event.js';
import type { ChatId, Identity, OutsideIdentity, Participant, ParticipantId, Side } from './participant.js';

/** A participant and what his stream holds. */
export interface Person {
  readonly participant: Participant;
  /** Version of his stream; 0 while nothing of him is stored. */
  readonly version: number;
  /** Every chat he has been a customer of, oldest first. */
  readonly chats: readonly ChatId[];
  /** Whether the stream says what `participant` says: a page view stores nothing, the first deed does. */
  readonly isSaved: boolean;
  /** Whether everything of him was taken out of the store: he does nothing more, and comes back as another. */
  readonly isErased: boolean;
  /** Ids that others of his names make, and that shall lead to him from his next deed on. */
  readonly aliases: readonly ParticipantId[];
}

export function evolvePerson(person: Person, fact: PersonFact): Person {
  const next = { ...person, version: person.version + 1 };
  switch (fact.type) {
    case 'ParticipantUpdated': {
      const { type: _, ...facts } = fact;
      return { ...next, participant: { ...person.participant, ...facts }, isSaved: true, aliases: [] };
    }
    case 'ChatListed':
      return person.chats.includes(fact.chatId) ? next : { ...next, chats: [...person.chats, fact.chatId] };
    case 'ParticipantErased':
      return { ...next, isErased: true };
    default:
      return next;
  }
}

/** A person nobody has met yet, as his first credential describes him. */
export function stranger(id: ParticipantId, identity: Identity): Person {
  return {
    participant: { ...described(identity), id, identities: [outside(identity)] },
    version: 0,
    chats: [],
    isSaved: false,
    isErased: false,
    aliases: [],
  };
}

/** The person as one who is found by another of his names, too. */
export function alsoKnownAs(person: Person, alias: ParticipantId): Person {
  const isKnown = person.aliases.includes(alias);
  return isKnown ? person : { ...person, isSaved: false, aliases: [...person.aliases, alias] };
}

/** The person as this sign-in describes him. */
export function signedIn(person: Person, identity: Identity): Person {
  const known = person.participant;
  const told = described(identity);
  const [first] = known.identities;
  const isFirst = first === undefined || isSameIdentity(first, identity);
  const isKnown = known.identities.some((other) => isSameIdentity(other, identity));
  const participant: Participant = {
    ...known,
    ...(isFirst ? retold(known, identity) : completed(known, told)),
    isSupervisor: told.isSupervisor,
    isDesk: told.isDesk,
    identities: isKnown ? known.identities : [...known.identities, outside(identity)],
  };
  return isSamePerson(known, participant) ? person : { ...person, participant, isSaved: false };
}

type Facts = Pick<Participant, 'name' | 'locale' | 'groups' | 'profile'>;

/** What the credential says wins, what it does not know stays. */
function retold(known: Participant, { name, locale, groups, profile }: Identity): Facts {
  return {
    name: name === '' ? known.name : name,
    locale: locale ?? known.locale,
    groups: groups ?? known.groups,
    profile: profile ?? known.profile,
  };
}

/** A second identity only adds: otherwise two devices in turn would each rename the person of the other. */
function completed(known: Participant, told: Facts): Facts {
  return {
    name: known.name === '' ? told.name : known.name,
    locale: known.locale ?? told.locale,
    groups: known.groups.length === 0 ? told.groups : known.groups,
    profile: { ...told.profile, ...known.profile },
  };
}

/** The fact that makes a stored person this one. */
export function updated(participant: Participant): Extract<PersonFact, { type: 'ParticipantUpdated' }> {
  const { id: _, ...facts } = participant;
  return { type: 'ParticipantUpdated', ...facts };
}

function isSamePerson(a: Participant, b: Participant): boolean {
  return JSON.stringify(updated(a)) === JSON.stringify(updated(b));
}

function described(identity: Identity): Omit<Participant, 'id' | 'identities'> {
  return {
    role: identity.role,
    name: identity.name,
    isSupervisor: identity.isSupervisor ?? false,
    isDesk: identity.isDesk ?? false,
    locale: identity.locale ?? null,
    groups: identity.groups ?? [],
    profile: identity.profile ?? {},
  };
}

function outside(identity: Identity): OutsideIdentity {
  const { space, side, realm, externalId, idType } = identity;
  return { space, side, realm, externalId, idType };
}

function isSameIdentity(a: OutsideIdentity, b: OutsideIdentity): boolean {
  return a.space === b.space && a.side === b.side && a.realm === b.realm && a.externalId === b.externalId;
}

/** The words a participant's id is derived from. */
export function derivationOf(identity: OutsideIdentity): readonly string[] {
  return [identity.space, identity.side, identity.realm, identity.externalId];
}

/** The words the id of somebody is derived from whom more than one dialect may know. */
export function linkedDerivationOf(side: Side, subject: string): readonly string[] {
  return ['subject', side, subject];
}
