import {
  neverAway,
  type Cancel,
  type Core,
  type Delivery,
  type DisconnectReason,
  type Identity,
  type ParticipantId,
  type Session,
  type SessionOptions,
} from '@dragoman/core';
import type { Speaker } from './convead/frames.js';
import type { BayeuxSession } from './sessions.js';

/** A `reader` stands for a visitor whose conversations are read, perhaps by somebody else: he is not there himself. */
type Kind = Speaker['type'] | 'reader';

/** Whom to hold. */
export interface Held extends Omit<Speaker, 'type'> {
  readonly type: Kind;
}

/** Somebody of this dialect, with one session in the core for all his tabs and requests together. */
export interface Person {
  readonly type: Kind;
  /** His id on the wire, as text. */
  readonly externalId: string;
  readonly session: Session;
  /** The Bayeux sessions he listens on. */
  readonly listeners: Set<BayeuxSession>;
}

/** The id of a person in the core. */
export function participantId(person: Person): ParticipantId {
  return person.session.participant.id;
}

export interface PeopleOptions {
  readonly workspaceId: string;
  readonly space: string;
  /** How long somebody counts as present after his last request or session, ms. */
  readonly lingerMs: number;
  readonly deliver: (person: Person, delivery: Delivery) => void;
  readonly onEnd: (person: Person, reason: DisconnectReason) => void;
}

interface Entry {
  readonly key: string;
  who: Held;
  readonly ready: Promise<Person>;
  holds: number;
  cancelEnd: Cancel;
  /** Bayeux sessions on duty; what routing was last told; the change under way. */
  readonly dutySessions: Set<BayeuxSession>;
  isOnDuty: boolean | undefined;
  dutyTurn: Promise<void>;
}

/** Everybody who is present through this adapter; who is present in the core is exactly who is here. */
export class People {
  readonly #core: Core;
  readonly #options: PeopleOptions;
  readonly #entries = new Map<string, Entry>();
  /** Whose entry is whose, also when the core has ended it and somebody of the same id has come since. */
  readonly #entryOf = new WeakMap<Person, Entry>();

  constructor(core: Core, options: PeopleOptions) {
    this.#core = core;
    this.#options = options;
  }

  /** Makes somebody present until `release`; rejects when the core cannot take him. */
  async hold(who: Held): Promise<Person> {
    const key = keyOf(who);
    const entry = this.#entries.get(key) ?? this.#enter(key, who);
    entry.holds += 1;
    entry.cancelEnd();
    try {
      const person = await entry.ready;
      this.#entryOf.set(person, entry);
      if (who.type === 'manager') await entry.dutyTurn;
      if (who.name !== '' && who.name !== entry.who.name) {
        entry.who = who;
        await this.#core.dispatch(person.session, { type: 'UpdateParticipant', name: who.name });
      }
      return person;
    } catch (error) {
      this.#forget(entry);
      throw error;
    }
  }

  release(person: Person): void {
    const entry = this.#entryOf.get(person);
    if (entry === undefined) return;
    entry.holds -= 1;
    if (entry.holds > 0) return;
    entry.cancelEnd();
    entry.cancelEnd = this.#core.clock.after(this.#options.lingerMs, () => void this.#leave(entry));
  }

  isOnDuty(person: Person): boolean {
    return this.#entryOf.get(person)?.isOnDuty === true;
  }

  /** Resolves when routing knows. */
  goOnDuty(person: Person, listener: BayeuxSession): Promise<void> {
    const entry = this.#entryOf.get(person);
    entry?.dutySessions.add(listener);
    return this.#settleDuty(entry);
  }

  goOffDuty(person: Person, listener: BayeuxSession): Promise<void> {
    const entry = this.#entryOf.get(person);
    entry?.dutySessions.delete(listener);
    return this.#settleDuty(entry);
  }

  /** Ends everybody's sessions. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.#leave(entry)));
  }

  #enter(key: string, who: Held): Entry {
    const entry: Entry = {
      key,
      who,
      ready: this.#connect(who, () => this.#forget(entry)),
      holds: 0,
      cancelEnd: () => undefined,
      dutySessions: new Set(),
      isOnDuty: undefined,
      dutyTurn: Promise.resolve(),
    };
    this.#entries.set(key, entry);
    if (who.type === 'manager') void this.#settleDuty(entry);
    return entry;
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  async #connect(who: Held, ended: () => void): Promise<Person> {
    const { deliver, onEnd } = this.#options;
    const waiting: Delivery[] = [];
    let person: Person | undefined;
    const session = await this.#core.connect(
      this.identityOf(who),
      {
        ...listening(who),
        onEnd: (reason) => {
          ended();
          if (person !== undefined) onEnd(person, reason);
        },
      },
      (delivery) => void (person === undefined ? waiting.push(delivery) : deliver(person, delivery)),
    );
    const entered: Person = { type: who.type, externalId: who.id, session, listeners: new Set() };
    person = entered;
    for (const delivery of waiting) deliver(entered, delivery);
    return entered;
  }

  /** How the core knows somebody. */
  identityOf({ type, id, name }: Held): Identity {
    const side = type === 'manager' ? 'operator' : 'customer';
    const isNumber = type === 'manager' && /^(0|[1-9]\d{0,14})$/.test(id);
    const { workspaceId, space } = this.#options;
    return {
      workspaceId,
      space,
      side,
      role: side,
      realm: '',
      externalId: id,
      idType: isNumber ? 'number' : 'string',
      name,
    };
  }

  async #leave(entry: Entry): Promise<void> {
    this.#forget(entry);
    entry.cancelEnd();
    // Whoever could not be taken has no session to end.
    const person = await entry.ready.catch(() => undefined);
    await person?.session.end();
  }

  /** One change of duty after the other; what is wanted is looked at when its turn comes. */
  #settleDuty(entry: Entry | undefined): Promise<void> {
    if (entry === undefined) return Promise.resolve();
    entry.dutyTurn = entry.dutyTurn
      .then(() => this.#changeDuty(entry))
      .catch((error: unknown) => {
        this.#core.log.error({ error: String(error) }, 'a change of duty failed');
      });
    return entry.dutyTurn;
  }

  /** The first time routing is told in any case: it may remember something else from before a restart. */
  async #changeDuty(entry: Entry): Promise<void> {
    const isWanted = entry.dutySessions.size > 0;
    if (isWanted === entry.isOnDuty) return;
    const { session } = await entry.ready;
    const { supported } = this.#core.lobby(session).locales;
    const capacity = Object.fromEntries(supported.map((locale) => [locale, null]));
    const status = isWanted ? 'available' : 'unavailable';
    await this.#core.dispatch(session, { type: 'SetAvailability', status, capacity });
    entry.isOnDuty = isWanted;
  }
}

function keyOf({ type, id }: Pick<Held, 'type' | 'id'>): string {
  return `${type}:${id}`;
}

/**
 * Absence of a visitor changes nothing in a conversation. A manager is known to routing while he is present, and is
 * given conversations only while he is on duty; he hears those he subscribed to. [CONVEAD channels]
 */
function listening({ type }: Pick<Held, 'type'>): SessionOptions {
  const common = { scope: 'own', echo: 'all', saysDelivered: false } as const;
  switch (type) {
    case 'visitor':
      return { ...common, chats: 'mine', away: neverAway };
    case 'manager':
      return { ...common, chats: [], away: null, mode: 'auto' };
    case 'reader':
      return { ...common, chats: [], away: null };
  }
}
